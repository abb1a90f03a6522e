import {
  bytes,
  concat,
  DecodeError,
  decode,
  encode,
  equalBytes,
  type Infer,
  list,
  nat,
  record,
  text,
} from "@eunomia/codec";

/** A snapshot has so many chunks at most; whoever has more to store makes them larger. */
export const snapshotChunksMax = 65_536;

const header = {
  /** Whose state it is: a store of another cluster refuses it. */
  cluster: text(128),
  /** The state after this slot. */
  slot: nat(),
  sizeBytes: nat(),
  /** All chunks but the last one are so long. */
  chunkBytes: nat(1 << 26),
};
const Header = record(header);

/** What a snapshot consists of. Equal roots are equal snapshots, whoever made them. */
export const SnapshotManifest = record({
  ...header,
  /** SHA-256 of each chunk. */
  digests: list(bytes(32), snapshotChunksMax),
  /** Over everything above: a tree over the digests, and the other fields. */
  root: bytes(32),
});
export type SnapshotManifest = Infer<typeof SnapshotManifest>;

type Sha256 = (bytes: Uint8Array) => Uint8Array;

const node = Uint8Array.of(1);

/** A binary tree over the digests; an odd one at the end goes up as it is. How many there are stands in the header. */
function top(sha256: Sha256, digests: readonly Uint8Array[]): Uint8Array {
  let level = digests;
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const right = level[i + 1];
      above.push(right === undefined ? level[i]! : sha256(concat(node, level[i]!, right)));
    }
    level = above;
  }
  return level[0] ?? new Uint8Array(0);
}

/**
 * The manifest of chunks with these digests.
 *
 * @example
 * const manifest = sealManifest(sha256, { cluster: "c", slot: 7, sizeBytes: 3, chunkBytes: 1024 }, [sha256(chunk)]);
 */
export function sealManifest(
  sha256: Sha256,
  { cluster, slot, sizeBytes, chunkBytes }: Infer<typeof Header>,
  digests: Uint8Array[],
): SnapshotManifest {
  const head = { cluster, slot, sizeBytes, chunkBytes };
  const root = sha256(concat(encode(Header, head), top(sha256, digests)));
  return { ...head, digests, root };
}

/** Null if the manifest holds together, else what is wrong with it: peers and disks are not believed. */
export function manifestProblem(sha256: Sha256, manifest: SnapshotManifest): string | null {
  const { sizeBytes, chunkBytes, digests, root } = manifest;
  const count = chunkBytes === 0 ? Number.NaN : Math.ceil(sizeBytes / chunkBytes);
  if (digests.length !== count) return `${digests.length} chunks, expected ${count}`;
  if (digests.some((digest) => digest.length !== 32)) return "a digest is not of 32 bytes";
  return equalBytes(sealManifest(sha256, manifest, digests).root, root)
    ? null
    : "the root is not that of its digests";
}

/** The manifest in canonical bytes. */
export function encodeManifest(manifest: SnapshotManifest): Uint8Array {
  return encode(SnapshotManifest, manifest);
}

/** A manifest that holds together, or why these bytes are none. */
export function decodeManifest(sha256: Sha256, encoded: Uint8Array): SnapshotManifest | string {
  try {
    const manifest = decode(SnapshotManifest, encoded);
    return manifestProblem(sha256, manifest) ?? manifest;
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
}

/** How long a chunk is. */
export function chunkLength({ sizeBytes, chunkBytes }: SnapshotManifest, index: number): number {
  return Math.min(chunkBytes, sizeBytes - index * chunkBytes);
}

/**
 * The same bytes cut into chunks, each with memory of its own. Pieces are taken only when their bytes are needed.
 *
 * @throws RangeError when there are more chunks than a manifest holds: make them larger.
 */
export function* chunksOf(pieces: Iterable<Uint8Array>, chunkBytes: number): Generator<Uint8Array> {
  let chunk = new Uint8Array(chunkBytes);
  let filled = 0;
  let count = 0;
  for (const piece of pieces)
    for (let from = 0; from < piece.length; ) {
      const part = piece.subarray(from, from + chunkBytes - filled);
      chunk.set(part, filled);
      from += part.length;
      filled += part.length;
      if (filled < chunkBytes) continue;
      count += 1;
      if (count >= snapshotChunksMax)
        throw new RangeError(
          `"pieces" expected less than ${snapshotChunksMax} chunks of ${chunkBytes} bytes: use larger chunks`,
        );
      yield chunk;
      chunk = new Uint8Array(chunkBytes);
      filled = 0;
    }
  if (filled > 0) yield chunk.slice(0, filled);
}
