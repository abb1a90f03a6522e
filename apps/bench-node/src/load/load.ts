import type { Client } from "@eunomia/aneris-client";
import { Latencies } from "./latencies.ts";

/** How commands are handed in. */
export type Shape =
  /** So many are on their way at any time: the cluster sets the pace. */
  | { readonly kind: "closed"; readonly outstanding: number }
  /** So many a second, whatever the cluster does: users set the pace. */
  | { readonly kind: "open"; readonly perSecond: number };

export interface LoadResult {
  readonly shape: Shape;
  readonly seconds: number;
  readonly handedIn: number;
  readonly answered: number;
  /** Handed in, and not answered when the patience was over: nobody knows of them. */
  readonly unanswered: number;
  readonly perSecond: number;
  /** Milliseconds. In an open loop from when a command was due, not from when it could be sent. */
  readonly latencyMs: Readonly<Record<"p50" | "p90" | "p99" | "p999" | "max", number | null>>;
  /** The longest time without an answer, milliseconds. */
  readonly longestGapMs: number;
}

/** A session that load is handed in on. */
export class LoadSession {
  readonly client: Client;
  /** When the command of each number was due; the numbers of a new session begin with 1. */
  readonly #due: number[] = [];

  constructor(client: Client) {
    this.client = client;
  }

  get sent(): number {
    return this.#due.length;
  }

  /** False: the queue of the session is full. */
  send(body: Uint8Array, dueAt: number): boolean {
    if (!this.client.send(body)) return false;
    this.#due.push(dueAt);
    return true;
  }

  /** When the command of this number was due. */
  dueOf(seq: number): number {
    return this.#due[seq - 1]!;
  }
}

/** What the loop uses of its surroundings. */
export interface LoadClock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

const systemClock: LoadClock = {
  now: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/**
 * Hands in commands for so many seconds, and waits for the answers.
 *
 * An open loop counts a command's time from when it was due: commands that could not be sent in time because the cluster was slow are
 * slow commands, and are not left out.
 *
 * @param patienceMs how long to wait for answers after the last command.
 */
export class Load {
  readonly #shape: Shape;
  readonly #seconds: number;
  readonly #bodyOf: (at: number) => Uint8Array;
  readonly #clock: LoadClock;
  readonly #sessions: LoadSession[] = [];
  readonly #latencies = new Latencies();
  #handedIn = 0;
  #lastAnswerAt = 0;
  #longestGapMs = 0;

  constructor(shape: Shape, seconds: number, bodyOf: (at: number) => Uint8Array, clock = systemClock) {
    this.#shape = shape;
    this.#seconds = seconds;
    this.#bodyOf = bodyOf;
    this.#clock = clock;
  }

  add(client: Client): void {
    this.#sessions.push(new LoadSession(client));
  }

  /** For `onSettled` of the session that was added as the `at`-th. */
  settled(at: number, seq: number, count: number): void {
    const now = this.#clock.now();
    this.#longestGapMs = Math.max(this.#longestGapMs, now - this.#lastAnswerAt);
    this.#lastAnswerAt = now;
    const session = this.#sessions[at]!;
    for (let i = 0; i < count; i += 1) this.#latencies.add(now - session.dueOf(seq + i));
  }

  async run(patienceMs: number, onSecond: (answered: number) => void = () => {}): Promise<LoadResult> {
    const clock = this.#clock;
    const start = clock.now();
    this.#lastAnswerAt = start;
    const end = start + this.#seconds * 1000;
    let told = start;
    for (let now = start; now < end; now = clock.now()) {
      if (now - told >= 1000) {
        onSecond(this.#latencies.count);
        told += 1000;
      }
      this.#fill(start, now);
      await clock.sleep(1);
    }
    const ended = clock.now();
    const within = this.#latencies.count;
    while (this.#latencies.count < this.#handedIn && clock.now() - ended < patienceMs) await clock.sleep(5);
    return this.#result((ended - start) / 1000, within);
  }

  #fill(start: number, now: number): void {
    const shape = this.#shape;
    const wanted =
      shape.kind === "open"
        ? Math.floor(((now - start) * shape.perSecond) / 1000)
        : this.#latencies.count + shape.outstanding;
    while (this.#handedIn < wanted) {
      const dueAt = shape.kind === "open" ? start + (this.#handedIn * 1000) / shape.perSecond : now;
      const session = this.#sessions[this.#handedIn % this.#sessions.length]!;
      if (!session.send(this.#bodyOf(this.#handedIn), dueAt)) return;
      this.#handedIn += 1;
    }
  }

  #result(seconds: number, within: number): LoadResult {
    const latencies = this.#latencies;
    return {
      shape: this.#shape,
      seconds,
      handedIn: this.#handedIn,
      answered: latencies.count,
      unanswered: this.#handedIn - latencies.count,
      perSecond: within / seconds,
      latencyMs: {
        p50: latencies.quantile(0.5),
        p90: latencies.quantile(0.9),
        p99: latencies.quantile(0.99),
        p999: latencies.quantile(0.999),
        max: latencies.quantile(1),
      },
      longestGapMs: this.#longestGapMs,
    };
  }
}
