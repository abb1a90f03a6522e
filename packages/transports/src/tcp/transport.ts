import { createServer, type Server, type Socket } from "node:net";
import type { NodeId, Transport } from "@eunomia/engine";
import { TransportError } from "../error.ts";
import { Admission } from "./admission.ts";
import { Connection, type ConnectionOwner } from "./connection.ts";
import { Dialler, keepAliveDelayMs } from "./dialler.ts";
import { encodeHello, type Hello, objectionTo, readGreeting } from "./hello.ts";
import {
  checkedAddress,
  checkedName,
  printed,
  type Settings,
  settingsOf,
  type TcpAddress,
  type TcpEvent,
  type TcpOptions,
  type TcpRefusal,
  type TcpStats,
} from "./options.ts";
import { Outbox } from "./outbox.ts";
import { Peer } from "./peer.ts";
import { startListening } from "./server.ts";
import { Turn } from "./turn.ts";

/** A `Transport` over TCP. */
export interface TcpTransport extends Transport {
  /** Where connections are accepted, with the real port; null without a server or once closed. */
  readonly address: TcpAddress | null;
  /**
   * From now on this peer is dialled at this address, anew if the address has changed. Null: it is no peer any more; what waits
   * for it is still written, and connections that it dialled itself stay, as those of a client.
   *
   * @throws TransportError `bad-option` for an id or address that makes no sense, `closed` after `close`.
   */
  setPeer(id: NodeId, address: TcpAddress | null): void;
  stats(): TcpStats;
}

/**
 * Starts a transport: with `listen` a server, without it a client. Resolves once the server listens; peers are dialled in the
 * background, again and again.
 *
 * @throws TransportError `bad-option`; `port-in-use`, `port-forbidden`, `host-unknown` or `listen-failed` with the address in
 * `details`.
 * @example
 * ```ts
 * const a = await tcpTransport({ self: "a", listen: { host: "127.0.0.1", port: 0 } });
 * const client = await tcpTransport({ self: "client", peers: { a: a.address! } });
 * a.listen((claimedFrom, bytes) => a.send(claimedFrom, bytes));
 * client.send("a", Uint8Array.of(1, 2, 3)); // false would mean: dropped here
 * ```
 */
export async function tcpTransport(options: TcpOptions): Promise<TcpTransport> {
  const settings = settingsOf(options);
  const peers = Object.entries(options.peers ?? {});
  for (const [id, address] of peers) checkPeer(settings.self, id, address);
  const wanted = options.listen === undefined ? null : checkedAddress("listen", options.listen, 0);
  // The same socket options as for dialled connections.
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelayMs });
  const address = wanted === null ? null : await startListening(server, wanted);
  // Only now: a transport that never came to be must leave no timer behind.
  const transport = new Tcp(settings);
  if (address !== null) transport.serve(server, address);
  for (const [id, address] of peers) transport.setPeer(id, address);
  return transport;
}

function checkPeer(self: NodeId, id: NodeId, address: TcpAddress): TcpAddress {
  checkedName("peer id", id, 1);
  if (id === self)
    throw new TransportError(
      "bad-option",
      `"peers" expected other nodes, got our own id "${id}": leave it out`,
    );
  return checkedAddress(`peers.${id}`, address, 1);
}

class Tcp implements TcpTransport, ConnectionOwner {
  readonly self: NodeId;
  readonly settings: Settings;
  readonly turn: Turn = new Turn();
  #address: TcpAddress | null = null;
  #server: Server | null = null;
  readonly #peers = new Map<NodeId, Peer>();
  readonly #connections = new Set<Connection>();
  readonly #refusals = new Map<TcpRefusal, number>();
  readonly #admission: Admission;
  #heard = 0;
  #receive: ((claimedFrom: NodeId, bytes: Uint8Array) => void) | null = null;
  #isClosed = false;
  #closing: Promise<void> | null = null;
  #whenEmpty: (() => void) | null = null;
  readonly #stallTimer: NodeJS.Timeout;

  constructor(settings: Settings) {
    this.self = settings.self;
    this.settings = settings;
    this.#admission = new Admission(settings);
    this.#stallTimer = setInterval(() => this.#endStalled(), settings.stallTimeoutMs);
  }

  get address(): TcpAddress | null {
    return this.#address;
  }

