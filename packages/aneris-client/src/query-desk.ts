import type { ClientMessage, ReadLevel } from "@eunomia/aneris-switch/messages";
import type { NodeId } from "@eunomia/engine";
import type { DeskOptions } from "./desk.ts";
import { RoundTrip } from "./round-trip.ts";

/** What the application of a node says after `slot`. */
export interface Answer {
  readonly slot: number;
  readonly body: Uint8Array;
  readonly gateway: NodeId;
}

/** Where the desk puts messages and answers; `token` is the one that the query was asked under. */
export interface QuerySink {
  send(to: readonly NodeId[], message: ClientMessage): void;
  answered(token: number, answer: Answer): void;
  /** No gateway will ever answer this query, and why. */
  refused(token: number, reason: string): void;
  /** Its deadline has come. */
  expired(token: number): void;
}

interface Asked {
  readonly token: number;
  readonly message: Extract<ClientMessage, { kind: "query" }>;
  readonly deadline: number;
  attempts: number;
  sentAt: number;
  dueAt: number;
  /** Who has refused the copies that are out. */
  readonly refusedBy: Set<NodeId>;
}

/** These say something of the query or of the cluster: no other gateway would answer. */
const final = new Set(["no application", "too large"]);

/**
 * Reads on their way, without clock or I/O: each goes to the gateway that answered last, and to all of them once that is silent or
 * refuses. A read changes nothing, so any answer to any copy of it will do.
 */
export class QueryDesk {
  readonly #options: DeskOptions;
  readonly #sink: QuerySink;
  readonly #roundTrip: RoundTrip;
  readonly #asked = new Map<number, Asked>();
  #preferred: NodeId;
  #nextToken = 1;
  #nonce: number | null = null;

  constructor(options: DeskOptions, sink: QuerySink) {
    this.#options = options;
    this.#sink = sink;
    this.#roundTrip = new RoundTrip(options);
    this.#preferred = options.gateways[0]!;
  }

  /** When `tick` has to be called next at the latest. */
  get wakeAt(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const { dueAt, deadline } of this.#asked.values()) at = Math.min(at, dueAt, deadline);
    return at;
  }

  /** Answers the token by which the answer will come. */
  ask(level: ReadLevel, body: Uint8Array, deadline: number): number {
    const token = this.#nextToken++;
    const message = { kind: "query", nonce: this.#fresh(), level, body } as const;
    const refusedBy = new Set<NodeId>();
    const never = Number.NEGATIVE_INFINITY;
    this.#asked.set(message.nonce, {
      token,
      message,
      deadline,
      attempts: 0,
      sentAt: never,
      dueAt: never,
      refusedBy,
    });
    return token;
  }

  /** Nobody waits for this token any more. */
  drop(token: number): void {
    for (const [nonce, asked] of this.#asked) if (asked.token === token) this.#asked.delete(nonce);
  }

  tick(now: number): void {
    let silent = false;
    for (const [nonce, asked] of this.#asked) {
      if (asked.deadline <= now) {
        this.#asked.delete(nonce);
        this.#sink.expired(asked.token);
      } else if (asked.dueAt <= now) {
        silent ||= asked.attempts > 0 && asked.refusedBy.size === 0;
        this.#send(now, asked);
      }
    }
    if (silent) this.#roundTrip.timedOut();
  }

  /** A message of a gateway. Whatever it holds, nothing throws; false: not one for this desk. */
  take(now: number, from: NodeId, message: ClientMessage): boolean {
    if (message.kind !== "answer" && message.kind !== "unanswered") return false;
    const { nonce } = message;
    const asked = this.#asked.get(nonce);
    if (asked === undefined || asked.attempts === 0) return false;
    if (message.kind === "unanswered") {
      this.#refused(asked, from, message.reason);
      return true;
    }
    if (asked.attempts === 1) this.#roundTrip.sample(Math.max(0, now - asked.sentAt));
    this.#preferred = from;
    this.#asked.delete(nonce);
    this.#sink.answered(asked.token, { slot: message.slot, body: message.body, gateway: from });
    return true;
  }

  #send(now: number, asked: Asked): void {
    asked.attempts += 1;
    asked.sentAt = now;
    asked.refusedBy.clear();
    const jitter = 1 + this.#options.random.next() / 2 ** 32 / 4;
    asked.dueAt = now + this.#roundTrip.waitMs(asked.attempts) * jitter;
    this.#sink.send(asked.attempts === 1 ? [this.#preferred] : this.#options.gateways, asked.message);
  }

  #refused(asked: Asked, from: NodeId, reason: string): void {
    if (final.has(reason)) {
      this.#asked.delete(asked.message.nonce);
      return this.#sink.refused(asked.token, reason);
    }
    asked.refusedBy.add(from);
    // The others are asked at once; when all have refused, all are asked again a little later.
    if (asked.attempts === 1) asked.dueAt = Number.NEGATIVE_INFINITY;
  }

  /** Nonces count up from a random place out of 2^53: no answer to an earlier life's query is taken for one to this. */
  #fresh(): number {
    const { random } = this.#options;
    this.#nonce ??= (random.next() >>> 11) * 2 ** 32 + random.next();
    this.#nonce = (this.#nonce + 1) % 2 ** 53;
    return this.#nonce;
  }
}
