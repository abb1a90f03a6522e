import { decode, encode } from "@eunomia/codec";
import type { SnapshotStore } from "@eunomia/engine";
import { Checkpoint } from "./state.ts";

/** A snapshot whose bytes are not what its manifest says, or not what a replica writes. */
export class SnapshotDamage extends Error {
  override readonly name = "SnapshotDamage";
}

/** Pieces end to end, each behind its length in 4 bytes. */
function* framed(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const piece of pieces) {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, piece.length);
    yield length;
    yield piece;
  }
}

/** The pieces again, however the bytes were cut into chunks. @throws SnapshotDamage when they end within a piece. */
function* unframed(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  let rest = new Uint8Array(0);
  for (const chunk of chunks) {
    const bytes = new Uint8Array(rest.length + chunk.length);
    bytes.set(rest);
    bytes.set(chunk, rest.length);
    const view = new DataView(bytes.buffer);
    let at = 0;
    while (at + 4 <= bytes.length) {
      const end = at + 4 + view.getUint32(at);
      if (end > bytes.length) break;
      yield bytes.subarray(at + 4, end);
      at = end;
    }
    rest = bytes.slice(at);
  }
  if (rest.length > 0) throw new SnapshotDamage(`${rest.length} bytes behind the last piece`);
}

/** The contents of a snapshot: what replicas have in common, then the application's pieces. */
export function snapshotContents(
  checkpoint: Checkpoint,
  application: Iterable<Uint8Array>,
): Iterable<Uint8Array> {
  const agreed = encode(Checkpoint, checkpoint);
  return framed(
    (function* () {
      yield agreed;
      yield* application;
    })(),
  );
}

/** A snapshot taken apart. `application` is read once, while it is needed. */
export interface OpenedSnapshot {
  readonly checkpoint: Checkpoint;
  readonly application: Iterable<Uint8Array>;
}

/** @throws SnapshotDamage now, or while the pieces are read. */
export function openSnapshot(chunks: Iterable<Uint8Array>): OpenedSnapshot {
  const pieces = unframed(chunks);
  const first = pieces.next();
  if (first.done) throw new SnapshotDamage("there is nothing in it");
  try {
    return { checkpoint: decode(Checkpoint, first.value), application: pieces };
  } catch (error) {
    throw new SnapshotDamage(`the state of the replica: ${(error as Error).message}`);
  }
}

/** The chunks of a snapshot of the store, each checked. @throws SnapshotDamage at the first one that is damaged. */
export function* storedChunks(store: SnapshotStore, slot: number): Generator<Uint8Array> {
  const count = store.manifest(slot)?.digests.length ?? 0;
  for (let index = 0; index < count; index += 1) {
    const chunk = store.chunk(slot, index);
    if (!chunk.ok) throw new SnapshotDamage(chunk.reason);
    yield chunk.bytes;
  }
}
