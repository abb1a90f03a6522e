import { equalBytes, toHex, utf8Decode } from "@eunomia/codec";
import type { Delivery } from "../../src/index.ts";
import { readBatch } from "../../src/messages.ts";

export class Violation extends Error {
  readonly property: string;
  constructor(property: string, what: string) {
    super(`${property}: ${what}`);
    this.name = "Violation";
    this.property = property;
  }
}

const must = (property: string, holds: boolean, what: () => string): void => {
  if (!holds) throw new Violation(property, what());
};

interface Ledger {
  readonly places: Map<string, string>;
  next: number;
  readonly slots: Map<number, string>;
  readonly last: Map<number, number>;
  nextControl: number;
}

/** The promised properties as predicates over what was broadcast and delivered (definition, section 6). */
export class Monitors {
  readonly #broadcast = new Map<string, Uint8Array>();
  readonly #signed = new Map<string, Uint8Array>();
  readonly #slots = new Map<number, { vector: Uint8Array; chain: string; epoch: number; protocol: string }>();
  readonly #ledgers = new Map<string, Ledger>();
  readonly #fifo: boolean;

  constructor(fifo: boolean) {
    this.#fifo = fifo;
  }

  broadcast(entry: Uint8Array, id: string): void {
    this.#broadcast.set(id, entry);
  }

  signed(entry: Uint8Array): void {
    this.#signed.set(toHex(entry), entry);
  }

  /** A life begins that stands as if it had delivered the slots up to `slot`. */
  recovered(who: string, slot: number): void {
    const ledger = this.ledger(who);
    must(
      "P6 gap-free",
      slot <= ledger.next - 1,
      () => `${who} recovers ${slot}, delivered were ${ledger.next - 1}`,
    );
    ledger.next = slot + 1;
  }

  ledger(who: string): Ledger {
    let ledger = this.#ledgers.get(who);
    if (ledger === undefined) {
      ledger = { places: new Map(), next: 1, slots: new Map(), last: new Map(), nextControl: 1 };
      this.#ledgers.set(who, ledger);
    }
    return ledger;
  }

  deliver(who: string, delivery: Delivery): void {
    const { slot, epoch, protocol, vector } = delivery;
    const chain = toHex(delivery.chain);
    const ledger = this.ledger(who);
    must("P6 gap-free", slot === ledger.next, () => `${who} delivers ${slot}, expected ${ledger.next}`);
    ledger.next = slot + 1;
    const before = this.#slots.get(slot);
    if (before === undefined) this.#slots.set(slot, { vector, chain, epoch, protocol });
    else {
      must(
        "P7 one epoch per slot",
        before.epoch === epoch && before.protocol === protocol,
        () => `slot ${slot}: ${epoch} ${protocol} and ${before.epoch} ${before.protocol}`,
      );
      must("P3 agreement", equalBytes(before.vector, vector), () => `slot ${slot} has two vectors`);
      must("P3 agreement", before.chain === chain, () => `slot ${slot} has two chains`);
    }
    const repeated = ledger.slots.has(slot);
    ledger.slots.set(slot, chain);
    const entries = readBatch(vector);
    must("P1 validity", entries !== null, () => `slot ${slot} is no batch`);
    for (const [index, entry] of entries!.entries())
      this.#entry(ledger, vector, entry, `${slot}/${index}`, repeated);
  }

  #entry(
    ledger: Ledger,
    vector: Uint8Array,
    entry: NonNullable<ReturnType<typeof readBatch>>[number],
    place: string,
    repeated: boolean,
  ): void {
    const bytes = vector.subarray(entry.start, entry.end);
    if (entry.kind === "command") {
      const id = `c${entry.client}:${entry.seq}`;
      const sent = this.#broadcast.get(id);
      must(
        "P1 validity",
        sent !== undefined && equalBytes(sent, bytes),
        () => `${id} was never broadcast so`,
      );
      must(
        "P2 uniqueness",
        (ledger.places.get(id) ?? place) === place,
        () => `${id} at ${ledger.places.get(id)} and ${place}`,
      );
      ledger.places.set(id, place);
      if (this.#fifo && !repeated) {
        must(
          "P11 order per client",
          entry.seq === (ledger.last.get(entry.client) ?? 0) + 1,
          () => `${id} after ${ledger.last.get(entry.client)}`,
        );
        ledger.last.set(entry.client, entry.seq);
      }
    } else if (entry.kind === "control") {
      must("P8 controls", this.#signed.has(toHex(bytes)), () => `control ${entry.n} was never signed`);
      if (!repeated) {
        must(
          "P8 controls",
          entry.n === ledger.nextControl,
          () => `control ${entry.n}, expected ${ledger.nextControl}`,
        );
        ledger.nextControl += 1;
      }
    } else must("P1 validity", false, () => `a registration of ${utf8Decode(entry.nonce)}`);
  }

  /** A replica says that it is no member from a slot on. */
  left(who: string, from: number): void {
    const { next } = this.ledger(who);
    must("removed at its slot", next <= from, () => `${who} ends at ${next}, is no member from ${from} on`);
  }

  /** P4 and P5: everything that was broadcast is delivered, the same at all of `live`. */
  quiesced(live: readonly string[], controls: number): void {
    const ends = live.map((who) => this.ledger(who).next);
    must(
      "P5 relay",
      ends.every((end) => end === ends[0]),
      () => `${live.join(", ")} stand at ${ends.join(", ")}`,
    );
    for (const who of live) {
      const { places, nextControl } = this.ledger(who);
      const missing = [...this.#broadcast.keys()].filter((id) => !places.has(id));
      must("P4 termination", missing.length === 0, () => `${who} never delivers ${missing.join(", ")}`);
      must(
        "P4 termination",
        nextControl === controls + 1,
        () => `${who} executed ${nextControl - 1} of ${controls} controls`,
      );
    }
  }
}
