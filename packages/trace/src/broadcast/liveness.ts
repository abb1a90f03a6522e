import type { BroadcastEvent } from "../event.ts";
import { BaseMonitor, type Verdict } from "../monitor.ts";
import { BitSet, entry } from "../sparse.ts";
import type { BroadcastMonitorOptions } from "./options.ts";

/** P4: once quiesced, some process has delivered every broadcast of a client that did not crash and whose session lives. */
export class Termination extends BaseMonitor<BroadcastEvent> {
  readonly #sessionEnded: (client: string) => boolean;
  readonly #clients = new Map<string, { readonly sent: BitSet; readonly delivered: BitSet }>();
  readonly #crashed = new Set<string>();
  #quiesced = false;

  constructor(options: BroadcastMonitorOptions = {}) {
    super("P4 termination");
    this.#sessionEnded = options.sessionEnded ?? (() => false);
  }

  #of(client: string) {
    return entry(this.#clients, client, () => ({ sent: new BitSet(), delivered: new BitSet() }));
  }

  protected take(event: BroadcastEvent): void {
    if (event.k === "broadcast") {
      const { sent } = this.#of(event.who);
      for (let at = 0; at * 16 < event.bodies.length; at += 1) sent.add(event.seq + at);
    } else if (event.k === "deliver") {
      const { runs } = event.vec;
      for (let at = 0; at < runs.length; at += 3) {
        const { delivered } = this.#of(runs[at] as string);
        const first = runs[at + 1] as number;
        for (let seq = first; seq < first + (runs[at + 2] as number); seq += 1) delivered.add(seq);
      }
    } else if (event.k === "crash") this.#crashed.add(event.who);
    else if (event.k === "recover") this.#crashed.delete(event.who);
    else if (event.k === "quiesced") this.#quiesced = true;
  }

  protected override judge(): Verdict<BroadcastEvent> {
    for (const [client, { sent, delivered }] of this.#clients) {
      if (this.#crashed.has(client) || this.#sessionEnded(client)) continue;
      for (const seq of sent.values())
        if (!delivered.has(seq))
          return this.answer(
            this.#quiesced ? "violated" : "pending",
            `${client}:${seq} was broadcast and never delivered`,
          );
    }
    // While the run goes on more may be broadcast: only a quiesced run settles it.
    return this.#quiesced ? this.answer("ok") : this.answer("pending", "the run has not quiesced");
  }
}

/** P5: once quiesced, what one process delivered every correct process has delivered or has got by install. That it is the same there is P3. */
export class Relay extends BaseMonitor<BroadcastEvent> {
  readonly #recoverCovers: boolean;
  readonly #processes = new Map<string, { readonly slots: BitSet; covered: number }>();
  readonly #crashed = new Set<string>();
  readonly #all = new BitSet();
  #quiesced = false;

  constructor(options: BroadcastMonitorOptions = {}) {
    super("P5 relay");
    this.#recoverCovers = options.recoverCovers ?? false;
    for (const who of options.processes ?? []) this.#of(who);
  }

  #of(who: string) {
    return entry(this.#processes, who, () => ({ slots: new BitSet(), covered: 0 }));
  }

  protected take(event: BroadcastEvent): void {
    if (event.k === "deliver") {
      this.#of(event.who).slots.add(event.slot);
      this.#all.add(event.slot);
    } else if (event.k === "install" || event.k === "recover") {
      const process = this.#of(event.who);
      if (event.k === "install" || this.#recoverCovers)
        process.covered = Math.max(process.covered, event.slot);
      if (event.k === "recover") this.#crashed.delete(event.who);
    } else if (event.k === "crash") this.#crashed.add(event.who);
    else if (event.k === "quiesced") this.#quiesced = true;
  }

  protected override judge(): Verdict<BroadcastEvent> {
    for (const [who, { slots, covered }] of this.#processes) {
      if (this.#crashed.has(who) || slots.size === this.#all.size) continue;
      for (const slot of this.#all.values())
        if (slot > covered && !slots.has(slot))
          return this.answer(
            this.#quiesced ? "violated" : "pending",
            `slot ${slot} was delivered, but not by ${who}`,
          );
    }
    return this.#quiesced ? this.answer("ok") : this.answer("pending", "the run has not quiesced");
  }
}
