import type { SlotLog } from "@eunomia/engine";
import { checkReset, JournalError } from "./errors.ts";

/** What a memory slot log leaves behind: hand the same object to the next one to reopen after a crash. */
export interface SlotLogStorage {
  /** Durable entries in the order of their slots. Null: never written to. */
  entries: Uint8Array[] | null;
  /** The slot before the first of them. */
  base: number;
  /** Set by tests: the next `open` answers unreadable for this reason. */
  damage: string | null;
  inUse: boolean;
}

/** An empty storage. */
export function slotLogStorage(): SlotLogStorage {
  return { entries: null, base: 0, damage: null, inUse: false };
}

/** A `SlotLog` in memory, with the accidents that tests need. */
export interface MemorySlotLog extends SlotLog {
  readonly storage: SlotLogStorage;
  /** The process dies: unsynced entries are lost but for the first `kept`. */
  crash(kept?: number): void;
  /** The next sync fails, and with it the log for good. */
  failNextSync(): void;
}

/**
 * @example
 * const log = openMemorySlotLog();
 * log.open(); // { kind: "absent" }
 * log.append(1, Uint8Array.of(7));
 * log.read(1, 1024); // [{ slot: 1, bytes: Uint8Array [7] }]
 */
export function openMemorySlotLog(options: { readonly storage?: SlotLogStorage } = {}): MemorySlotLog {
  return new InMemorySlotLog(options.storage ?? slotLogStorage());
}

class InMemorySlotLog implements MemorySlotLog {
  readonly storage: SlotLogStorage;
  #entries: Uint8Array[] = [];
  /** The slot before the first entry, and whether all durable entries are void: a reset that was not synced. */
  #base = 0;
  #void = false;
  #durable = 0;
  #state: "new" | "open" | "unreadable" | "closed" = "new";
  #failing = false;
  #failure: JournalError | null = null;

  constructor(storage: SlotLogStorage) {
    if (storage.inUse) {
      throw new JournalError(
        "journal-in-use",
        `"storage" expected a free storage, got one that a slot log holds`,
      );
    }
    storage.inUse = true;
    this.storage = storage;
  }

  open(): ReturnType<SlotLog["open"]> {
    if (this.#state !== "new") {
      throw new JournalError(
        "out-of-turn",
        `"open" expected to be called once, got a call when ${this.#state}`,
      );
    }
    const { entries, base, damage } = this.storage;
    if (damage !== null) {
      this.#state = "unreadable";
      return { kind: "unreadable", file: "memory", offset: 0, reason: damage };
    }
    this.#state = "open";
    if (entries === null) return { kind: "absent" };
    this.#entries = [...entries];
    this.#base = base;
    this.#durable = this.last;
    return { kind: "log", last: this.last, tornBytes: 0 };
  }

  get first(): number {
    return this.#base + 1;
  }

  get last(): number {
    return this.#base + this.#entries.length;
  }

  append(slot: number, bytes: Uint8Array): void {
    this.#check();
    if (slot !== this.last + 1) {
      throw new JournalError("bad-record", `"slot" expected ${this.last + 1}, got ${slot}`, {
        slot,
        last: this.last,
      });
    }
    this.#entries.push(bytes.slice());
  }

  async sync(): Promise<number> {
    if (this.#failure) throw this.#failure;
    this.#check();
    const target = this.last;
    await Promise.resolve();
    if (this.#state === "open") this.#write(target);
    if (this.#failure) throw this.#failure;
    if (this.#durable < target) throw new JournalError("closed", `"sync" expected an open log, got a crash`);
    return this.#durable;
  }

  read(from: number, maxBytes: number): { slot: number; bytes: Uint8Array }[] {
    this.#check();
    const found: { slot: number; bytes: Uint8Array }[] = [];
    let size = 0;
    if (from < this.first) return found;
    for (let slot = from; slot <= this.last; slot++) {
      const bytes = this.#entries[slot - 1 - this.#base]!;
      found.push({ slot, bytes });
      size += bytes.length;
      if (size > maxBytes) break;
    }
    return found;
  }

  truncate(below: number): void {
    this.#check();
    const count = Math.min(below - 1, this.#durable) - this.#base;
    if (count <= 0 || this.#void) return;
    this.#entries.splice(0, count);
    this.#base += count;
    this.storage.entries!.splice(0, count);
    this.storage.base = this.#base;
  }

  reset(next: number): void {
    this.#check();
    checkReset(next);
    this.#entries = [];
    this.#base = next - 1;
    this.#durable = this.#base;
    this.#void = true;
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return;
    if (this.#state === "open" && !this.#failure) this.#write(this.last);
    const lost = this.#failure && this.#durable < this.last ? this.#failure : null;
    this.#end();
    if (lost) throw lost;
  }

  crash(kept = 0): void {
    if (this.#state === "closed") return;
    this.#failing = false;
    if (kept > 0) this.#write(Math.min(this.#durable + kept, this.last));
    this.#end();
  }

  failNextSync(): void {
    this.#failing = true;
  }

  #write(target: number): void {
    if (this.#failing) {
      this.#failing = false;
      this.#failure = new JournalError(
        "disk-failed",
        `"sync" expected a working disk, got a failure asked for`,
      );
    }
    if (this.#failure || (target <= this.#durable && !this.#void)) return;
    if (this.#void) {
      this.storage.entries = [];
      this.storage.base = this.#base;
      this.#void = false;
    }
    this.storage.entries ??= [];
    this.storage.entries.push(...this.#entries.slice(this.#durable - this.#base, target - this.#base));
    this.#durable = target;
  }

  #end(): void {
    this.#state = "closed";
    this.storage.inUse = false;
  }

  #check(): void {
    if (this.#state === "open") return;
    if (this.#state === "closed")
      throw new JournalError("closed", `"slot log" expected to be open, got closed`);
    if (this.#state === "unreadable") {
      throw new JournalError(
        "unreadable",
        `"slot log" expected readable entries, got damage: restore them first`,
      );
    }
    throw new JournalError("out-of-turn", `"slot log" expected open() first, got another call`);
  }
}
