import {
  type ClientMessage,
  encodeControl,
  joinBatch,
  type Operation,
} from "@eunomia/aneris-switch/messages";
import type { NodeId, Random } from "@eunomia/engine";
import { type RetryLimits, RoundTrip } from "./round-trip.ts";

/** What a gateway says of its node. */
export type Status = Omit<Extract<ClientMessage, { kind: "status" }>, "kind" | "nonce"> & {
  readonly gateway: NodeId;
};

/** The fate of a control number. */
export type ControlOutcome =
  /** Number `n` took effect in `slot`. If somebody else signs with the same numbers, read there whose operation it was. */
  | { readonly kind: "effective"; readonly slot: number }
  /** Not taken. With `certain` false another copy may take, or have taken, effect: read `nextControl` of a `status`. */
  | { readonly kind: "refused"; readonly reason: string; readonly certain: boolean };

/** Gateways to ask, and chance for the order and the waits in between. */
export interface DeskOptions extends RetryLimits {
  readonly gateways: readonly NodeId[];
  readonly random: Random;
}

/** Where the desk puts messages and answers; `token` is the one that the question was asked under. */
export interface DeskSink {
  send(to: readonly NodeId[], message: ClientMessage): void;
  controlled(token: number, outcome: ControlOutcome): void;
  status(token: number, status: Status): void;
}

interface Asked {
  readonly token: number;
  readonly message: ClientMessage;
  /** The number of the control command, or the nonce of the question. */
  readonly key: number;
  attempts: number;
  dueAt: number;
}

/** Questions and control commands on their way: few, each repeated until answered or dropped. Without clock or I/O. */
export class Desk {
  readonly #options: DeskOptions;
  readonly #sink: DeskSink;
  readonly #roundTrip: RoundTrip;
  #asked: Asked[] = [];
  #nextToken = 1;

  constructor(options: DeskOptions, sink: DeskSink) {
    this.#options = options;
    this.#sink = sink;
    this.#roundTrip = new RoundTrip(options);
  }

  get wakeAt(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const { dueAt } of this.#asked) at = Math.min(at, dueAt);
    return at;
  }

  /** Answers the token by which the answer will come. */
  control(
    n: number,
    notAfter: number,
    operation: Operation,
    signatures: readonly { readonly principal: string; readonly signature: Uint8Array }[],
  ): number {
    const batch = joinBatch([encodeControl(n, notAfter, operation, signatures)]);
    return this.#ask({ kind: "request", client: 0, batch }, n);
  }

  ask(): number {
    const nonce = this.#options.random.next();
    return this.#ask({ kind: "ask", nonce }, nonce);
  }

  #ask(message: ClientMessage, key: number): number {
    const token = this.#nextToken++;
    this.#asked.push({ token, message, key, attempts: 0, dueAt: Number.NEGATIVE_INFINITY });
    return token;
  }

  /** Nobody waits for this token any more. */
  drop(token: number): void {
    this.#asked = this.#asked.filter((asked) => asked.token !== token);
  }

  tick(now: number): void {
    for (const asked of this.#asked) {
      if (asked.dueAt > now) continue;
      asked.attempts += 1;
      const jitter = 1 + this.#options.random.next() / 2 ** 32 / 4;
      asked.dueAt = now + this.#roundTrip.waitMs(asked.attempts) * jitter;
      const { gateways } = this.#options;
      this.#sink.send(asked.attempts === 1 ? [gateways[0]!] : gateways, asked.message);
    }
  }

  take(from: NodeId, message: ClientMessage): boolean {
    if (message.kind === "controlled") {
      const { n, slot, reason } = message;
      const taken = this.#take("request", n);
      for (const { token, attempts } of taken) {
        // A number that is used up may have been used by an earlier copy of this very command.
        const certain = attempts === 1 && !reason.startsWith("number");
        this.#sink.controlled(
          token,
          slot === null ? { kind: "refused", reason, certain } : { kind: "effective", slot },
        );
      }
      return taken.length > 0;
    }
    if (message.kind !== "status") return false;
    const { kind: _kind, nonce, ...status } = message;
    // The link may carry questions of others.
    const asked = this.#take("ask", nonce);
    for (const { token } of asked) this.#sink.status(token, { ...status, gateway: from });
    return asked.length > 0;
  }

  #take(kind: "request" | "ask", key: number): readonly Asked[] {
    const fits = (asked: Asked): boolean => asked.message.kind === kind && asked.key === key;
    const taken = this.#asked.filter((asked) => asked.attempts > 0 && fits(asked));
    if (taken.length > 0) this.#asked = this.#asked.filter((asked) => !taken.includes(asked));
    return taken;
  }
}