  serve(server: Server, address: TcpAddress): void {
    this.#server = server;
    this.#address = address;
    server.on("connection", (socket) => this.#accept(socket));
    server.on("error", (error: NodeJS.ErrnoException) =>
      this.#tell({ kind: "server-error", reason: error.code ?? error.message }),
    );
  }

  send(to: NodeId, bytes: Uint8Array): boolean {
    if (this.#isClosed) return false;
    return this.#peers.get(to)?.send(bytes) ?? false;
  }

  flush(): void {
    this.turn.flush();
  }

  listen(receive: (claimedFrom: NodeId, bytes: Uint8Array) => void): void {
    if (this.#receive !== null)
      throw new TransportError(
        "already-listening",
        `"listen" expected one listener, got a second: fan out inside the first`,
      );
    this.#receive = receive;
  }

  setPeer(id: NodeId, address: TcpAddress | null): void {
    if (this.#isClosed)
      throw new TransportError(
        "closed",
        `"setPeer" expected an open transport, got a closed one: start another`,
      );
    if (address === null) return this.#dropPeer(id);
    const checked = checkPeer(this.self, id, address);
    const peer = this.#peerOf(id);
    const former = peer.dialler?.address;
    if (former !== undefined && former.host === checked.host && former.port === checked.port) return;
    peer.dialler?.stop();
    peer.dialler = new Dialler(this, peer, checked);
    peer.dialler.dial();
  }

  #dropPeer(id: NodeId): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    peer.dialler?.stop();
    peer.dialler = null;
    this.#forgetIfUnused(peer);
  }

  stats(): TcpStats {
    return {
      peers: new Map([...this.#peers].map(([id, peer]) => [id, peer.stats()])),
      refusals: new Map(this.#refusals),
      pendingHandshakes: this.#admission.pending,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // First of all: what happens below must not be told to anybody.
    this.#isClosed = true;
    clearInterval(this.#stallTimer);
    this.#address = null;
    const server = this.#server;
    const serverClosed = new Promise<void>((resolve) =>
      server === null ? resolve() : server.close(() => resolve()),
    );
    for (const peer of this.#peers.values()) peer.dialler?.stop();
    const emptied = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
      if (this.#connections.size === 0) resolve();
    });
    for (const connection of this.#connections) connection.end();
    await Promise.all([serverClosed, emptied]);
    this.#peers.clear();
  }

  #accept(socket: Socket): void {
    const address =
      socket.remoteAddress === undefined
        ? "unknown"
        : printed({ host: socket.remoteAddress, port: socket.remotePort ?? 0 });
    const { maxFrameBytes, maxQueueBytes } = this.settings;
    const outbox = new Outbox(maxFrameBytes, maxQueueBytes, this.turn);
    const connection = new Connection(this, "accepted", socket, outbox, address);
    if (this.#isClosed) {
      connection.end();
      return;
    }
    this.#admission.arrived(connection);
  }

  begun(connection: Connection): void {
    this.#connections.add(connection);
  }

  greeted(connection: Connection, payload: Uint8Array): void {
    const greeting = readGreeting(payload);
    if (greeting.kind === "hello") this.#welcome(connection, greeting.hello);
    else if (greeting.kind === "refusal") this.#refusedByPeer(connection, greeting.detail);
    else {
      const got = greeting.reason === "handshake: another version" ? `, got version ${greeting.version}` : "";
      connection.refuse(greeting.reason, `expected a hello of version 1${got}`);
    }
  }

  received(connection: Connection, payload: Uint8Array): void {
    const peer = connection.peer!;
    connection.heard = ++this.#heard;
    if (this.#receive === null) {
      this.#count("frame: nobody listens");
      return;
    }
    peer.framesIn++;
    peer.bytesIn += payload.length;
    this.#receive(peer.id, payload);
  }

  refused(connection: Connection, reason: TcpRefusal, detail: string): void {
    this.#count(reason);
    this.#tell({ kind: "refused", reason, detail, address: connection.address });
  }

  left(connection: Connection, reason: string, wasOpen: boolean): void {
    const { peer, direction } = connection;
    this.#admission.left(connection);
    if (peer === null) return;
    if (direction === "accepted") {
      peer.accepted = peer.accepted.filter((other) => other !== connection);
      this.#tell({ kind: "disconnected", peer: peer.id, direction, reason });
      this.#forgetIfUnused(peer);
      return;
    }
    const retryMs = peer.dialler?.lost(connection) ?? null;
    if (wasOpen) this.#tell({ kind: "disconnected", peer: peer.id, direction, reason });
    else if (retryMs !== null) this.#tell({ kind: "dial-failed", peer: peer.id, reason, retryMs });
  }

  gone(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#whenEmpty?.();
  }

  #welcome(connection: Connection, hello: Hello): void {
    const { cluster, maxFrameBytes } = this.settings;
    const dialled = connection.direction === "dialled" ? connection.peer : null;
    const objection = objectionTo(hello, this.settings, dialled?.id ?? null);
    if (objection !== null) return connection.refuse(objection.reason, objection.detail);
    if (dialled === null && !this.#admission.admit(connection, this.#peers.get(hello.id))) return;
    const peer = dialled ?? this.#peerOf(hello.id);
    if (dialled === null) peer.accepted.push(connection);
    if (dialled === null) connection.socket.write(encodeHello({ cluster, id: this.self, maxFrameBytes }));
    peer.droppedFrames += connection.open(peer, hello.maxFrameBytes);
    connection.heard = ++this.#heard;
    if (dialled !== null) peer.dialler?.opened();
    else peer.dialler?.hurry();
    this.#tell({
      kind: "connected",
      peer: peer.id,
      direction: connection.direction,
      address: connection.address,
    });
  }

  #refusedByPeer(connection: Connection, detail: string): void {
    const { peer, address } = connection;
    if (peer === null) return connection.refuse("handshake: malformed", "expected a hello, got a refusal");
    this.#count("refused by the peer");
    this.#tell({ kind: "refused-by-peer", peer: peer.id, detail, address });
    connection.destroy("refused by the peer");
  }

  #endStalled(): void {
    for (const connection of this.#connections) {
      const { outbox } = connection;
      if (!connection.isOpen) continue;
      if (outbox.writing && outbox.progress === connection.seenProgress)
        connection.refuse("connection: takes nothing", `for ${this.settings.stallTimeoutMs} ms`);
      connection.seenProgress = outbox.writing ? outbox.progress : -1;
    }
  }

  #peerOf(id: NodeId): Peer {
    let peer = this.#peers.get(id);
    if (peer === undefined) {
      peer = new Peer(id);
      this.#peers.set(id, peer);
    }
    return peer;
  }

  /** Ids are claims, so what is kept about them is bounded by the connections that claim them. */
  #forgetIfUnused(peer: Peer): void {
    if (peer.dialler === null && peer.accepted.length === 0) this.#peers.delete(peer.id);
  }

  #count(reason: TcpRefusal): void {
    this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
  }

  #tell(event: TcpEvent): void {
    if (!this.#isClosed) this.settings.onEvent(event);
  }
}
