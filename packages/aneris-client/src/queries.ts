import { queryBytesMax, type ReadLevel } from "@eunomia/aneris-switch/messages";
import type { DeskOptions } from "./desk.ts";
import { ClientOptionError, NoAnswerError, QueryRefusedError, TooLargeError } from "./errors.ts";
import type { GatewayLink } from "./link.ts";
import { type Answer, QueryDesk } from "./query-desk.ts";
import { Waiters } from "./waiters.ts";

/**
 * What a read must see (aneris 5.10).
 *
 * - `linearizable`: everything that anybody was told of before the read began.
 * - `session`: all that this client was told of, its own writes and earlier reads; the node need not ask others.
 * - `{ slot }`: at least everything up to this slot, e.g. one that another client has named.
 * - `{ maxBehindMs }`: everything that was complete so long before the node answered, by the node's clock.
 */
export type QueryLevel =
  | "linearizable"
  | "session"
  | { readonly slot: number }
  | { readonly maxBehindMs: number };

export interface QueryOptions {
  /** Default `linearizable`. */
  readonly level?: QueryLevel;
  /** Without it a query is repeated for as long as it takes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The promise face of a `QueryDesk`. Knows how far this client's session has seen. */
export class Queries {
  readonly desk: QueryDesk;
  readonly #link: GatewayLink;
  readonly #waiters: Waiters;
  #seen = 0;

  constructor(options: Omit<DeskOptions, "gateways"> & { readonly link: GatewayLink }) {
    const { link } = options;
    this.#link = link;
    this.desk = new QueryDesk(
      { ...options, gateways: link.gateways },
      {
        send: (to, message) => link.send(to, message),
        answered: (token, answer) => {
          this.seen(answer.slot);
          this.#waiters.answer(token, answer);
        },
        refused: (token, reason) => this.#waiters.fail(token, new QueryRefusedError(reason)),
        expired: (token) => this.#waiters.fail(token, new NoAnswerError("timeout")),
      },
    );
    this.#waiters = new Waiters(
      (token) => this.desk.drop(token),
      (reason) => new NoAnswerError(reason),
    );
  }

  /** This client was told of something in this slot. */
  seen(slot: number): void {
    if (slot > this.#seen) this.#seen = slot;
  }

  query(body: Uint8Array, { level = "linearizable", timeoutMs, signal }: QueryOptions): Promise<Answer> {
    const problem = problemOf(body, level, timeoutMs);
    if (problem !== null) return Promise.reject(problem);
    const deadline = timeoutMs === undefined ? Number.POSITIVE_INFINITY : this.#link.clock.now() + timeoutMs;
    const answer = this.#waiters.wait<Answer>(
      () => this.desk.ask(this.#levelOf(level), body, deadline),
      signal,
    );
    this.#link.schedule();
    return answer;
  }

  close(): void {
    this.#waiters.close();
  }

  #levelOf(level: QueryLevel): ReadLevel {
    if (level === "linearizable") return { kind: "linearizable" };
    if (level === "session") return { kind: "session", slot: this.#seen };
    return "slot" in level ? { kind: "session", ...level } : { kind: "stale", ...level };
  }
}

const whole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

function problemOf(body: Uint8Array, level: QueryLevel, timeoutMs: number | undefined): Error | null {
  if (body.length > queryBytesMax) return new TooLargeError(body.length, queryBytesMax);
  if (timeoutMs !== undefined && !(timeoutMs >= 0))
    return new ClientOptionError("timeoutMs", "milliseconds of at least 0", timeoutMs);
  if (typeof level === "object") {
    const [name, value] = Object.entries(level)[0] ?? ["level", level];
    if ((name !== "slot" && name !== "maxBehindMs") || !whole(value))
      return new ClientOptionError(name, "{ slot } or { maxBehindMs }, an integer of at least 0", value);
  } else if (level !== "linearizable" && level !== "session")
    return new ClientOptionError(
      "level",
      "linearizable, session, { slot } or { maxBehindMs }",
      String(level),
    );
  return null;
}
