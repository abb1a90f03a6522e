import type { BroadcastEvent, Runs } from "../event.ts";
import { BaseMonitor } from "../monitor.ts";
import { BitSet, entry } from "../sparse.ts";
import type { BroadcastMonitorOptions } from "./options.ts";

/** P2: no process delivers an entry twice. The same slot again after a recovery counts once, but not for a subscriber. */
export class Uniqueness extends BaseMonitor<BroadcastEvent> {
  readonly #isSubscriber: (who: string) => boolean;
  readonly #processes = new Map<string, { readonly slots: BitSet; readonly clients: Map<string, BitSet> }>();

  constructor(options: BroadcastMonitorOptions = {}) {
    super("P2 uniqueness");
    this.#isSubscriber = options.isSubscriber ?? (() => false);
  }

  protected take(event: BroadcastEvent): void {
    if (event.k !== "deliver") return;
    const { slots, clients } = entry(this.#processes, event.who, () => ({
      slots: new BitSet(),
      clients: new Map(),
    }));
    // That a repeated slot has the same content is what P3 watches.
    if (!slots.add(event.slot) && !this.#isSubscriber(event.who)) return;
    const { runs } = event.vec;
    for (let at = 0; at < runs.length; at += 3) {
      const client = runs[at] as string;
      const first = runs[at + 1] as number;
      const seen = entry(clients, client, () => new BitSet());
      for (let seq = first; seq < first + (runs[at + 2] as number); seq += 1)
        if (!seen.add(seq)) {
          this.violated(`${event.who} delivers ${client}:${seq} twice, now in slot ${event.slot}`, event);
          return;
        }
    }
  }
}

/** P6: the slots of a process are 1, 2, 3, …; after install or recover of s the next one is s + 1. */
export class GapFree extends BaseMonitor<BroadcastEvent> {
  readonly #isSubscriber: (who: string) => boolean;
  readonly #next = new Map<string, number>();

  constructor(options: BroadcastMonitorOptions = {}) {
    super("P6 gap-free");
    this.#isSubscriber = options.isSubscriber ?? (() => false);
  }

  protected take(event: BroadcastEvent): void {
    if (event.k === "install" || event.k === "recover") {
      if (!this.#isSubscriber(event.who)) this.#next.set(event.who, event.slot + 1);
    } else if (event.k === "deliver") {
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
  readonly last: Map<string, number>;
  jumped: Set<string> | null;
}

/** P11: each client's commands come in the order of their numbers, none left out. Controls are P8's. */
export class Fifo extends BaseMonitor<BroadcastEvent> {
  readonly #processes = new Map<string, Order>();

  constructor() {
    super("P11 first in, first out");
  }

  protected take(event: BroadcastEvent): void {
    if (event.k === "install") {
      // What the snapshot held is not in this trace: each client may go on from some later number, once.
      this.#of(event.who).jumped = new Set();
      return;
    }
    if (event.k !== "deliver") return;
    const process = this.#of(event.who);
    if (process.slots.add(event.slot)) this.#follow(event, process, event.vec.runs);
  }

  #of(who: string): Order {
    return entry(this.#processes, who, () => ({ slots: new BitSet(), last: new Map(), jumped: null }));
  }

  #follow(event: BroadcastEvent & { k: "deliver" }, process: Order, runs: Runs): void {
    for (let at = 0; at < runs.length; at += 3) {
      const client = runs[at] as string;
      if (client.startsWith("ctl:")) continue;
      const first = runs[at + 1] as number;
      const last = process.last.get(client) ?? 0;
      const mayJump = process.jumped !== null && !process.jumped.has(client);
      if (mayJump ? first <= last : first !== last + 1)
        this.violated(`${event.who} delivers ${client}:${first} after ${client}:${last}`, event);
      process.jumped?.add(client);
      process.last.set(client, first + (runs[at + 2] as number) - 1);
    }
  }
}
