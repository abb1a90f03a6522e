import { connect, createServer, type Socket } from "node:net";

/** What a user would write by hand: a length, a payload, and a parser that joins what is left over with the next chunk. */
export function readFrames(socket: Socket, receive: (frame: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (rest.length - at >= 4) {
      const end = at + 4 + rest.readUInt32BE(at);
      if (end > rest.length) break;
      receive(rest.subarray(at + 4, end));
      at = end;
    }
    rest = rest.subarray(at);
  });
}

/** Answers whether the socket wants more. */
export function writeFrame(socket: Socket, payload: Uint8Array): boolean {
  const header = Buffer.allocUnsafe(4);
  header.writeUInt32BE(payload.length);
  return socket.write(Buffer.concat([header, payload]));
}

export function plainServer(answer: (payload: Uint8Array, socket: Socket) => void): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => {
    readFrames(socket, (frame) => answer(frame, socket));
    socket.on("error", () => {});
  });
  return new Promise((resolve) =>
    server.listen({ host: "127.0.0.1", port: 0 }, () => resolve((server.address() as { port: number }).port)),
  );
}

export function plainClient(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true }, () => resolve(socket));
  });
}
