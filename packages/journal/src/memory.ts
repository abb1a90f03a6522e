/** The doors `Journal`, `SlotLog` and `SnapshotStore` in memory: for tests and simulation, with crashes and disk failures on demand. */
export { JournalError, type JournalErrorCode } from "./errors.ts";
export {
  type JournalStorage,
  journalStorage,
  type MemoryJournal,
  type MemoryJournalOptions,
  openMemoryJournal,
} from "./memory-journal.ts";
export {
  type MemorySlotLog,
  openMemorySlotLog,
  type SlotLogStorage,
  slotLogStorage,
} from "./memory-slot-log.ts";
export {
  type MemorySnapshots,
  type MemorySnapshotsOptions,
  openMemorySnapshots,
  type SnapshotStorage,
  snapshotStorage,
} from "./memory-snapshots.ts";
