import { sha256 } from "@eunomia/codec";
import {
  chunkLength,
  manifestProblem,
  type SnapshotIntake,
  type SnapshotManifest,
  type SnapshotStore,
} from "@eunomia/engine";
import { must, same } from "../support/assert.ts";
import { recordOf } from "../support/outcome.ts";

/** One storage, on which a store of snapshots is opened, crashes, and is opened again. */
export interface SnapshotWorld {
  /** Of the cluster `here` unless another is named; with chunks of 512 bytes. */
  open(cluster?: string): SnapshotStore;
  /** The power goes. */
  crash(store: SnapshotStore): void;
  /** The next write of a snapshot fails at the disk. */
  failNextWrite(): void;
  /** Changes one byte of the contents of the snapshot of this slot. No store is open. */
  damage(slot: number): void;
}

export interface SnapshotSubject {
  fresh(): SnapshotWorld;
}

/** About `sizeBytes` of contents in uneven pieces, another for each `mark`. */
export function piecesOf(mark: number, sizeBytes: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let size = 0, i = mark; size < sizeBytes; i += 1) {
    const piece = recordOf(i % 256).subarray(0, sizeBytes - size);
    pieces.push(piece);
    size += piece.length;
  }
  return pieces;
}

export function joinedOf(pieces: Iterable<Uint8Array>): Uint8Array {
  const all = [...pieces];
  const bytes = new Uint8Array(all.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const piece of all) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function contents(clause: string, store: SnapshotStore, slot: number): Uint8Array {
  const manifest = store.manifest(slot);
  must(clause, manifest !== null, `slot ${slot} expected a manifest`);
  const problem = manifestProblem(sha256, manifest);
  must(clause, problem === null, `the manifest of slot ${slot}: ${problem}`);
  const chunks: Uint8Array[] = [];
  for (let index = 0; index < manifest.digests.length; index += 1) {
    const chunk = store.chunk(slot, index);
    must(clause, chunk.ok, `chunk ${index} of slot ${slot} expected its bytes`);
    must(clause, chunk.bytes.length === chunkLength(manifest, index), `chunk ${index} has another length`);
    chunks.push(chunk.bytes);
  }
  must(clause, !store.chunk(slot, manifest.digests.length).ok, "expected no chunk behind the last one");
  return joinedOf(chunks);
}

export function expectContents(
  clause: string,
  store: SnapshotStore,
  slot: number,
  pieces: readonly Uint8Array[],
): void {
  must(clause, same(contents(clause, store, slot), joinedOf(pieces)), `slot ${slot} holds other bytes`);
}

export function opened(world: SnapshotWorld, cluster?: string): SnapshotStore {
  const store = world.open(cluster);
  store.open();
  return store;
}

/** A snapshot of 30 kB elsewhere, chunk by chunk, to be taken in here. */
export async function elsewhere(
  subject: SnapshotSubject,
  mark = 5,
): Promise<{ manifest: SnapshotManifest; chunks: Uint8Array[] }> {
  const store = opened(subject.fresh());
  const manifest = await store.write(40, piecesOf(mark, 30_000));
  const chunks = manifest.digests.map((_, index) => {
    const chunk = store.chunk(40, index);
    return chunk.ok ? chunk.bytes : new Uint8Array(0);
  });
  await store.close();
  return { manifest, chunks };
}

export function putAll(clause: string, intake: SnapshotIntake, chunks: readonly Uint8Array[]): void {
  for (const index of intake.missing())
    must(clause, intake.put(index, chunks[index]!), `chunk ${index} expected to be taken`);
}
