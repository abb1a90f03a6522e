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
  /** Of an open loop: due, and never handed in, because the queues were full. Users would have been turned away. */
  readonly turnedAway: number;
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
 * slow commands, and are not left out; those that found the queues full until the end are counted as turned away.
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
  #start = 0;
  #end = 0;
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
    // The next ones of a closed loop go at once, not with the next tick; behind what the client is doing now.
    if (this.#shape.kind === "closed") queueMicrotask(() => this.#fill());
  }

  /** Hands in nothing more: `run` waits for what is on its way and answers. */
  stop(): void {
    this.#end = Math.min(this.#end, this.#clock.now());
  }

  async run(patienceMs: number, onSecond: (answered: number) => void = () => {}): Promise<LoadResult> {
    const clock = this.#clock;
    this.#start = clock.now();
    this.#end = this.#start + this.#seconds * 1000;
    this.#lastAnswerAt = this.#start;
    let told = this.#start;
    for (let now = this.#start; now < this.#end; now = clock.now()) {
      if (now - told >= 1000) {
        onSecond(this.#latencies.count);
        told += 1000;
      }
      this.#fill();
      await clock.sleep(1);
    }
    this.#fill();
    const ended = clock.now();
    const within = this.#latencies.count;
    while (this.#latencies.count < this.#handedIn && clock.now() - ended < patienceMs) await clock.sleep(5);
    return this.#result((ended - this.#start) / 1000, within);
  }

  /** How many are to be handed in up to now. */
  #wanted(now: number): number {
    const shape = this.#shape;
    if (shape.kind === "open")
      // Times are fractions: a command that is due at the very end must not be lost to the last bit.
      return Math.floor(((Math.min(now, this.#end) - this.#start) * shape.perSecond) / 1000 + 1e-6);
    return now < this.#end ? this.#latencies.count + shape.outstanding : this.#handedIn;
  }

  #fill(): void {
    const shape = this.#shape;
    const now = this.#clock.now();
    const wanted = this.#wanted(now);
    while (this.#handedIn < wanted) {
      const dueAt = shape.kind === "open" ? this.#start + (this.#handedIn * 1000) / shape.perSecond : now;
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
      turnedAway: Math.max(0, this.#wanted(this.#end) - this.#handedIn),
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
