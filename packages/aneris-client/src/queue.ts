import { entryOverheadBytes } from "./batch.ts";

/** A command that somebody waits for. The session fills in `seq` once the command has a number. */
export interface Ticket {
  seq: number;
  cancelled: boolean;
}

/** Commands that have no number yet, in order. Cancelled ones are passed over when their turn comes. */
export class CommandQueue {
  #bodies: (Uint8Array | undefined)[] = [];
  #tickets: (Ticket | null)[] = [];
  #head = 0;
  #live = 0;

  /** Commands that wait and were not cancelled. */
  get size(): number {
    return this.#live;
  }

  push(body: Uint8Array, ticket: Ticket | null): void {
    this.#bodies.push(body);
    this.#tickets.push(ticket);
    this.#live += 1;
  }

  /** To be called once for a ticket that was marked `cancelled` while it waited here. */
  cancelled(): void {
    this.#live -= 1;
  }

  /** Takes up to `most` commands off, at least one, whose entries fit into `maxBytes` together. */
  take(most: number, maxBytes: number): { bodies: Uint8Array[]; tickets: (Ticket | null)[] } {
    const bodies: Uint8Array[] = [];
    const tickets: (Ticket | null)[] = [];
    let bytes = 0;
    for (; bodies.length < most && this.#head < this.#bodies.length; this.#drop()) {
      const ticket = this.#tickets[this.#head]!;
      if (ticket?.cancelled) continue;
      const body = this.#bodies[this.#head]!;
      bytes += body.length + entryOverheadBytes;
      if (bodies.length > 0 && bytes > maxBytes) break;
      bodies.push(body);
      tickets.push(ticket);
      this.#live -= 1;
    }
    return { bodies, tickets };
  }

  #drop(): void {
    this.#bodies[this.#head] = undefined;
    this.#head += 1;
    // The dead part is cut off once it is the larger one, so every command is moved at most once on average.
    if (this.#head > 64 && this.#head * 2 > this.#bodies.length) {
      this.#bodies = this.#bodies.slice(this.#head);
      this.#tickets = this.#tickets.slice(this.#head);
      this.#head = 0;
    }
  }
}
