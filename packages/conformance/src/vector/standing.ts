import { must, same, show } from "../support/assert.ts";
import { entryLabel } from "./match.ts";
import type { VectorEffect } from "./types.ts";

/** What one process decided and delivered. */
interface Ledger {
  readonly decisions: Map<string, string>;
  readonly delivers: [number, readonly string[]][];
  readonly bySlot: Map<number, readonly string[]>;
  readonly slotOf: Map<string, number>;
  next: number;
  /** True from a restart to the first delivery after it, which may repeat. */
  restarted: boolean;
}

/** Checks what holds in every vector: agreement per slot, uniqueness (P2), agreement of deliveries (P3), no gaps (P6). */
export class Standing {
  readonly #ledgers = new Map<string, Ledger>();
  readonly #decided = new Map<string, string>();
  readonly #delivered = new Map<number, readonly string[]>();

  ledger(process: string): Ledger {
    let ledger = this.#ledgers.get(process);
    if (ledger === undefined) {
      ledger = {
        decisions: new Map(),
        delivers: [],
        bySlot: new Map(),
        slotOf: new Map(),
        next: 1,
        restarted: false,
      };
      this.#ledgers.set(process, ledger);
    }
    return ledger;
  }

  restarted(process: string): void {
    this.ledger(process).restarted = true;
  }

  take(process: string, effect: VectorEffect): void {
    if (effect.kind === "decide") this.#decide(process, effect.epoch ?? 0, effect.slot, effect.value);
    if (effect.kind === "deliver") this.#deliver(process, effect.slot, effect.batch.map(entryLabel));
  }

  #decide(process: string, epoch: number, slot: number, value: string): void {
    const key = `${epoch}/${slot}`;
    const before = this.#decided.get(key);
    must(
      "agreement per slot",
      before === undefined || before === value,
      `slot ${slot}: ${process} decides ${value}, ${before} was decided`,
    );
    this.#decided.set(key, value);
    this.ledger(process).decisions.set(String(slot), value);
  }

  #deliver(process: string, slot: number, batch: readonly string[]): void {
    const ledger = this.ledger(process);
    const before = this.#delivered.get(slot);
    must(
      "P3 agreement",
      before === undefined || same(before, batch),
      () => `slot ${slot}: ${process} delivers ${show(batch)}, another process ${show(before)}`,
    );
    this.#delivered.set(slot, batch);
    const inOrder = ledger.restarted ? slot >= 1 && slot <= ledger.next : slot === ledger.next;
    must("P6 gap-free", inOrder, `${process} delivers slot ${slot}, expected ${ledger.next}`);
    ledger.restarted = false;
    ledger.next = slot + 1;
    for (const [at, label] of batch.entries()) {
      const twice = batch.indexOf(label) !== at || (ledger.slotOf.get(label) ?? slot) !== slot;
      must("P2 uniqueness", !twice, `${process} delivers ${label} twice, now in slot ${slot}`);
      ledger.slotOf.set(label, slot);
    }
    if (!ledger.bySlot.has(slot)) ledger.delivers.push([slot, batch]);
    ledger.bySlot.set(slot, batch);
  }
}
