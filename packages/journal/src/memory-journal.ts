import type { Journal, Replay } from "@eunomia/engine";
import { JournalError } from "./errors.ts";

/** What a memory journal leaves behind: hand the same object to the next one to reopen after a crash. */
export interface JournalStorage {
  /** Null: never written to. */
  records: Uint8Array[] | null;
  /** How many records came before `records[0]`. */
  dropped: number;
  sizeBytes: number;
  /** Set by tests: the next `replay` answers unreadable for this reason. */
  damage: string | null;
  inUse: boolean;
}

/** An empty storage. */
export function journalStorage(): JournalStorage {
  return { records: null, dropped: 0, sizeBytes: 0, damage: null, inUse: false };
}

export interface MemoryJournalOptions {
  readonly storage?: JournalStorage;
  /** `main`: `sync` answers at once. `pool`: it answers a promise. Default `main`. */
  readonly sync?: "main" | "pool";
}

/** A `Journal` in memory, with the accidents that tests need. */
export interface MemoryJournal extends Journal {
  readonly storage: JournalStorage;
  /** The process dies: unsynced records are lost but for the first `kept` (a disk may keep more than it promised). */
  crash(kept?: number): void;
  /** The next sync fails, and with it the journal for good. */
  failNextSync(): void;
}

/**
 * @example
 * const journal = openMemoryJournal();
 * journal.replay(); // { kind: "absent" }
 * journal.append([Uint8Array.of(1)]);
 * journal.sync(); // 1
 */
export function openMemoryJournal(options: MemoryJournalOptions = {}): MemoryJournal {
  return new InMemoryJournal(options.storage ?? journalStorage(), options.sync ?? "main");
}

class InMemoryJournal implements MemoryJournal {
  readonly storage: JournalStorage;
  readonly #mode: "main" | "pool";
  #pending: Uint8Array[] = [];
  #durable = 0;
  #state: "opened" | "replayed" | "unreadable" | "closed" = "opened";
  #failing = false;
  #failure: JournalError | null = null;

  constructor(storage: JournalStorage, mode: "main" | "pool") {
    if (storage.inUse) {
      throw new JournalError(
        "journal-in-use",
        `"storage" expected a free storage, got one that a journal holds`,
      );
    }
    storage.inUse = true;
    this.storage = storage;
    this.#mode = mode;
  }

  replay(): Replay {
    if (this.#state !== "opened") {
      throw new JournalError(
        "out-of-turn",
        `"replay" expected to be called once, got a call when ${this.#state}`,
      );
    }
    const { records, dropped, damage } = this.storage;
    if (damage !== null) {
      this.#state = "unreadable";
      return { kind: "unreadable", file: "memory", offset: 0, reason: damage };
    }
    this.#state = "replayed";
    if (records === null) return { kind: "absent" };
    this.#durable = dropped + records.length;
    return { kind: "records", records: [...records], tornBytes: 0 };
  }

  append(records: readonly Uint8Array[]): number {
    this.#check();
    for (const record of records) this.#pending.push(record.slice());
    return this.#durable + this.#pending.length;
  }

  sync(): number | Promise<number> {
    if (this.#failure) return Promise.reject(this.#failure);
    this.#check();
    const count = this.#durable + this.#pending.length;
    if (this.#mode === "main") {
      this.#write(count);
      return this.#failure ? Promise.reject(this.#failure) : this.#durable;
    }
    return Promise.resolve().then(() => {
      if (this.#state === "replayed") this.#write(count);
      if (this.#failure) throw this.#failure;
      if (this.#durable < count)
        throw new JournalError("closed", `"sync" expected an open journal, got a crash`);
      return this.#durable;
    });
  }

  snapshot(records: readonly Uint8Array[]): void {
    if (this.#failure) throw this.#failure;
    this.#check();
    const dropped = this.#durable + this.#pending.length;
    this.storage.records = records.map((record) => record.slice());
    this.storage.dropped = dropped;
    this.storage.sizeBytes = 0;
    this.#pending = [];
    this.#durable = dropped + records.length;
  }

  get sizeBytes(): number {
    return this.#pending.reduce((sum, record) => sum + record.length, this.storage.sizeBytes);
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return;
    if (this.#state === "replayed" && !this.#failure) this.#write(this.#durable + this.#pending.length);
    const lost = this.#failure && this.#pending.length > 0 ? this.#failure : null;
    this.#end();
    if (lost) throw lost;
  }

  crash(kept = 0): void {
    if (this.#state === "closed") return;
    this.#failing = false;
    if (kept > 0) this.#write(Math.min(this.#durable + kept, this.#durable + this.#pending.length));
    this.#end();
  }

  failNextSync(): void {
    this.#failing = true;
  }

  #write(position: number): void {
    if (this.#failing) {
      this.#failing = false;
      this.#failure = new JournalError(
        "disk-failed",
        `"sync" expected a working disk, got a failure asked for`,
      );
    }
    if (this.#failure || position <= this.#durable) return;
    const written = this.#pending.splice(0, position - this.#durable);
    this.storage.records ??= [];
    for (const record of written) {
      this.storage.records.push(record);
      this.storage.sizeBytes += record.length;
    }
    this.#durable = position;
  }

  #end(): void {
    this.#state = "closed";
    this.#pending = [];
    this.storage.inUse = false;
  }

  #check(): void {
    if (this.#state === "replayed") return;
    if (this.#state === "closed")
      throw new JournalError("closed", `"journal" expected to be open, got closed`);
    if (this.#state === "unreadable") {
      throw new JournalError(
        "unreadable",
        `"journal" expected readable records, got damage: restore them first`,
      );
    }
    throw new JournalError("out-of-turn", `"journal" expected replay() first, got another call`);
  }
}
