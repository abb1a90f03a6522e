import { type DeliveredSlot, nextChain, readBatch, type Sha256 } from "@eunomia/aneris-switch/messages";
import { equalBytes } from "@eunomia/codec";
import type { NodeId } from "@eunomia/engine";
import { type Position, SlotView } from "./slot-view.ts";

export type { Sha256 };

/** Two copies of history disagree, or one makes no sense: somebody must look. */
export interface SlotAlarm {
  /** `difference`: another gateway gave another copy. `chain`: it does not continue what was delivered. `malformed`: no batch. */
  readonly kind: "difference" | "chain" | "malformed";
  readonly slot: number;
  readonly gateway: NodeId;
}

interface Copy {
  readonly epoch: number;
  readonly vector: Uint8Array;
  readonly chain: Uint8Array;
  readonly sources: NodeId[];
}

export interface SlotOrderOptions {
  readonly position: Position;
  /** Equal copies from so many gateways make a slot: 1 for crash faults, f + 1 where f gateways may lie. */
  readonly agreement: number;
  /** Slots that wait, for earlier ones or for the application, take so many bytes at most. */
  readonly maxBufferedBytes: number;
  readonly sha256: Sha256;
  alarm(alarm: SlotAlarm): void;
}

/** What a slot costs beside its vector; the same number as the gateway's. */
const slotOverheadBytes = 64;
export const costOf = (vector: Uint8Array): number => vector.length + slotOverheadBytes;

/** So many slots back a late copy is compared with what was delivered. */
const rememberedSlots = 256;

/**
 * Puts slots from several gateways into one order without gaps or repetitions, whatever the order they come in: earlier slots
 * are dropped, later ones wait (within bounds), copies are compared, the hash chain is followed (aneris 5.12).
 */
export class SlotOrder {
  readonly #options: SlotOrderOptions;
  readonly #later = new Map<number, Copy[]>();
  readonly #remembered = new Map<number, { digest: Uint8Array; chain: Uint8Array }>();
  #ready: { view: SlotView; sources: readonly NodeId[] }[] = [];
  #head = 0;
  #next: number;
  #chain: Uint8Array | null;
  #bytes = 0;

  constructor(options: SlotOrderOptions) {
    this.#options = options;
    this.#next = options.position.next;
    this.#chain = options.position.chain;
  }

  /** The first slot that is not in order yet. */
  get next(): number {
    return this.#next;
  }
  /** Bytes that wait, for earlier slots or for the application. */
  get bufferedBytes(): number {
    return this.#bytes;
  }
  get ready(): number {
    return this.#ready.length - this.#head;
  }

  /** Whether a copy of the slot from this gateway waits for earlier slots. */
  holds(slot: number, source: NodeId): boolean {
    return this.#later.get(slot)?.some((copy) => copy.sources.includes(source)) ?? false;
  }

  /** `kept`: its bytes wait here until the application is done. `dropped`: known already. `full`: no room now. `wrong`: alarmed. */
  take(source: NodeId, delivered: DeliveredSlot): "kept" | "dropped" | "full" | "wrong" {
    const { slot, epoch, vector, chain } = delivered;
    if (slot < this.#next) return this.#compareLate(source, delivered) ? "dropped" : "wrong";
    const copies = this.#later.get(slot) ?? [];
    const other = copies.find((copy) => copy.sources.includes(source));
    const same = copies.find(
      (copy) => copy.epoch === epoch && equalBytes(copy.chain, chain) && equalBytes(copy.vector, vector),
    );
    if (other !== undefined && other === same) return "dropped";
    if (copies.length > 0 && same === undefined) this.#alarm("difference", slot, source);
    if (other !== undefined) return "wrong";
    if (same !== undefined) same.sources.push(source);
    else {
      const urgent = slot === this.#next && this.ready === 0;
      if (!urgent && this.#bytes + costOf(vector) > this.#options.maxBufferedBytes) return "full";
      copies.push({ epoch, vector, chain, sources: [source] });
      this.#later.set(slot, copies);
      this.#bytes += costOf(vector);
    }
    return this.#advance(source) ? "kept" : "wrong";
  }

  /** The slot the application has to work on; null when none is there. */
  first(): SlotView | null {
    return this.#ready[this.#head]?.view ?? null;
  }

  /** The application is done with the first slot; answers whose copies it was. */
  consumed(): readonly NodeId[] {
    const { view, sources } = this.#ready[this.#head]!;
    this.#head += 1;
    if (this.#head * 2 > this.#ready.length) {
      this.#ready = this.#ready.slice(this.#head);
      this.#head = 0;
    }
    this.#bytes -= costOf(view.vector);
    return sources;
  }

  #alarm(kind: SlotAlarm["kind"], slot: number, gateway: NodeId): void {
    this.#options.alarm({ kind, slot, gateway });
  }

  /** Moves what is in order now to `ready`. False if a copy of `source` turned out to be wrong. */
  #advance(source: NodeId): boolean {
    let fine = true;
    for (;;) {
      const copies = this.#later.get(this.#next);
      const copy = copies?.find((candidate) => candidate.sources.length >= this.#options.agreement);
      if (copies === undefined || copy === undefined) return fine;
      const problem = this.#append(copy);
      if (problem === null) {
        for (const rest of copies) if (rest !== copy) this.#bytes -= costOf(rest.vector);
        this.#later.delete(this.#next - 1);
        continue;
      }
      for (const from of copy.sources) this.#alarm(problem, this.#next, from);
      if (copy.sources.includes(source)) fine = false;
      this.#bytes -= costOf(copy.vector);
      copies.splice(copies.indexOf(copy), 1);
      if (copies.length === 0) this.#later.delete(this.#next);
    }
  }

  /** Appends the next slot, if it continues the chain and is a batch. */
  #append(copy: Copy): "chain" | "malformed" | null {
    const { sha256 } = this.#options;
    const slot = this.#next;
    const digest = sha256(copy.vector);
    if (this.#chain !== null) {
      const chain = nextChain(sha256, this.#chain, slot, copy.epoch, digest);
      if (!equalBytes(chain, copy.chain)) return "chain";
    }
    const entries = readBatch(copy.vector);
    if (entries === null) return "malformed";
    this.#chain = copy.chain;
    this.#next = slot + 1;
    this.#remembered.set(slot, { digest, chain: copy.chain });
    this.#remembered.delete(slot - rememberedSlots);
    this.#ready.push({
      view: new SlotView(slot, copy.epoch, copy.vector, entries, copy.chain),
      sources: copy.sources,
    });
    return null;
  }

  #compareLate(source: NodeId, { slot, vector, chain }: DeliveredSlot): boolean {
    const known = this.#remembered.get(slot);
    if (known === undefined) return true;
    if (equalBytes(known.chain, chain) && equalBytes(known.digest, this.#options.sha256(vector))) return true;
    this.#alarm("difference", slot, source);
    return false;
  }
}
