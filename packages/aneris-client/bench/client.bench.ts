/**
 * CPU time of the client per command, without network: requests are encoded into frames, a loopback answers each with one
 * reply, replies are decoded. Beside it what one writes first: a Map from number to promise, every entry encoded by itself.
 */
import { ClientMessage, encodeCommand, joinBatch } from "@eunomia/aneris-switch/messages";
import { decode, encode, joined } from "@eunomia/codec";
import { type Authenticator, openFrame, packetHeader, type Transport } from "@eunomia/engine";
import { type Client, createClient } from "../src/index.ts";

const body = new Uint8Array(64).fill(7);
const random = { next: () => Math.floor(Math.random() * 2 ** 32) };
const clock = {
  now: () => performance.now(),
  after: (delayMs: number, callback: () => void) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
const plain = (self: string, peer: string): Authenticator => ({
  self,
  seal: (_audience, bytes) => joined(bytes),
  open: (bytes) => ({ ok: true, from: peer, bytes, convinces: "receiver" }),
});

/** Answers every request with one reply for the numbers that come next. */
class Loopback {
  receive: (bytes: Uint8Array) => void = () => {};
  #seq = 1;
  #slot = 1;
  outstanding = 0;

  readonly transport: Transport = {
    self: "c",
    send: () => {
      const count = this.outstanding;
      if (count === 0) return true;
      const run = { client: 1, seq: this.#seq, count, slot: this.#slot, index: 0 };
      this.#seq += count;
      this.#slot += 1;
      this.outstanding = 0;
      const reply = encode(ClientMessage, { kind: "reply", runs: [run] });
      const frame = Buffer.concat([packetHeader("c", "g0", "", reply.length), reply]);
      queueMicrotask(() => this.receive(frame));
      return true;
    },
    listen: (receive) => {
      this.receive = (bytes) => receive("g0", bytes);
    },
    close: async () => {},
  };
}

type Driver = (commands: number, window: number) => Promise<void>;

function ours(loopback: Loopback): Client {
  return createClient({
    self: "c",
    gateways: ["g0"],
    transport: loopback.transport,
    authenticator: plain("c", "g0"),
    clock,
    random,
    clientId: 1,
    defer: queueMicrotask,
  });
}

function hot(): Driver {
  const loopback = new Loopback();
  const client = ours(loopback);
  return async (commands, window) => {
    for (let done = 0; done < commands; done += window) {
      loopback.outstanding = window;
      for (let i = 0; i < window; i += 1) client.send(body);
      await client.idle();
    }
  };
}

function promises(): Driver {
  const loopback = new Loopback();
  const client = ours(loopback);
  return async (commands, window) => {
    for (let done = 0; done < commands; done += window) {
      loopback.outstanding = window;
      const waiting = [];
      for (let i = 0; i < window; i += 1) waiting.push(client.broadcast(body));
      await Promise.all(waiting);
    }
  };
}

/** One timer, one promise, one Map entry and one encoding per command. Coalesces per tick as well. */
function naive(): Driver {
  const loopback = new Loopback();
  const pending = new Map<
    number,
    { resolve: (place: object) => void; timer: ReturnType<typeof setTimeout>; entry: Uint8Array }
  >();
  let seq = 0;
  let queue: Uint8Array[] = [];
  const flush = (): void => {
    const request: ClientMessage = { kind: "request", client: 1, batch: joinBatch(queue) };
    queue = [];
    const bytes = encode(ClientMessage, request);
    const header = packetHeader("g0", "c", "", bytes.length);
    loopback.transport.send("g0", Buffer.concat([header, bytes]));
  };
  const broadcast = (command: Uint8Array): Promise<object> =>
    new Promise((resolve) => {
      seq += 1;
      const entry = encodeCommand(1, seq, seq - 1, command);
      const again = seq;
      const timer = setTimeout(() => queue.push(pending.get(again)!.entry), 1000);
      pending.set(seq, { resolve, timer, entry });
      if (queue.push(entry) === 1) queueMicrotask(flush);
    });
  const decoder = plain("c", "g0");
  loopback.transport.listen((from, bytes) => {
    for (const packet of openFrame(
      decoder,
      () => null,
      from,
      bytes,
      () => {},
    )) {
      const message = decode(ClientMessage, packet.body);
      if (message.kind !== "reply") continue;
      for (const run of message.runs)
        for (let i = 0; i < run.count; i += 1) {
          const entry = pending.get(run.seq + i);
          if (entry === undefined) continue;
          pending.delete(run.seq + i);
          clearTimeout(entry.timer);
          entry.resolve({ seq: run.seq + i, slot: run.slot, index: run.index + i });
        }
    }
  });
  return async (commands, window) => {
    for (let done = 0; done < commands; done += window) {
      loopback.outstanding = window;
      const waiting = [];
      for (let i = 0; i < window; i += 1) waiting.push(broadcast(body));
      await Promise.all(waiting);
    }
  };
}

async function cpuMicros(run: Driver, window: number): Promise<number> {
  const commands = window * Math.ceil(Math.max(20_000, window * 40) / window);
  const before = process.cpuUsage();
  await run(commands, window);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / commands;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

const contenders = { "send + onSettled": hot, "broadcast (promise)": promises, "Map of promises": naive };
for (const window of [1, 64, 1024]) {
  const drivers = Object.values(contenders).map((make) => make());
  const times = drivers.map((): number[] => []);
  for (let round = 0; round < 12; round += 1)
    for (const [i, driver] of drivers.entries()) {
      const time = await cpuMicros(driver, window);
      if (round >= 3) times[i]!.push(time);
    }
  const medians = times.map(median);
  for (const [i, name] of Object.keys(contenders).entries())
    console.log(
      `${String(window).padStart(5)} outstanding  ${name.padEnd(20)} ${medians[i]!.toFixed(2).padStart(7)} µs CPU per command  ${(medians[i]! / medians[2]!).toFixed(2)} × Map of promises`,
    );
}
process.exit(0);
