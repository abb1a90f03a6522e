import { ClientMessage } from "@eunomia/aneris-switch/messages";
import { DecodeError, decode, encodePieces } from "@eunomia/codec";
import {
  type Authenticator,
  type Clock,
  type NodeId,
  Outbox,
  openFrame,
  packetHeader,
  type Transport,
} from "@eunomia/engine";
import { ClientOptionError } from "./errors.ts";

/** What a link stands on. */
export interface LinkOptions {
  /** The process id of this client, which is its node id too: clients stand outside the directory of nodes. */
  readonly self: NodeId;
  /** Process ids of gateways, the preferred one first. */
  readonly gateways: readonly NodeId[];
  /** The node that runs a gateway. Default: a node of the same name. */
  readonly nodeOf?: (process: NodeId) => NodeId | null;
  readonly transport: Transport;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  /** Runs the callback soon, after what else has already arrived. Default `setImmediate`, else a microtask. */
  readonly defer?: (callback: () => void) => void;
  /** A frame is closed at this size; the gateways' transports must take it. Default 1 MiB. */
  readonly maxFrameBytes?: number;
}

/** Somebody who talks to gateways over a link. */
export interface Participant {
  /** False: not for this one. */
  receive(from: NodeId, message: ClientMessage): boolean;
  /** Runs once after everything that arrived in this turn, and when `wakeAt` has come. */
  tick(now: number): void;
  readonly wakeAt: number;
}

/** The instance of what outlives epochs, gateways among it. */
const lasting = "";

/**
 * One transport shared by clients and subscribers of one process: opens and seals frames, gathers everything of one turn for
 * one gateway into one frame, keeps one timer. Bad data is counted in `refusals` and never throws.
 */
export class GatewayLink {
  readonly self: NodeId;
  readonly gateways: readonly NodeId[];
  readonly clock: Clock;
  readonly maxFrameBytes: number;
  readonly #transport: Transport;
  readonly #authenticator: Authenticator;
  readonly #nodeOf: (process: NodeId) => NodeId | null;
  readonly #defer: (callback: () => void) => void;
  readonly #outbox: Outbox;
  /** Replaced, never changed in place: a participant may leave while the others are being told something. */
  #participants: readonly Participant[] = [];
  readonly #refusals = new Map<string, number>();
  #scheduled = false;
  #running = false;
  #closed = false;
  #timerAt = Number.POSITIVE_INFINITY;
  #cancelTimer: (() => void) | null = null;

  /** @throws ClientOptionError when the options cannot work. */
  constructor(options: LinkOptions) {
    const { self, gateways, transport, authenticator } = options;
    if (gateways.length === 0 || new Set(gateways).size !== gateways.length)
      throw new ClientOptionError("gateways", "one process id or more, all different", gateways.join(", "));
    if (gateways.includes(self))
      throw new ClientOptionError("self", "a process that is no gateway of the list", self);
    if (transport.self !== self || authenticator.self !== self)
      throw new ClientOptionError(
        "self",
        "the id that transport and authenticator speak for",
        `${self}, ${transport.self}, ${authenticator.self}`,
      );
    const maxFrameBytes = options.maxFrameBytes ?? 1 << 20;
    if (!Number.isSafeInteger(maxFrameBytes) || maxFrameBytes < 4096)
      throw new ClientOptionError("maxFrameBytes", "an integer of at least 4096", maxFrameBytes);
    const directory = options.nodeOf ?? ((process) => (gateways.includes(process) ? process : null));
    this.self = self;
    this.gateways = gateways;
    this.clock = options.clock;
    this.maxFrameBytes = maxFrameBytes;
    this.#transport = transport;
    this.#authenticator = authenticator;
    this.#nodeOf = directory;
    this.#defer = options.defer ?? soon;
    this.#outbox = new Outbox(maxFrameBytes, (to, frame) => {
      if (!transport.send(to, authenticator.seal(to, frame))) this.refuse("send: queue full or gateway away");
    });
    transport.listen((claimedFrom, sealed) => this.#receive(claimedFrom, sealed));
  }

  add(participant: Participant): void {
    this.#participants = [...this.#participants, participant];
    this.schedule();
  }

  remove(participant: Participant): void {
    this.#participants = this.#participants.filter((other) => other !== participant);
  }

  /** Leaves at the end of this turn. */
  send(to: readonly NodeId[], message: ClientMessage): void {
    const body = encodePieces(ClientMessage, message);
    let bodyBytes = 0;
    for (const piece of body) bodyBytes += piece.length;
    for (const gateway of to)
      this.#outbox.add(
        this.#nodeOf(gateway) ?? gateway,
        packetHeader(gateway, this.self, lasting, bodyBytes),
        body,
      );
    if (!this.#running) this.schedule();
  }

  /** Every participant gets its `tick` soon. */
  schedule(): void {
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    this.#defer(() => this.#run());
  }

  /** Counts something that a peer should not have sent. */
  refuse(reason: string): void {
    this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
  }

  /** What was ignored, by reason. */
  refusals(): ReadonlyMap<string, number> {
    return this.#refusals;
  }

  /** Closes the transport as well. Participants are to be closed before. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#outbox.flush();
    this.#transport.flush?.();
    this.#closed = true;
    this.#cancelTimer?.();
    await this.#transport.close();
  }

  #receive(claimedFrom: NodeId, sealed: Uint8Array): void {
    if (this.#closed) return;
    const packets = openFrame(this.#authenticator, this.#nodeOf, claimedFrom, sealed, (reason) =>
      this.refuse(reason),
    );
    for (const { to, from, instance, body } of packets) {
      if (to !== this.self || instance !== lasting) this.refuse("packet: not for this process");
      else if (!this.gateways.includes(from)) this.refuse("packet: not from a gateway");
      else this.#take(from, body);
    }
    if (packets.length > 0) this.schedule();
  }

  #take(from: NodeId, body: Uint8Array): void {
    let message: ClientMessage;
    try {
      message = decode(ClientMessage, body);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return this.refuse(`message: ${error.code}`);
    }
    // One reply may answer several clients of this process.
    let taken = false;
    for (const participant of this.#participants) if (participant.receive(from, message)) taken = true;
    if (!taken) this.refuse(`message: nobody takes ${message.kind}`);
  }

  #run(): void {
    this.#scheduled = false;
    if (this.#closed) return;
    const now = this.clock.now();
    this.#running = true;
    for (const participant of this.#participants) participant.tick(now);
    this.#running = false;
    this.#outbox.flush();
    this.#transport.flush?.();
    let wakeAt = Number.POSITIVE_INFINITY;
    for (const participant of this.#participants) wakeAt = Math.min(wakeAt, participant.wakeAt);
    this.#arm(now, wakeAt);
  }

  /** A timer that rings too early costs one turn, so it is moved only when something is due sooner. */
  #arm(now: number, wakeAt: number): void {
    if (wakeAt >= this.#timerAt) return;
    this.#cancelTimer?.();
    this.#timerAt = wakeAt;
    this.#cancelTimer = this.clock.after(Math.max(0, wakeAt - now), () => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.#cancelTimer = null;
      this.schedule();
    });
  }
}

function soon(callback: () => void): void {
  if (typeof setImmediate === "function") setImmediate(callback);
  else queueMicrotask(callback);
}
