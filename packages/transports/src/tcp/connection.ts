import type { Socket } from "node:net";
import { FrameParser } from "./frames.ts";
import { encodeRefusal, maxHelloBytes } from "./hello.ts";
import type { Settings, TcpRefusal } from "./options.ts";
import type { Outbox } from "./outbox.ts";
import type { Peer } from "./peer.ts";
import type { Quota } from "./quota.ts";
import { isTlsTrouble, objectionOf, type Shown, type Tls } from "./tls.ts";
import type { Turn } from "./turn.ts";

/** What a connection tells the transport. */
export interface ConnectionOwner {
  /** Gathers the frames of one turn. */
  readonly turn: Turn;
  readonly settings: Settings;
  readonly tls: Tls | null;
  /** Whether the other side is who it may be; its certificate stands in the connection then. False: it is refused. */
  certified(connection: Connection): boolean;
  /** Once, before anything else. */
  begun(connection: Connection): void;
  /** The first frame. */
  greeted(connection: Connection, payload: Uint8Array): void;
  received(connection: Connection, payload: Uint8Array): void;
  refused(connection: Connection, reason: TcpRefusal, detail: string): void;
  /** The peer sent more than its quota, and is not read for a while. */
  paused(connection: Connection, reason: TcpRefusal): void;
  /** Once: from now on nothing passes any more in either direction. */
  left(connection: Connection, reason: string, wasOpen: boolean): void;
  /** Once, after `left`: the socket is closed. */
  gone(connection: Connection): void;
}

/** One TCP connection from its first byte to its last: `hello`, then `open`, then `left`. */
export class Connection {
  readonly direction: "dialled" | "accepted";
  readonly socket: Socket;
  readonly outbox: Outbox;
  /** Printed remote address. */
  readonly address: string;
  /** Whom it claims to be; null before the hello. */
  peer: Peer | null = null;
  /** Null without TLS, and before it is judged. */
  shown: Shown | null = null;
  /** Accepted from an id that was not configured. */
  isClient = false;
  /** What its sender has left, all its connections together; null: as much as it likes. */
  quota: Quota | null = null;
  /** Grows with everything heard by the transport: the lowest has been silent for longest. */
  heard = 0;
  /** The outbox's progress when the transport last looked for peers that take nothing. */
  seenProgress = -1;
  #state: "hello" | "open" | "left" = "hello";
  /** What waited is being written, and the timer runs. */
  #isEnding = false;
  #failure: string | null = null;
  readonly #owner: ConnectionOwner;
  readonly #parser = new FrameParser(maxHelloBytes);
  /** Ends a handshake that takes too long, and later a socket whose peer does not take our end of the stream. */
  #timer: NodeJS.Timeout;
  #pauseTimer: NodeJS.Timeout | undefined;
  /** When the time of the handshake began. */
  #since = performance.now();
  #frames = 0;
  readonly #onFrame = (payload: Uint8Array): void => {
    this.#frames++;
    if (this.#state === "open") this.#owner.received(this, payload);
    else if (this.#state === "hello") this.#owner.greeted(this, payload);
  };

  constructor(
    owner: ConnectionOwner,
    direction: "dialled" | "accepted",
    socket: Socket,
    outbox: Outbox,
    address: string,
  ) {
    this.#owner = owner;
    this.direction = direction;
    this.socket = socket;
    this.outbox = outbox;
    this.address = address;
    owner.begun(this);
    this.#timer = setTimeout(() => this.#timeUp(), owner.settings.handshakeTimeoutMs);
    socket.on("data", (chunk: Buffer) => this.#hear(chunk));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#failure = error.code ?? error.message;
      if (!isTlsTrouble(this.#failure)) return;
      const { reason, detail } = objectionOf(this.#failure);
      this.refuse(reason, detail);
    });
    // Nobody closes one half only here: what still waits for this peer would wait in vain.
    socket.on("end", () => this.destroy("ended"));
    socket.on("close", () => {
      clearTimeout(this.#timer);
      clearTimeout(this.#pauseTimer);
      this.#leave(this.#failure ?? "ended");
      this.#owner.gone(this);
    });
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** The hellos are exchanged: frames pass. Answers how many waiting frames are too long for the peer. */
  open(peer: Peer, peerMaxFrameBytes: number): number {
    clearTimeout(this.#timer);
    this.#state = "open";
    this.peer = peer;
    this.#parser.maxFrameBytes = this.#owner.settings.maxFrameBytes;
    return this.outbox.attach(this.socket, peerMaxFrameBytes);
  }

  /**
   * Ends the connection because of what the peer did. A peer that dialled is told why instead of our hello; one that was dialled
   * has said its own already, and would take what we say for a frame.
   */
  refuse(reason: TcpRefusal, detail: string): void {
    if (this.#state === "left") return;
    const tell = this.#state === "hello" && this.direction === "accepted";
    this.#owner.refused(this, reason, detail);
    this.#leave(reason);
    if (!tell) {
      this.socket.destroy();
      return;
    }
    this.socket.write(encodeRefusal(`${reason}: ${detail}`));
    this.socket.destroySoon();
  }

  /** Ends the connection at once. */
  destroy(reason: string): void {
    this.#leave(reason);
    this.socket.destroy();
  }

  /** Writes what waits and ends, within `closeTimeoutMs`. Nothing is received any more. */
  end(): void {
    if (this.#isEnding) return;
    if (this.#state === "open") {
      this.#isEnding = true;
      this.#timer = setTimeout(() => this.socket.destroy(), this.#owner.settings.closeTimeoutMs);
      this.outbox.end();
    } else this.socket.destroy();
    this.#leave("ended");
  }

  #hear(chunk: Buffer): void {
    if (this.#state === "left") return;
    if (this.#parser.push(chunk, this.#onFrame)) return this.#pay(chunk.length);
    if (this.isOpen)
      this.refuse("frame: longer than the limit", `at most ${this.#owner.settings.maxFrameBytes} bytes`);
    else this.refuse("handshake: not our protocol", "expected a hello frame");
  }

  #pay(bytes: number): void {
    const frames = this.#frames;
    this.#frames = 0;
    if (this.quota === null || !this.isOpen) return;
    const { pauseMs, reason } = this.quota.take(bytes, frames, performance.now());
    if (pauseMs === 0) return;
    this.#owner.paused(this, reason);
    this.socket.pause();
    this.#pauseTimer = setTimeout(() => this.socket.resume(), pauseMs);
  }

  /**
   * Timers go before sockets: where this process stood still, what the other side sent in time is not read yet. It is read before
   * anybody is refused, and a wait that was much longer than the peer could know of begins anew.
   */
  #timeUp(): void {
    const { handshakeTimeoutMs } = this.#owner.settings;
    const now = performance.now();
    if (now - this.#since > 1.5 * handshakeTimeoutMs) {
      this.#since = now;
      this.#timer = setTimeout(() => this.#timeUp(), handshakeTimeoutMs);
    } else
      setImmediate(() => {
        if (this.#state !== "open") this.#timedOut();
      });
  }

  #timedOut(): void {
    if (this.#state === "left") this.socket.destroy();
    else if (this.socket.connecting) this.destroy("ETIMEDOUT");
    else
      this.refuse(
        "handshake: took too long",
        `no hello within ${this.#owner.settings.handshakeTimeoutMs} ms`,
      );
  }

  #leave(reason: string): void {
    if (this.#state === "left") return;
    const wasOpen = this.#state === "open";
    this.#state = "left";
    this.#owner.left(this, reason, wasOpen);
  }
}
