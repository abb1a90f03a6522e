import { type Entry, entriesPerSlotMax } from "@eunomia/aneris-switch/messages";

/** Where a subscriber goes on: the next slot, and the chain up to the slot before it. Null: not known, so not checked once. */
export interface Position {
  readonly next: number;
  readonly chain: Uint8Array | null;
}

/** A slot as the application gets it. Bodies are views into the bytes that came in: copy what is to be kept. */
export class SlotView {
  readonly slot: number;
  readonly epoch: number;
  /** Commands, control commands and registrations in the order of their execution; empty for an empty slot. */
  readonly entries: readonly Entry[];
  /** All entries as one canonical batch. */
  readonly vector: Uint8Array;
  /** To be stored together with the effects of this slot: a subscriber that starts there repeats and misses nothing. */
  readonly position: Position & { readonly chain: Uint8Array };

  constructor(slot: number, epoch: number, vector: Uint8Array, entries: readonly Entry[], chain: Uint8Array) {
    this.slot = slot;
    this.epoch = epoch;
    this.vector = vector;
    this.entries = entries;
    this.position = { next: slot + 1, chain };
  }

  /** The body of a command of this slot. */
  body(command: Extract<Entry, { kind: "command" }>): Uint8Array {
    return this.vector.subarray(command.bodyStart, command.end);
  }

  /** Visits the commands in order; `index` is the place that the client finds in its receipt. */
  commands(visit: (client: number, seq: number, body: Uint8Array, index: number) => void): void {
    const { entries, vector } = this;
    for (let index = 0; index < entries.length; index += 1) {
      const entry = entries[index]!;
      if (entry.kind === "command")
        visit(entry.client, entry.seq, vector.subarray(entry.bodyStart, entry.end), index);
    }
  }

  /** The client id that the registration at `index` opened. */
  registeredClient(index: number): number {
    return this.slot * entriesPerSlotMax + index;
  }
}
