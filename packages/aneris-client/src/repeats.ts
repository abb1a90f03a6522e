import { joinBatch } from "@eunomia/aneris-switch/messages";
import { requestOverheadBytes } from "./batch.ts";
import { absent, type Outstanding, putOff } from "./outstanding.ts";
import type { RoundTrip } from "./round-trip.ts";
import type { SessionOptions } from "./session-types.ts";

/** The share of a wait that chance decides, so that clients do not repeat themselves in step. */
const jitterShare = 0.25;
/** A command that was put off so often goes to every gateway: the preferred one may be behind the others for good. */
const patience = 4;

/** Whom a batch goes to again: the preferred gateway, or all of them because that one is suspected. */
export type Audience = "preferred" | "everywhere";

/** Decides which unanswered commands of a session are repeated, when, and to whom. Without clock or I/O. */
export class Repeats {
  readonly #options: SessionOptions;
  readonly #outstanding: Outstanding;
  readonly #roundTrip: RoundTrip;
  /** Further timeouts until then are of the same silence. */
  #backedOffUntil = 0;
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor(options: SessionOptions, outstanding: Outstanding, roundTrip: RoundTrip) {
    this.#options = options;
    this.#outstanding = outstanding;
    this.#roundTrip = roundTrip;
  }

  /** When there is something to do next at the latest; infinite when there is nothing to wait for. */
  get wakeAt(): number {
    return this.#wakeAt;
  }

  wake(at: number): void {
    if (at < this.#wakeAt) this.#wakeAt = at;
  }

  /** Nothing is waited for any more. */
  rest(): void {
    this.#wakeAt = Number.POSITIVE_INFINITY;
  }

  /** When to give up waiting for the answer to the `attempt`-th copy, counted from 1, if it leaves now. */
  due(now: number, attempt: number): number {
    const jitter = (this.#options.random.next() / 2 ** 32) * jitterShare;
    return now + this.#roundTrip.waitMs(attempt) * (1 + jitter);
  }

  /**
   * Repeats what is due, oldest first, and finds out what is due next. When one command was in vain, the gateway is suspected,
   * so all that wait for it along with that command go to every gateway too, under one step of back-off: each in its own time
   * would take a doubling for each.
   */
  repeatDue(now: number, send: (audience: Audience, batch: Uint8Array) => void): void {
    this.rest();
    const { again, due, along } = this.#sort(now);
    for (const batch of this.#batches(now, again)) send("preferred", batch);
    if (due.length === 0) {
      for (const seq of along) this.wake(this.#outstanding.dueAt(seq));
      return;
    }
    if (now >= this.#backedOffUntil) this.#roundTrip.timedOut();
    this.#backedOffUntil = this.due(now, 1);
    const everywhere = due.concat(along).sort((one, other) => one - other);
    for (const batch of this.#batches(now, everywhere)) send("everywhere", batch);
  }

  /** Numbers put off whose pause is over, those in vain, and those more than halfway to being so; the rest is waited for. */
  #sort(now: number): { again: number[]; due: number[]; along: number[] } {
    const outstanding = this.#outstanding;
    const again: number[] = [];
    const due: number[] = [];
    const along: number[] = [];
    for (let seq = outstanding.ack + 1; seq < outstanding.next; seq += 1) {
      const state = outstanding.state(seq);
      if (state === absent) continue;
      const dueAt = outstanding.dueAt(seq);
      const waits = state === putOff && outstanding.attempts(seq) < patience;
      if (dueAt > now) {
        const halfway = (dueAt + outstanding.sentAt(seq)) / 2;
        if (!waits && outstanding.attempts(seq) === 1 && now >= halfway) along.push(seq);
        else this.wake(dueAt);
      } else if (waits) again.push(seq);
      else due.push(seq);
    }
    return { again, due, along };
  }

  /** The entries as they were first sent, in as few batches as fit, noted as sent once more. */
  *#batches(now: number, seqs: readonly number[]): Generator<Uint8Array> {
    const { maxBatch, maxFrameBytes } = this.#options;
    for (let i = 0; i < seqs.length; ) {
      const entries: Uint8Array[] = [];
      let bytes = requestOverheadBytes;
      for (; i < seqs.length && entries.length < maxBatch; i += 1) {
        const seq = seqs[i]!;
        const entry = this.#outstanding.entry(seq);
        bytes += entry.length;
        if (entries.length > 0 && bytes > maxFrameBytes) break;
        entries.push(entry);
        const dueAt = this.due(now, this.#outstanding.attempts(seq) + 1);
        this.#outstanding.repeated(seq, now, dueAt);
        this.wake(dueAt);
      }
      yield joinBatch(entries);
    }
  }
}
