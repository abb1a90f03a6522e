import type { BroadcastEvent, DeliverEvent, Runs } from "../event.ts";
import { BaseMonitor } from "../monitor.ts";
import { BitSet, entry } from "../sparse.ts";
import { eachEntry, nameOf, SlotBook, type Variant } from "./book.ts";
import type { BroadcastMonitorOptions } from "./options.ts";

interface Delivered {
  readonly slots: BitSet;
  /** Contents by their index in the book. */
  readonly contents: BitSet;
  readonly clients: Map<number, BitSet>;
}

/** P2: no process delivers an entry in two places. The same slot again after a recovery counts once, but not for a subscriber. */
export class Uniqueness extends BaseMonitor<BroadcastEvent> {
  readonly #book: SlotBook;
  readonly #isSubscriber: (who: string) => boolean;
  readonly #processes = new Map<string, Delivered>();

  constructor(options: BroadcastMonitorOptions = {}, book: SlotBook = new SlotBook()) {
    super("P2 uniqueness", "delivered entries");
    this.#book = book;
    this.#isSubscriber = options.isSubscriber ?? (() => false);
  }

  protected take(event: BroadcastEvent): void {
    if (event.kind !== "deliver") return;
    const process = entry(this.#processes, event.who, () => ({
      slots: new BitSet(),
      contents: new BitSet(),
      clients: new Map(),
    }));
    const variant = this.#book.variantOf(event);
    const again = !process.slots.add(event.slot) && !this.#isSubscriber(event.who);
    if (again && process.contents.has(variant.index)) return;
    this.looked += variant.entries;
    if (again) this.#secondContent(event, variant, process);
    else
      eachEntry(variant, (client, seq) => {
        if (entry(process.clients, client, () => new BitSet()).add(seq)) return true;
        this.#twice(event, client, seq);
        return false;
      });
    process.contents.add(variant.index);
  }

  /** The slot again, with another content (which P3 refuses): an entry may repeat only at its own place in the slot. */
  #secondContent(event: DeliverEvent, variant: Variant, process: Delivered): void {
    const places = new Set<string>();
    for (const earlier of this.#book.at(event.slot))
      if (process.contents.has(earlier.index))
        eachEntry(earlier, (client, seq, _at, index) => {
          places.add(`${client} ${seq} ${index}`);
          return true;
        });
    eachEntry(variant, (client, seq, _at, index) => {
      const isNew = entry(process.clients, client, () => new BitSet()).add(seq);
      if (isNew || places.has(`${client} ${seq} ${index}`)) return true;
      this.#twice(event, client, seq);
      return false;
    });
  }

  #twice(event: DeliverEvent, client: number, seq: number): void {
    this.violated(`${event.who} delivers ${nameOf(client, seq)} twice, now in slot ${event.slot}`, event);
  }
}

/** P6: the slots of a process are 1, 2, 3, …; after install or recover of s the next one is s + 1. */
export class GapFree extends BaseMonitor<BroadcastEvent> {
  readonly #isSubscriber: (who: string) => boolean;
  readonly #next = new Map<string, number>();

  constructor(options: BroadcastMonitorOptions = {}) {
    super("P6 gap-free", "deliveries");
    this.#isSubscriber = options.isSubscriber ?? (() => false);
  }

  protected take(event: BroadcastEvent): void {
    if (event.kind === "install" || event.kind === "recover") {
      if (!this.#isSubscriber(event.who)) this.#next.set(event.who, event.slot + 1);
    } else if (event.kind === "deliver") {
      this.looked += 1;
      const next = this.#next.get(event.who) ?? 1;
      if (event.slot !== next)
        this.violated(`${event.who} delivers slot ${event.slot}, expected ${next}`, event);
      this.#next.set(event.who, event.slot + 1);
    }
  }
}

/** What P11 keeps of a process: `jumped` names the clients that went on since its last snapshot; null: it never took one. */
interface Order {
  readonly slots: BitSet;
  readonly last: Map<number, number>;
  jumped: Set<number> | null;
}

/** P11: each client's commands come in the order of their numbers, none left out. Controls are P8's. */
export class Fifo extends BaseMonitor<BroadcastEvent> {
  readonly #recoverCovers: boolean;
  readonly #processes = new Map<string, Order>();

  constructor(options: BroadcastMonitorOptions = {}) {
    super("P11 first in, first out", "runs of commands");
    this.#recoverCovers = options.recoverCovers ?? false;
  }

  protected take(event: BroadcastEvent): void {
    if (event.kind === "install") {
      // What the snapshot held is not in this trace: each client may go on from some later number, once.
      this.#of(event.who).jumped = new Set();
      return;
    }
    if (event.kind === "recover" && this.#recoverCovers && event.slot > 0) {
      // Lines that the crash took hide commands just as a snapshot does; where none is missing nothing may jump.
      const process = this.#of(event.who);
      if (!process.slots.has(event.slot)) process.jumped = new Set();
    }
    if (event.kind !== "deliver") return;
    const process = this.#of(event.who);
    if (process.slots.add(event.slot)) this.#follow(event, process, event.runs);
  }

  #of(who: string): Order {
    return entry(this.#processes, who, () => ({ slots: new BitSet(), last: new Map(), jumped: null }));
  }

  #follow(event: DeliverEvent, process: Order, runs: Runs): void {
    for (let at = 0; at < runs.length; at += 3) {
      const client = runs[at]!;
      const first = runs[at + 1]!;
      this.looked += 1;
      const last = process.last.get(client) ?? 0;
      const mayJump = process.jumped !== null && !process.jumped.has(client);
      if (mayJump ? first <= last : first !== last + 1)
        this.violated(`${event.who} delivers command ${client}:${first} after ${client}:${last}`, event);
      process.jumped?.add(client);
      process.last.set(client, first + runs[at + 2]! - 1);
    }
  }
}
