import { decode, encode } from "@eunomia/codec";
import type { Clock, SlotLog } from "@eunomia/engine";
import { SwitchError } from "./config.ts";
import { ReplicaRecord } from "./state.ts";
import type { DeliveredSlot } from "./wire.ts";

export interface LogKeeperOptions {
  readonly log: SlotLog;
  readonly clock: Clock;
  /** The log is made durable this often at most. */
  readonly syncDelayMs: number;
  /** Everything up to this slot is durable. */
  onStable(slot: number): void;
  onFault(error: Error): void;
}

/** Keeps the delivered slots of a replica in a log: nothing waits for its syncs but the release of consensus state. */
export class LogKeeper {
  readonly #options: LogKeeperOptions;
  #syncWanted = false;
  #syncing = false;
  #stopped = false;

  constructor(options: LogKeeperOptions) {
    this.#options = options;
  }

  /** @throws SwitchError `log` when it is unreadable: it must be repaired or replaced by an operator, never ignored. */
  open(): void {
    const opened = this.#options.log.open();
    if (opened.kind === "unreadable")
      throw new SwitchError(
        "log",
        "a readable log of delivered slots; restore it from a copy, or start this node anew under another identity",
        `${opened.file} at byte ${opened.offset}: ${opened.reason}`,
      );
  }

  stop(): void {
    this.#stopped = true;
  }

  /** The records of all slots from `first` on. */
  records(first: number): ReplicaRecord[] {
    const { log } = this.#options;
    const records: ReplicaRecord[] = [];
    for (let next = first; next <= log.last; ) {
      const part = log.read(next, 8 << 20);
      for (const { bytes } of part) records.push(decode(ReplicaRecord, bytes));
      next += part.length;
    }
    return records;
  }

  append(slot: number, record: ReplicaRecord): void {
    this.#options.log.append(slot, encode(ReplicaRecord, record));
    this.#sync();
  }

  /** Slots from `from` on; null: they were let go of. */
  read(from: number, maxBytes: number): DeliveredSlot[] | null {
    const { log } = this.#options;
    if (from < log.first) return null;
    const slots = [];
    for (const { bytes } of log.read(from, maxBytes)) {
      const record = decode(ReplicaRecord, bytes);
      if (record.kind === "delivered")
        slots.push({ slot: record.slot, epoch: record.epoch, vector: record.vector, chain: record.chain });
    }
    return slots;
  }

  /** One sync at a time, and not more often than asked for. */
  #sync(): void {
    this.#syncWanted = true;
    if (this.#syncing) return;
    this.#syncing = true;
    const { clock, syncDelayMs, log, onStable, onFault } = this.#options;
    clock.after(syncDelayMs, () => {
      if (this.#stopped) return;
      this.#syncWanted = false;
      log.sync().then(
        (slot) => {
          this.#syncing = false;
          onStable(slot);
          if (this.#syncWanted) this.#sync();
        },
        (error: Error) => {
          if (!this.#stopped) onFault(error);
        },
      );
    });
  }
}
