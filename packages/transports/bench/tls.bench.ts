import "reflect-metadata";
import { fork } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import { connect, createServer, type TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";
import { type TcpTls, tcpTransport } from "../src/tcp.ts";
import { testAuthority } from "../test/certificates.ts";
import { readFrames, writeFrame } from "./plain.ts";

/** First byte of a payload: what the other process does with it. */
const [sink, echo] = [0, 1];
const host = "127.0.0.1";
const limits = { maxQueueBytes: 64 << 20 };

/** A way to carry frames to the other process and to hear its answers. */
interface Carrier {
  send(frames: readonly Uint8Array[]): void;
  onAnswer: () => void;
}

interface Setup {
  readonly server: TcpTls;
  readonly client: TcpTls;
}

async function serve({ server }: Setup): Promise<void> {
  const listen = { host, port: 0 };
  const ports: number[] = [];
  for (const tls of [undefined, server]) {
    const transport = await tcpTransport({ self: "server", listen, ...limits, ...(tls && { tls }) });
    transport.listen((from, bytes) => bytes[0] === echo && transport.send(from, bytes));
    ports.push(transport.address!.port);
  }
  const byHand = createServer(
    { ...server, requestCert: true, minVersion: "TLSv1.3", noDelay: true },
    (socket) => readFrames(socket, (frame) => frame[0] === echo && writeFrame(socket, frame)),
  );
  await new Promise<void>((resolve) => byHand.listen(0, host, resolve));
  ports.push((byHand.address() as { port: number }).port);
  process.send!(ports);
  process.on("disconnect", () => process.exit());
}

async function ours(port: number, tls: TcpTls | undefined): Promise<Carrier> {
  const peers = { server: { host, port } };
  const client = await tcpTransport({ self: "client/1", peers, ...limits, ...(tls && { tls }) });
  const carrier: Carrier = {
    onAnswer: () => {},
    send(frames) {
      for (const frame of frames) if (!client.send("server", frame)) throw new Error("no room");
    },
  };
  client.listen(() => carrier.onAnswer());
  return carrier;
}

async function byHand(port: number, tls: TcpTls): Promise<Carrier> {
  const socket: TLSSocket = connect({ host, port, ...tls, checkServerIdentity: () => undefined });
  await once(socket, "secureConnect");
  socket.setNoDelay(true);
  const carrier: Carrier = {
    onAnswer: () => {},
    send(frames) {
      socket.cork();
      for (const frame of frames) writeFrame(socket, frame);
      socket.uncork();
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

/**
 * Frames per second of this process's CPU time, so that a busy machine does not count. The last frame of a turn is answered, and
 * the next turn waits for it: nobody spins.
 */
async function framesPerCpuSecond(
  carrier: Carrier,
  length: number,
  perTurn: number,
  count: number,
): Promise<number> {
  const frames = Array.from({ length: perTurn - 1 }, () => payloadOf(sink, length));
  frames.push(payloadOf(echo, perTurn === 1 ? length : 1));
  const before = process.cpuUsage();
  for (let sent = 0; sent < count; sent += perTurn) {
    const done = answered(carrier);
    carrier.send(frames);
    await done;
  }
  const { user, system } = process.cpuUsage(before);
  return count / ((user + system) / 1e6);
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** The ways in turn, so that a busy moment of the machine hits all of them; each is compared with the first. */
async function compare(title: string, ways: Record<string, () => Promise<number>>): Promise<void> {
  const results = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round <= 7; round++)
    for (const [name, run] of Object.entries(ways)) {
      const value = await run();
      // The first round warms up.
      if (round > 0) results.get(name)!.push(value);
    }
  const [first] = [...results.values()];
  console.log(`\n${title}`);
  for (const [name, values] of results) {
    const ratios = values.map((value, at) => value / first![at]!).toSorted((a, b) => a - b);
    const rate = Math.round(median(values)).toLocaleString("en").padStart(10);
    const spread = `${ratios[0]!.toFixed(2)}–${ratios.at(-1)!.toFixed(2)}`;
    console.log(`  ${name.padEnd(34)} ${rate} per CPU second   × ${median(ratios).toFixed(2)} (${spread})`);
  }
}

async function main(): Promise<void> {
  const authority = await testAuthority();
  const setup: Setup = {
    server: await authority.issue({ name: "server" }),
    client: await authority.issue({ name: "client", role: "client" }),
  };
  const child = fork(fileURLToPath(import.meta.url), ["serve"], { execArgv: process.execArgv });
  child.send(setup);
  const [ports] = (await once(child, "message")) as [number[]];
  const hand = await byHand(ports[2]!, setup.client);
  const plain = await ours(ports[0]!, undefined);
  const tls = await ours(ports[1]!, setup.client);
  const ways = (run: (carrier: Carrier) => Promise<number>) => ({
    "node:tls by hand, corked per turn": () => run(hand),
    "this transport with TLS": () => run(tls),
    "this transport without TLS": () => run(plain),
  });
  console.log(`load average ${loadavg()[0]!.toFixed(1)}`);
  for (const [title, length, perTurn, count] of [
    ["300 B frames, 64 in a turn", 300, 64, 64 * 600],
    ["64 KiB frames, 16 in a turn", 64 << 10, 16, 16 * 80],
    ["echoes of 300 B, one at a time", 300, 1, 2000],
  ] as const)
    await compare(
      title,
      ways((carrier) => framesPerCpuSecond(carrier, length, perTurn, count)),
    );
  child.disconnect();
  process.exit();
}

if (process.argv[2] === "serve") process.once("message", (setup) => void serve(setup as Setup));
else await main();
