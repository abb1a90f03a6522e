import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { NodeId } from "@eunomia/engine";
import { TransportError } from "../error.ts";
import { Admission } from "./admission.ts";
import { Connection, type ConnectionOwner } from "./connection.ts";
import { Dialler } from "./dialler.ts";
import { type Door, type DoorOwner, remoteOf } from "./door.ts";
import { encodeHello, type Hello, objectionTo, readGreeting } from "./hello.ts";
import {
  checkPeer,
  type Settings,
  type TcpAddress,
  type TcpEvent,
  type TcpRefusal,
  type TcpStats,
} from "./options.ts";
import { Outbox } from "./outbox.ts";
import { Peer } from "./peer.ts";
import { Quotas } from "./quota.ts";
import { type TcpTls, Tls } from "./tls.ts";
import type { TcpTransport } from "./transport.ts";
import { Turn } from "./turn.ts";

/** All connections of one node: who may have one, what comes in over them, and what leaves. */
export class Hub implements TcpTransport, ConnectionOwner, DoorOwner {
  readonly self: NodeId;
  readonly settings: Settings;
  readonly turn: Turn = new Turn();
  #tls: Tls | null;
  readonly #door: Door | null;
  readonly #peers = new Map<NodeId, Peer>();
  readonly #connections = new Set<Connection>();
  readonly #refusals = new Map<TcpRefusal, number>();
  readonly #admission: Admission;
  readonly #quotas: Quotas;
  #heard = 0;
  #receive: ((claimedFrom: NodeId, bytes: Uint8Array) => void) | null = null;
  #isClosed = false;
  #closing: Promise<void> | null = null;
  #whenEmpty: (() => void) | null = null;
  readonly #stallTimer: NodeJS.Timeout;

  constructor(settings: Settings, tls: Tls | null, door: Door | null) {
    this.self = settings.self;
    this.settings = settings;
    this.#tls = tls;
    this.#door = door;
    this.#admission = new Admission(settings);
    this.#quotas = new Quotas(settings.quotas);
    this.#stallTimer = setInterval(() => this.#endStalled(), settings.stallTimeoutMs);
    door?.serve(this, tls !== null, settings.maxPendingHandshakes);
  }

  get address(): TcpAddress | null {
    return this.#isClosed ? null : (this.#door?.address ?? null);
  }

  get tls(): Tls | null {
    return this.#tls;
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

  updateTls(options: TcpTls): void {
    if (this.#tls === null)
      throw new TransportError(
        "bad-option",
        `"updateTls" expected a transport with TLS, got one without: start it with "tls"`,
      );
    const tls = new Tls(options, this.self, this.settings.cluster);
    this.#tls = tls;
    this.#door?.setTls(tls);
    for (const connection of this.#connections) {
      const objection = connection.shown === null ? null : tls.objectionTo(connection.shown);
      if (objection !== null) connection.refuse(objection.reason, objection.detail);
    }
  }

  stats(): TcpStats {
    return {
      peers: new Map([...this.#peers].map(([id, peer]) => [id, peer.stats()])),
      refusals: new Map(this.#refusals),
      pendingHandshakes: this.#admission.pending + (this.#door?.pending ?? 0),
      certificate: this.#tls?.certificate ?? null,
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
    const doorClosed = this.#door?.close();
    for (const peer of this.#peers.values()) peer.dialler?.stop();
    const emptied = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
      if (this.#connections.size === 0) resolve();
    });
    for (const connection of this.#connections) connection.end();
    await Promise.all([doorClosed, emptied]);
    this.#peers.clear();
  }

  arrived(socket: Socket): void {
    const { maxFrameBytes, maxQueueBytes } = this.settings;
    const outbox = new Outbox(maxFrameBytes, maxQueueBytes, this.turn);
    const connection = new Connection(this, "accepted", socket, outbox, remoteOf(socket));
    if (this.#isClosed) connection.end();
    else if (this.certified(connection)) this.#admission.arrived(connection);
  }

  certified(connection: Connection): boolean {
    if (this.#tls === null) return true;
    const judged = this.#tls.judge(connection.socket as TLSSocket);
    if ("reason" in judged) {
      connection.refuse(judged.reason, judged.detail);
      return false;
    }
    connection.shown = judged;
    return true;
  }

  turnedAway(reason: TcpRefusal, detail: string, address: string): void {
    this.#count(reason);
    this.#tell({ kind: "refused", reason, detail, address });
  }

  serverFailed(error: NodeJS.ErrnoException): void {
    this.#tell({ kind: "server-error", reason: error.code ?? error.message });
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
    this.turnedAway(reason, detail, connection.address);
  }

  paused(connection: Connection, reason: TcpRefusal): void {
    this.#count(reason);
    connection.peer!.pauses++;
  }

  left(connection: Connection, reason: string, wasOpen: boolean): void {
    const { peer, direction } = connection;
    this.#admission.left(connection);
    if (connection.quota !== null) connection.quota.connections--;
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
    const { cluster, dialect, maxFrameBytes } = this.settings;
    const dialled = connection.direction === "dialled" ? connection.peer : null;
    const certificate = connection.shown?.certificate ?? null;
    const objection = objectionTo(hello, this.settings, dialled?.id ?? null, certificate);
    if (objection !== null) return connection.refuse(objection.reason, objection.detail);
    if (dialled === null && !this.#admitted(connection, hello.id)) return;
    const peer = dialled ?? this.#peerOf(hello.id);
    if (dialled === null) peer.accepted.push(connection);
    if (dialled === null)
      connection.socket.write(encodeHello({ cluster, dialect, id: this.self, maxFrameBytes }));
    peer.droppedFrames += connection.open(peer, hello.maxFrameBytes);
    connection.heard = ++this.#heard;
    if (dialled !== null) peer.dialler?.opened();
    else peer.dialler?.hurry();
    this.#tell({
      kind: "connected",
      peer: peer.id,
      direction: connection.direction,
      address: connection.address,
      certificate,
    });
  }

  #admitted(connection: Connection, id: NodeId): boolean {
    const known = this.#peers.get(id);
    const certificate = connection.shown?.certificate;
    const isPeer = certificate === undefined ? known?.dialler != null : certificate.role === "node";
    const sender = certificate?.name ?? id;
    const quota = this.#quotas.of(isPeer ? "peers" : "clients", sender, performance.now());
    if (quota !== null && quota.connections >= quota.maxConnections) {
      connection.refuse("quota: connections", `at most ${quota.maxConnections} of "${sender}"`);
      return false;
    }
    if (!this.#admission.admit(connection, known)) return false;
    connection.quota = quota;
    if (quota !== null) quota.connections++;
    return true;
  }

  #refusedByPeer(connection: Connection, detail: string): void {
    const { peer, address } = connection;
    if (peer === null) return connection.refuse("handshake: malformed", "expected a hello, got a refusal");
    this.#count("refused by the peer");
    this.#tell({ kind: "refused-by-peer", peer: peer.id, detail, address });
    connection.destroy("refused by the peer");
  }

  #endStalled(): void {
    this.#quotas.forgetSpare(performance.now());
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
