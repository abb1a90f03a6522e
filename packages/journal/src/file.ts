/** The doors `Journal`, `SlotLog` and `SnapshotStore` on files: checksummed, group commit, and damage told from absence. */
export { JournalError, type JournalErrorCode } from "./errors.ts";
export {
  type FileJournalOptions,
  type FlushMethod,
  openFileJournal,
  type SyncPolicy,
} from "./file-journal.ts";
export { type FileSlotLogOptions, openFileSlotLog } from "./file-slot-log.ts";
export { type FileSnapshotsOptions, openFileSnapshots } from "./file-snapshots.ts";
export { type Done, type FileSystem, nodeFileSystem, type OpenFile, type OpenMode } from "./file-system.ts";
export type { LockOwner } from "./lock.ts";
export { chunksFrom, exportSnapshot, readSnapshotFile, type SnapshotSource } from "./snapshot-export.ts";
