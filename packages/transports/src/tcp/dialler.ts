import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { Connection, type ConnectionOwner } from "./connection.ts";
import { keepAliveDelayMs } from "./door.ts";
import { encodeHello } from "./hello.ts";
import { printed, type TcpAddress } from "./options.ts";
import { Outbox } from "./outbox.ts";
import type { Peer } from "./peer.ts";
import type { Tls } from "./tls.ts";

function dialTls({ context }: Tls, address: TcpAddress): Socket {
  // Certificates name nodes, not hosts: whether it is the dialled node's is judged with the rest of the certificate.
  return connectTls({ ...address, secureContext: context, checkServerIdentity: () => undefined });
}

/** Keeps one connection to a configured peer. Frames wait while a dial is under way, and are dropped when it fails. */
export class Dialler {
  readonly peer: Peer;
  readonly address: TcpAddress;
  readonly outbox: Outbox;
  state: "open" | "connecting" | "waiting" = "waiting";
  readonly #owner: ConnectionOwner;
  #connection: Connection | null = null;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #hurried = false;

  constructor(owner: ConnectionOwner, peer: Peer, address: TcpAddress) {
    const { maxFrameBytes, maxQueueBytes } = owner.settings;
    this.#owner = owner;
    this.peer = peer;
    this.address = address;
    this.outbox = new Outbox(maxFrameBytes, maxQueueBytes, owner.turn);
  }

  send(payload: Uint8Array): boolean {
    return this.state !== "waiting" && this.outbox.push(payload);
  }

  dial(): void {
    const { self, cluster, dialect, maxFrameBytes } = this.#owner.settings;
    const { tls } = this.#owner;
    this.state = "connecting";
    this.#hurried = false;
    const socket = tls === null ? connect({ ...this.address }) : dialTls(tls, this.address);
    const connection = new Connection(this.#owner, "dialled", socket, this.outbox, printed(this.address));
    this.#connection = connection;
    connection.peer = this.peer;
    socket.once(tls === null ? "connect" : "secureConnect", () => {
      socket.setNoDelay(true).setKeepAlive(true, keepAliveDelayMs);
      if (this.#owner.certified(connection))
        socket.write(encodeHello({ cluster, dialect, id: self, maxFrameBytes }));
    });
  }

  opened(): void {
    this.state = "open";
    this.#failures = 0;
  }

  /** The connection ended, or never came to be. Answers after how many milliseconds the next dial begins; null: never. */
  lost(connection: Connection): number | null {
    if (connection !== this.#connection) return null;
    this.#connection = null;
    this.peer.droppedFrames += this.outbox.clear();
    const { minRedialDelayMs, maxRedialDelayMs } = this.#owner.settings;
    const delayMs = Math.min(minRedialDelayMs * 2 ** this.#failures, maxRedialDelayMs);
    // Beyond 30 doublings the number would only overflow.
    this.#failures = Math.min(this.#failures + 1, 30);
    return this.#wait(delayMs);
  }

  /** The peer seems to be up (somebody claims its id): the next dial need not wait long. Once per dial, so that claims alone delay nothing. */
  hurry(): void {
    if (this.state !== "waiting" || this.#hurried) return;
    this.#hurried = true;
    this.#wait(this.#owner.settings.minRedialDelayMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.state = "waiting";
    const connection = this.#connection;
    this.#connection = null;
    connection?.end();
  }

  /** Half of the delay is fixed, half is drawn, so that many do not dial in step. */
  #wait(delayMs: number): number {
    const jitteredMs = Math.ceil(delayMs * (0.5 + this.#owner.settings.random.next() / 2 ** 33));
    this.state = "waiting";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.dial(), jitteredMs);
    return jitteredMs;
  }
}
