/** Encode and decode against general codecs, all in one process and in turn; prints how many times faster this one is. */
import { Encoder as CborX } from "cbor-x";
import * as cborg from "cborg";
import { Packr } from "msgpackr";
import { Bench } from "tinybench";
import {
  bytes,
  decode,
  encode,
  generate,
  type Infer,
  id,
  list,
  nat,
  Reader,
  record,
  text,
  variant,
  Writer,
} from "../src/index.ts";
import { seeded, zoo } from "../test/zoo.ts";

const Ballot = record({ round: nat(), leader: nat() });
const Message = variant({
  batch: record({
    slot: nat(),
    commands: list(record({ client: text(64), sequence: nat(), payload: bytes() })),
  }),
  accept: record({ epoch: nat(), ballot: Ballot, slot: nat(), proposer: id("acceptor"), value: bytes() }),
});
type Message = Infer<typeof Message>;

const batch: Message = {
  kind: "batch",
  slot: 123_456,
  commands: Array.from({ length: 10 }, (_, i) => ({
    client: `client-${i}`,
    sequence: 1_000_000 + i,
    payload: Uint8Array.from({ length: 256 }, (_, k) => (k * 31 + i) & 255),
  })),
};
const accept: Message = {
  kind: "accept",
  epoch: 3,
  ballot: { round: 70_000, leader: 2 },
  slot: 123_456,
  proposer: "acceptor-2",
  value: Uint8Array.from({ length: 65_536 }, (_, k) => (k * 31) & 255),
};

interface Contender {
  readonly name: string;
  encode(message: Message): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

/** What an engine's own frame would look like: the same bytes as the schema writes. */
const handLaid: Contender = {
  name: "Writer and Reader by hand",
  encode(message) {
    const writer = new Writer(4096);
    if (message.kind === "batch") {
      writer.arrayHeader(3);
      writer.uint(0);
      writer.uint(message.slot);
      writer.arrayHeader(message.commands.length);
      for (const command of message.commands) {
        writer.arrayHeader(3);
        writer.text(command.client);
        writer.uint(command.sequence);
        writer.bytes(command.payload);
      }
    } else {
      writer.arrayHeader(6);
      writer.uint(1);
      writer.uint(message.epoch);
      writer.arrayHeader(2);
      writer.uint(message.ballot.round);
      writer.uint(message.ballot.leader);
      writer.uint(message.slot);
      writer.text(message.proposer);
      writer.bytes(message.value);
    }
    return writer.finish();
  },
  decode(input) {
    const reader = new Reader(input);
    const count = reader.arrayHeader();
    if (reader.uint() === 0 && count === 3) {
      const slot = reader.uint();
      const commands = Array.from({ length: reader.arrayHeader() }, () => {
        reader.arrayOf(3);
        return { client: reader.text(), sequence: reader.uint(), payload: reader.bytes() };
      });
      reader.end();
      return { kind: "batch", slot, commands };
    }
    const epoch = reader.uint();
    reader.arrayOf(2);
    const ballot = { round: reader.uint(), leader: reader.uint() };
    const message = {
      kind: "accept",
      epoch,
      ballot,
      slot: reader.uint(),
      proposer: reader.text(),
      value: reader.bytes(),
    };
    reader.end();
    return message;
  },
};

/** The layout of our frames, to be written by another codec; coming back, the fields are not checked. */
function toArrays(message: Message): unknown {
  if (message.kind === "batch")
    return [
      0,
      message.slot,
      message.commands.map(({ client, sequence, payload }) => [client, sequence, payload]),
    ];
  const { epoch, ballot, slot, proposer, value } = message;
  return [1, epoch, [ballot.round, ballot.leader], slot, proposer, value];
}

const cborX = new CborX({ useRecords: false, tagUint8Array: false });
const msgpack = new Packr({ useRecords: false });
const contenders: readonly Contender[] = [
  {
    name: "@eunomia/codec",
    encode: (message) => encode(Message, message),
    decode: (input) => decode(Message, input),
  },
  handLaid,
  {
    name: "cborg (strict)",
    encode: (message) => cborg.encode(message, cborg.rfc8949EncodeOptions),
    decode: (input) => cborg.decode(input, { strict: true }),
  },
  { name: "cbor-x", encode: (message) => cborX.encode(message), decode: (input) => cborX.decode(input) },
  {
    name: "cbor-x, our arrays",
    encode: (message) => cborX.encode(toArrays(message)),
    decode: (input) => cborX.decode(input),
  },
  {
    name: "msgpackr, our arrays",
    encode: (message) => msgpack.pack(toArrays(message)),
    decode: (input) => msgpack.unpack(input),
  },
  { name: "msgpackr", encode: (message) => msgpack.pack(message), decode: (input) => msgpack.unpack(input) },
  {
    name: "JSON (bytes as base64)",
    encode: (message) =>
      Buffer.from(
        JSON.stringify(message, (_, value) =>
          value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
        ),
      ),
    decode: (input) =>
      JSON.parse(Buffer.from(input).toString(), (key, value) =>
        key === "payload" || key === "value" ? new Uint8Array(Buffer.from(value, "base64")) : value,
      ),
  },
];

const rounds = 9;

async function measure(title: string, of: (contender: Contender) => () => unknown): Promise<void> {
  const perRound: Map<string, number[]> = new Map();
  for (let round = 0; round < rounds; round++) {
    const bench = new Bench({ time: 40, warmupTime: 10 });
    for (const contender of contenders) bench.add(contender.name, of(contender));
    await bench.run();
    for (const task of bench.tasks) {
      const result = task.result;
      if (!("latency" in result)) throw new Error(`${task.name} did not run`);
      perRound.set(task.name, [...(perRound.get(task.name) ?? []), result.latency.p50 * 1000]);
    }
  }
  const own = perRound.get(contenders[0]!.name)!;
  console.log(`\n${title}`);
  for (const [name, times] of perRound) {
    const ratio = median(times.map((time, round) => time / own[round]!));
    console.log(
      `  ${name.padEnd(28)} ${median(times).toFixed(2).padStart(9)} us   ${ratio.toFixed(2).padStart(7)} x`,
    );
  }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

// A real process has many schemas, and code that has seen many is slower than code that has seen one.
for (const schema of Object.values(zoo)) {
  const random = seeded(1);
  for (let i = 0; i < 500; i++) decode(schema, encode(schema, generate(schema, random, 6)));
}

console.log(
  `Medians over ${rounds} rounds in turn; x: time relative to @eunomia/codec in the same round, so above 1 is slower.`,
);
for (const [title, message] of [
  ["batch of 10 commands of 256 B", batch],
  ["accept with a 64 KiB value", accept],
] as const) {
  await measure(`encode ${title}`, (contender) => () => contender.encode(message));
  await measure(`decode ${title}`, (contender) => {
    const input = contender.encode(message).slice();
    return () => contender.decode(input);
  });
}
