import type { Ticket } from "./queue.ts";

/** A command is not there (settled, or no number yet), waits for an answer, or was put off by a replica for a while. */
export const absent = 0;
const waiting = 1;
export const putOff = 2;

/**
 * The commands that were sent and not answered, by number: `ack` < number < `next`, at most `window` of them. One column per
 * property in rings of a power of two, so that a command costs no object.
 */
export class Outstanding {
  /** The highest number up to which everything is answered. */
  ack: number;
  /** The number that comes next. */
  next: number;
  readonly window: number;
  readonly #mask: number;
  readonly #state: Uint8Array;
  readonly #attempts: Uint16Array;
  readonly #sentAt: Float64Array;
  readonly #dueAt: Float64Array;
  readonly #batch: (Uint8Array | null)[];
  readonly #start: Uint32Array;
  readonly #end: Uint32Array;
  readonly #tickets: (Ticket | null)[];
  #count = 0;

  constructor(window: number, first: number) {
    let size = 1;
    while (size < window) size *= 2;
    this.window = window;
    this.ack = first - 1;
    this.next = first;
    this.#mask = size - 1;
    this.#state = new Uint8Array(size);
    this.#attempts = new Uint16Array(size);
    this.#sentAt = new Float64Array(size);
    this.#dueAt = new Float64Array(size);
    this.#batch = new Array<Uint8Array | null>(size).fill(null);
    this.#start = new Uint32Array(size);
    this.#end = new Uint32Array(size);
    this.#tickets = new Array<Ticket | null>(size).fill(null);
  }

  /** Commands without an answer. */
  get count(): number {
    return this.#count;
  }

  /** Numbers that may be given out now. A replica takes number n only while n - window is executed, so holes count. */
  get room(): number {
    return this.ack + this.window - this.next + 1;
  }

  // A number above 2^31 would be cut by `&`, so rings are indexed by the remainder.
  #at(seq: number): number {
    return seq % (this.#mask + 1);
  }

  /** Gives the next number to the command at `start` … `end` of `batch`, sent at `now`. */
  add(
    batch: Uint8Array,
    start: number,
    end: number,
    ticket: Ticket | null,
    now: number,
    dueAt: number,
  ): void {
    const at = this.#at(this.next);
    this.#state[at] = waiting;
    this.#attempts[at] = 1;
    this.#sentAt[at] = now;
    this.#dueAt[at] = dueAt;
    this.#batch[at] = batch;
    this.#start[at] = start;
    this.#end[at] = end;
    this.#tickets[at] = ticket;
    this.next += 1;
    this.#count += 1;
  }

  has(seq: number): boolean {
    return seq > this.ack && seq < this.next && this.#state[this.#at(seq)] !== absent;
  }

  state(seq: number): number {
    return this.#state[this.#at(seq)]!;
  }

  attempts(seq: number): number {
    return this.#attempts[this.#at(seq)]!;
  }

  sentAt(seq: number): number {
    return this.#sentAt[this.#at(seq)]!;
  }

  dueAt(seq: number): number {
    return this.#dueAt[this.#at(seq)]!;
  }

  ticket(seq: number): Ticket | null {
    return this.#tickets[this.#at(seq)]!;
  }

  /** The command goes on in the background, without anybody waiting for it. */
  dropTicket(seq: number): void {
    this.#tickets[this.#at(seq)] = null;
  }

  /** The entry as it was encoded when it was first sent. */
  entry(seq: number): Uint8Array {
    const at = this.#at(seq);
    return this.#batch[at]!.subarray(this.#start[at]!, this.#end[at]!);
  }

  repeated(seq: number, now: number, dueAt: number): void {
    const at = this.#at(seq);
    this.#state[at] = waiting;
    if (this.#attempts[at]! < 0xffff) this.#attempts[at]! += 1;
    this.#sentAt[at] = now;
    this.#dueAt[at] = dueAt;
  }

  putOff(seq: number, dueAt: number): void {
    const at = this.#at(seq);
    this.#state[at] = putOff;
    this.#dueAt[at] = dueAt;
  }

  /** Forgets a command; its number is answered. */
  remove(seq: number): void {
    const at = this.#at(seq);
    if (this.#state[at] === absent) return;
    this.#state[at] = absent;
    this.#batch[at] = null;
    this.#tickets[at] = null;
    this.#count -= 1;
  }

  /** Moves `ack` over everything that is answered. */
  advance(): void {
    while (this.ack + 1 < this.next && this.#state[this.#at(this.ack + 1)] === absent) this.ack += 1;
  }
}
