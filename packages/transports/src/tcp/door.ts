import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from "node:tls";
import { TransportError, type TransportErrorCode } from "../error.ts";
import { printed, type Settings, type TcpAddress, type TcpRefusal } from "./options.ts";
import { objectionOf, type Tls } from "./tls.ts";

/** First probe of an idle connection; the kernel then asks every second, ten times. */
export const keepAliveDelayMs = 10_000;

const troubles: Readonly<Record<string, readonly [TransportErrorCode, string]>> = {
  EADDRINUSE: ["port-in-use", "stop the process that has it, or choose another port (0 takes any free one)"],
  EACCES: ["port-forbidden", "choose a port above 1023, or grant the right to bind it"],
  EADDRNOTAVAIL: ["host-unknown", "give an address of this machine, 127.0.0.1 or 0.0.0.0"],
  ENOTFOUND: ["host-unknown", "give a name that resolves, or an address of this machine"],
  EAI_AGAIN: ["host-unknown", "names cannot be resolved just now: give an address of this machine"],
};

/** Whom the door tells of newcomers. */
export interface DoorOwner {
  /** A socket that may be spoken to; with TLS its handshake is over, and its certificate is to be judged. */
  arrived(socket: Socket): void;
  /** A socket with which no TLS came about. */
  turnedAway(reason: TcpRefusal, detail: string, address: string): void;
  serverFailed(error: NodeJS.ErrnoException): void;
}

/** Where connections are accepted, with TLS or without. */
export class Door {
  readonly address: TcpAddress;
  readonly #server: Server;
  /** Sockets whose TLS handshake is under way, oldest first. */
  readonly #handshakes = new Map<string, Socket>();

  private constructor(server: Server, address: TcpAddress) {
    this.#server = server;
    this.address = address;
  }

  /** @throws TransportError `port-in-use`, `port-forbidden`, `host-unknown` or `listen-failed`. */
  static async open(wanted: TcpAddress, tls: Tls | null, settings: Settings): Promise<Door> {
    // The same socket options as for dialled connections.
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelayMs };
    const server =
      tls === null
        ? createServer(options)
        : createTlsServer({
            ...options,
            ...tls.options,
            handshakeTimeout: settings.handshakeTimeoutMs,
            requestCert: true,
            // Judged by the owner, who can then tell the peer what is wrong with its certificate.
            rejectUnauthorized: false,
          });
    return new Door(server, await startListening(server, wanted));
  }

  /** Before the first connection can have come: in the turn in which `open` resolved. */
  serve(owner: DoorOwner, tls: boolean, maxHandshakes: number): void {
    const server = this.#server;
    server.on("error", (error: NodeJS.ErrnoException) => owner.serverFailed(error));
    if (!tls) {
      server.on("connection", (socket) => owner.arrived(socket));
      return;
    }
    server.on("connection", (socket) => this.#begin(owner, socket, maxHandshakes));
    server.on("secureConnection", (socket: TLSSocket) => {
      this.#handshakes.delete(remoteOf(socket));
      owner.arrived(socket);
    });
    server.on("tlsClientError", (error: NodeJS.ErrnoException, socket: TLSSocket) => {
      const { reason, detail } = objectionOf(error.code ?? error.message);
      // Peers that go away, or look only whether the port is open, have done nothing wrong.
      if (detail !== "ECONNRESET") owner.turnedAway(reason, detail, remoteOf(socket));
      socket.destroy();
    });
  }

  #begin(owner: DoorOwner, socket: Socket, maxHandshakes: number): void {
    const [oldest] = this.#handshakes;
    if (oldest !== undefined && this.#handshakes.size >= maxHandshakes) {
      owner.turnedAway("handshake: crowded out", `at most ${maxHandshakes} handshakes at a time`, oldest[0]);
      this.#handshakes.delete(oldest[0]);
      oldest[1].destroy();
    }
    const remote = remoteOf(socket);
    this.#handshakes.set(remote, socket);
    socket.once("close", () => {
      if (this.#handshakes.get(remote) === socket) this.#handshakes.delete(remote);
    });
  }

  get pending(): number {
    return this.#handshakes.size;
  }

  /** Connections that come from now on are shown another certificate and judged by other authorities. */
  setTls(tls: Tls): void {
    (this.#server as TlsServer).setSecureContext(tls.options);
  }

  /** Resolves once the sockets that came in here are closed, too. */
  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#handshakes.values()) socket.destroy();
    return closed;
  }
}

export function remoteOf({ remoteAddress, remotePort }: Socket): string {
  return remoteAddress === undefined ? "unknown" : printed({ host: remoteAddress, port: remotePort ?? 0 });
}

/** Resolves with the address, real port included, once the server listens. */
export function startListening(server: Server, wanted: TcpAddress): Promise<TcpAddress> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      const [code, advice] = troubles[error.code ?? ""] ?? ["listen-failed", "see the system's message"];
      const message = `"listen" expected ${printed(wanted)} to be free, got ${error.code ?? error.message}: ${advice}`;
      reject(new TransportError(code, message, { ...wanted, cause: error.message }));
    };
    server.once("error", failed);
    server.listen({ ...wanted }, () => {
      server.removeListener("error", failed);
      resolve({ host: wanted.host, port: (server.address() as AddressInfo).port });
    });
  });
}
