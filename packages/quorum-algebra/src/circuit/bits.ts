import type { NodeId } from "@eunomia/engine";

/** The nodes a circuit speaks of. Indices follow ascending ids, so that equal sets of nodes have equal indices everywhere. */
export interface Universe {
  readonly ids: readonly NodeId[];
  readonly indexOf: ReadonlyMap<NodeId, number>;
}

export function universeOf(ids: Iterable<NodeId>): Universe {
  const sorted = [...new Set(ids)].sort();
  return { ids: sorted, indexOf: new Map(sorted.map((id, index) => [id, index])) };
}

/** Sets of at most this many nodes are one signed 32-bit number: V8 keeps it out of the heap. */
export const smallSetMax = 31;

export function popcount(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Words of 32 nodes needed for a set of `count` nodes. */
export function wordsFor(count: number): number {
  return (count + 31) >>> 5;
}
