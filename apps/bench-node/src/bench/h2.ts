import { connect, type Socket } from "node:net";

/** HTTP/2 as far as unary gRPC calls over one connection need it (RFC 9113), laid by hand so that the client weighs little. */
const frameType = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
const flag = { endStream: 1, ack: 1, endHeaders: 4 } as const;
const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const headerBytes = 9;
/** What we grant the server at once; granted anew when half is used. */
const ownWindowBytes = 16 << 20;

function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(headerBytes + payload.length);
  out.writeUIntBE(payload.length, 0, 3);
  out[3] = type;
  out[4] = flags;
  out.writeUInt32BE(stream, 5);
  out.set(payload, headerBytes);
  return out;
}

const uint32 = (n: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(n);
  return out;
};

/** Header fields as literals that no table remembers: the same bytes for every request. */
function headerBlock(fields: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(
    Object.entries(fields).flatMap(([name, value]) => [
      Buffer.from([0, name.length]),
      Buffer.from(name),
      Buffer.from([value.length]),
      Buffer.from(value),
    ]),
  );
}

interface Call {
  reply: Buffer | null;
  readonly done: (reply: Buffer | null) => void;
}

/** One connection to a gRPC server. A call that ends without a message has failed. */
export class GrpcConnection {
  readonly #socket: Socket;
  readonly #authority: string;
  readonly #blocks = new Map<string, Buffer>();
  readonly #calls = new Map<number, Call>();
  #nextStream = 1;
  #rest: Buffer = Buffer.alloc(0);
  #sendWindow = 65_535;
  #received = 0;
  #held: Buffer[] = [];
  #corked = false;
  #failure: Error | null = null;

  private constructor(socket: Socket, authority: string) {
    this.#socket = socket;
    this.#authority = authority;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the server closed the connection")));
    const settings = Buffer.from([0, 4, 0, 0, 0, 0]);
    settings.writeUInt32BE(ownWindowBytes, 2);
    socket.write(preface);
    socket.write(frame(frameType.settings, 0, 0, settings));
    socket.write(frame(frameType.windowUpdate, 0, 0, uint32(ownWindowBytes - 65_535)));
  }

  static open(host: string, port: number): Promise<GrpcConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, noDelay: true });
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new GrpcConnection(socket, `${host}:${port}`));
      });
    });
  }

  /** `message` without the gRPC prefix; `done` gets the reply without it, or null when the call failed. */
  call(path: string, message: Uint8Array, done: (reply: Buffer | null) => void): void {
    if (this.#failure !== null) return done(null);
    const stream = this.#nextStream;
    this.#nextStream += 2;
    this.#calls.set(stream, { reply: null, done });
    const body = Buffer.allocUnsafe(5 + message.length);
    body[0] = 0;
    body.writeUInt32BE(message.length, 1);
    body.set(message, 5);
    const headers = frame(frameType.headers, flag.endHeaders, stream, this.#block(path));
    this.#write(Buffer.concat([headers, frame(frameType.data, flag.endStream, stream, body)]), body.length);
  }

  close(): void {
    this.#socket.destroy();
  }

  #block(path: string): Buffer {
    let block = this.#blocks.get(path);
    if (block === undefined) {
      block = headerBlock({
        ":method": "POST",
        ":scheme": "http",
        ":path": path,
        ":authority": this.#authority,
        "content-type": "application/grpc",
        te: "trailers",
      });
      this.#blocks.set(path, block);
    }
    return block;
  }

  /** Requests wait when the server's window for the whole connection is used up. */
  #write(request: Buffer, windowBytes: number): void {
    if (this.#held.length > 0 || this.#sendWindow < windowBytes) {
      this.#held.push(request);
      return;
    }
    this.#sendWindow -= windowBytes;
    this.#cork();
    this.#socket.write(request);
  }

  /** All that is written in one turn leaves in one write. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#socket.cork();
    setImmediate(() => {
      this.#corked = false;
      this.#socket.uncork();
    });
  }

  #release(): void {
    while (this.#held.length > 0) {
      const request = this.#held[0]!;
      const windowBytes = request.length - 2 * headerBytes - (request.readUIntBE(0, 3) as number);
      if (this.#sendWindow < windowBytes) return;
      this.#held.shift();
      this.#sendWindow -= windowBytes;
      this.#cork();
      this.#socket.write(request);
    }
  }

  #take(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (bytes.length >= headerBytes) {
      const end = headerBytes + bytes.readUIntBE(0, 3);
      if (bytes.length < end) break;
      this.#frame(
        bytes[3]!,
        bytes[4]!,
        bytes.readUInt32BE(5) & 0x7fff_ffff,
        bytes.subarray(headerBytes, end),
      );
      bytes = bytes.subarray(end);
    }
    this.#rest = bytes;
  }

  #frame(type: number, flags: number, stream: number, payload: Buffer): void {
    switch (type) {
      case frameType.data: {
        const call = this.#calls.get(stream);
        if (call !== undefined)
          call.reply = call.reply === null ? payload : Buffer.concat([call.reply, payload]);
        this.#received += payload.length;
        if (this.#received * 2 > ownWindowBytes) {
          this.#socket.write(frame(frameType.windowUpdate, 0, 0, uint32(this.#received)));
          this.#received = 0;
        }
        break;
      }
      case frameType.settings:
        if ((flags & flag.ack) === 0)
          this.#socket.write(frame(frameType.settings, flag.ack, 0, Buffer.alloc(0)));
        return;
      case frameType.ping:
        if ((flags & flag.ack) === 0) this.#socket.write(frame(frameType.ping, flag.ack, 0, payload));
        return;
      case frameType.windowUpdate:
        if (stream === 0) {
          this.#sendWindow += payload.readUInt32BE(0) & 0x7fff_ffff;
          this.#release();
        }
        return;
      case frameType.goAway:
        return this.#fail(new Error("the server sent GOAWAY"));
      case frameType.reset:
        return this.#end(stream, null);
    }
    if ((type === frameType.data || type === frameType.headers) && (flags & flag.endStream) !== 0)
      this.#end(stream, this.#calls.get(stream)?.reply ?? null);
  }

  #end(stream: number, reply: Buffer | null): void {
    const call = this.#calls.get(stream);
    this.#calls.delete(stream);
    call?.done(reply === null ? null : reply.subarray(5));
  }

  #fail(error: Error): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    for (const stream of [...this.#calls.keys()]) this.#end(stream, null);
  }
}
