import { connect, createServer, type Socket } from "node:net";
import { FrameParser } from "../src/tcp/frames.ts";
import { type Greeting, readGreeting } from "../src/tcp/hello.ts";
import type { TcpAddress, TcpRefusal, TcpTransport } from "../src/tcp.ts";
import { eventually, host } from "./worlds.ts";

export function framed(payload: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(payload.length);
  return Buffer.concat([length, payload]);
}

/** A hello by hand, so that the layout is checked against something else than its own encoder. */
export function rawHello(
  id: string | Uint8Array,
  cluster = "",
  version = 1,
  maxFrameBytes = 1 << 20,
): Buffer {
  const idBytes = typeof id === "string" ? Buffer.from(id) : Buffer.from(id);
  const limit = Buffer.alloc(4);
  limit.writeUInt32BE(maxFrameBytes);
  const cluster8 = Buffer.from(cluster);
  return framed(
    Buffer.concat([
      Buffer.from("EUNO"),
      Buffer.of(version, 1),
      limit,
      Buffer.of(cluster8.length),
      cluster8,
      Buffer.of(idBytes.length),
      idBytes,
    ]),
  );
}

/** A socket without manners: what it hears, and whether it is closed. */
export class RawPeer {
  readonly socket: Socket;
  readonly heard: Uint8Array[] = [];
  closed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    const parser = new FrameParser(1 << 24);
    socket.on("data", (chunk) => parser.push(chunk, (frame) => this.heard.push(frame)));
    socket.on("error", () => {});
    socket.on("close", () => {
      this.closed = true;
    });
  }

  static async dial(address: TcpAddress, ...bytes: Uint8Array[]): Promise<RawPeer> {
    const peer = new RawPeer(connect({ ...address, noDelay: true }));
    await new Promise((resolve) => peer.socket.once("connect", resolve).once("close", resolve));
    for (const part of bytes) peer.socket.write(part);
    return peer;
  }

  /** The first frame, read as a greeting. */
  get greeting(): Greeting | null {
    return this.heard[0] === undefined ? null : readGreeting(this.heard[0]);
  }
}

/** A server without manners. */
export async function rawServer(onSocket: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen({ host, port: 0 }, resolve));
  return {
    address: { host, port: (server.address() as { port: number }).port },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export const refusalsOf = (transport: TcpTransport, reason: TcpRefusal): number =>
  transport.stats().refusals.get(reason) ?? 0;

/** A client that shows that others go on undisturbed. */
export class Echo {
  readonly #client: TcpTransport;
  readonly #server: string;
  #answers = 0;

  constructor(client: TcpTransport, server: TcpTransport) {
    this.#client = client;
    this.#server = server.self;
    client.listen(() => this.#answers++);
    server.listen((from, bytes) => server.send(from, bytes));
  }

  async check(): Promise<void> {
    const before = this.#answers;
    await eventually("the well-behaved client sends", () =>
      this.#client.send(this.#server, Uint8Array.of(1, 2, 3)),
    );
    await eventually("the well-behaved client is answered", () => this.#answers > before);
  }
}
