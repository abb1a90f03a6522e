import { fork } from "node:child_process";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { tcpTransport } from "../src/tcp.ts";
import { plainClient, plainServer, readFrames, writeFrame } from "./plain.ts";

/** First byte of a payload: what the other process does with it. */
const [sink, echo] = [0, 1];
const host = "127.0.0.1";
const limits = { maxQueueBytes: 64 << 20 };
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A way to carry frames to the other process and to hear its answers. */
interface Carrier {
  /** Sends the frames of one turn; resolves when more may follow. */
  send(frames: readonly Uint8Array[]): Promise<void>;
  onAnswer: () => void;
}

async function serve(): Promise<void> {
  const ours = await tcpTransport({ self: "server", listen: { host, port: 0 }, ...limits });
  ours.listen((from, bytes) => bytes[0] === echo && ours.send(from, bytes));
  const plain = await plainServer((bytes, socket) => bytes[0] === echo && writeFrame(socket, bytes));
  process.send!({ ours: ours.address!.port, plain });
  process.on("disconnect", () => process.exit());
}

async function oursCarrier(port: number): Promise<Carrier> {
  const client = await tcpTransport({ self: "client", peers: { server: { host, port } }, ...limits });
  const carrier: Carrier = {
    onAnswer: () => {},
    async send(frames) {
      for (const frame of frames) while (!client.send("server", frame)) await turn();
      await turn();
    },
  };
  client.listen(() => carrier.onAnswer());
  return carrier;
}

async function plainCarrier(port: number, corked: boolean): Promise<Carrier> {
  const socket = await plainClient(port);
  const carrier: Carrier = {
    onAnswer: () => {},
    async send(frames) {
      if (corked) socket.cork();
      let more = true;
      for (const frame of frames) more = writeFrame(socket, frame);
      if (corked) socket.uncork();
      await (more ? turn() : once(socket, "drain"));
    },
  };
  readFrames(socket, () => carrier.onAnswer());
  return carrier;
}

function payloadOf(what: number, length: number): Uint8Array {
  const payload = new Uint8Array(length).fill(7);
  payload[0] = what;
  return payload;
}

const answered = (carrier: Carrier) =>
  new Promise<void>((resolve) => {
    carrier.onAnswer = resolve;
  });

async function framesPerSecond(
  carrier: Carrier,
  length: number,
  perTurn: number,
  count: number,
): Promise<number> {
  const frames = Array.from({ length: perTurn }, () => payloadOf(sink, length));
  const start = performance.now();
  for (let sent = 0; sent < count; sent += perTurn) await carrier.send(frames);
  const done = answered(carrier);
  await carrier.send([payloadOf(echo, 1)]);
  await done;
  return count / ((performance.now() - start) / 1000);
}

async function roundTripMicros(carrier: Carrier, length: number, count: number): Promise<number> {
  const payload = payloadOf(echo, length);
  const micros: number[] = [];
  for (let trip = 0; trip < count; trip++) {
    const start = performance.now();
    const done = answered(carrier);
    void carrier.send([payload]);
    await done;
    micros.push((performance.now() - start) * 1000);
  }
  return median(micros);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  return `${median(sorted).toFixed(2)} (${sorted[0]!.toFixed(2)}–${sorted.at(-1)!.toFixed(2)})`;
}

/** Runs the ways in turn, so that a busy moment of the machine hits all of them, and compares each with the first. */
async function compare(
  title: string,
  unit: string,
  ways: Record<string, () => Promise<number>>,
  better: "more" | "less",
) {
  const rounds = 7;
  const results = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++)
    for (const [name, run] of Object.entries(ways)) {
      const value = await run();
      // The first round warms up.
      if (round > 0) results.get(name)!.push(value);
    }
  const first = [...results.values()][0]!;
  console.log(`\n${title}`);
  for (const [name, values] of results) {
    const ratios = values.map((value, at) => (better === "more" ? value / first[at]! : first[at]! / value));
    console.log(
      `  ${name.padEnd(44)} ${Math.round(median(values)).toLocaleString("en").padStart(10)} ${unit}   × ${spread(ratios)}`,
    );
  }
}

async function main(): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ["serve"], { execArgv: process.execArgv });
  const [ports] = (await once(child, "message")) as [{ ours: number; plain: number }];
  const ours = await oursCarrier(ports.ours);
  const each = await plainCarrier(ports.plain, false);
  const corked = await plainCarrier(ports.plain, true);
  for (const [length, count] of [
    [300, 64 * 1500],
    [64 << 10, 64 * 60],
  ] as const)
    await compare(
      `${length} B frames, 64 sent in a turn`,
      "frames/s",
      {
        "node:net by hand, one write each": () => framesPerSecond(each, length, 64, count),
        "node:net by hand, corked per turn": () => framesPerSecond(corked, length, 64, count),
        "@eunomia/transports/tcp": () => framesPerSecond(ours, length, 64, count),
      },
      "more",
    );
  await compare(
    "300 B frames, one sent in a turn",
    "frames/s",
    {
      "node:net by hand": () => framesPerSecond(each, 300, 1, 20_000),
      "@eunomia/transports/tcp": () => framesPerSecond(ours, 300, 1, 20_000),
    },
    "more",
  );
  await compare(
    "echo of 300 B, p50",
    "µs",
    {
      "node:net by hand": () => roundTripMicros(each, 300, 3000),
      "@eunomia/transports/tcp": () => roundTripMicros(ours, 300, 3000),
    },
    "less",
  );
  child.disconnect();
  process.exit();
}

await (process.argv[2] === "serve" ? serve() : main());
