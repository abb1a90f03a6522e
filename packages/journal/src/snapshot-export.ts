import type { SnapshotChunk, SnapshotManifest, SnapshotStore } from "@eunomia/engine";
import { JournalError, snapshotFailure } from "./errors.ts";
import { type FileSystem, nodeFileSystem } from "./file-system.ts";
import { onPool } from "./files.ts";
import { readFileChunk, readFileManifest, writeSnapshotFile } from "./snapshot-file.ts";

/** A snapshot as it is read: from a store, or from a file on its way between clusters. */
export interface SnapshotSource {
  readonly manifest: SnapshotManifest;
  /** One chunk, checked against its digest. */
  chunk(index: number): SnapshotChunk;
}

/**
 * Chunk after chunk, each checked when it is taken.
 *
 * @throws JournalError `unreadable` at the first damaged chunk.
 */
export function* chunksFrom(source: SnapshotSource): Generator<Uint8Array> {
  for (const index of source.manifest.digests.keys()) {
    const chunk = source.chunk(index);
    if (!chunk.ok)
      throw new JournalError(
        "unreadable",
        `"snapshot" expected intact chunks, got: ${chunk.reason}; take another one`,
        {
          slot: source.manifest.slot,
          index,
        },
      );
    yield chunk.bytes;
  }
}

/**
 * Writes a snapshot of the store as one portable file with its manifest and checksums, durable when it answers. Every chunk is
 * checked on the way.
 *
 * Errors: `JournalError` `unreadable` (the snapshot is damaged; nothing is left at `path`), `disk-failed` (also when `path` is
 * taken), `bad-option` (no snapshot of this slot).
 *
 * @example
 * await exportSnapshot(snapshots, 10_000, "/backup/cluster-7.snapshot");
 */
export async function exportSnapshot(
  store: SnapshotStore,
  slot: number,
  path: string,
  fileSystem: FileSystem = nodeFileSystem,
): Promise<SnapshotManifest> {
  const manifest = store.manifest(slot);
  if (manifest === null) {
    const there = store.slots.join(", ") || "none";
    throw new JournalError("bad-option", `"slot" expected one of the snapshots (${there}), got ${slot}`, {
      slot,
    });
  }
  const source: SnapshotSource = { manifest, chunk: (index) => store.chunk(slot, index) };
  const passing = `${path}.part`;
  removeQuietly(fileSystem, passing);
  try {
    await writeSnapshotFile(fileSystem, passing, manifest, chunksFrom(source), () => {});
    // A link, unlike a rename, never takes the place of another file.
    fileSystem.link(passing, path);
    fileSystem.remove(passing);
    await onPool((done) => fileSystem.syncDirectoryLater(directoryOf(path), done));
    return manifest;
  } catch (error) {
    removeQuietly(fileSystem, passing);
    throw snapshotFailure(`writing ${path}`, error);
  }
}

/**
 * Opens a portable snapshot file. Chunks are checked when they are read.
 *
 * Errors: `JournalError` `unreadable` (no snapshot, damaged, or of a newer format), `disk-failed`.
 *
 * @example
 * const snapshot = readSnapshotFile("/backup/cluster-7.snapshot");
 * snapshot.manifest.slot; // 10000
 */
export function readSnapshotFile(path: string, fileSystem: FileSystem = nodeFileSystem): SnapshotSource {
  let manifest: SnapshotManifest | string;
  try {
    manifest = readFileManifest(fileSystem, path);
  } catch (error) {
    throw snapshotFailure(`reading ${path}`, error);
  }
  if (typeof manifest === "string")
    throw new JournalError("unreadable", `"${path}" expected a snapshot, got: ${manifest}`, { path });
  const known = manifest;
  return { manifest, chunk: (index) => readFileChunk(fileSystem, path, known, index) };
}

function directoryOf(path: string): string {
  const end = path.lastIndexOf("/");
  return end < 0 ? "." : path.slice(0, Math.max(1, end));
}

function removeQuietly(fileSystem: FileSystem, path: string): void {
  try {
    fileSystem.remove(path);
  } catch {
    // It never was.
  }
}
