import { toHex } from "@eunomia/codec";
import type { Core, Id } from "../statement/types.ts";
import type { Value } from "../statement/value.ts";

/** What the statements of one issuer of a CHAINED type, in one context, show. Numbers of statements, ascending. */
export interface ChainReport {
  /** The highest number. */
  readonly last: number;
  /** Numbers up to the last one that are not here. A gap is a suspicion: it may still come. */
  readonly missing: readonly number[];
  /** Numbers with two statements of different content. */
  readonly forks: readonly number[];
  /** Numbers whose `prev` is none of the statements with the number before, though one is here. */
  readonly broken: readonly number[];
}

/** Gaps are listed up to so many: a hostile number must not make a long list. */
const maxMissing = 1000;

/**
 * Looks for forks, gaps and broken links in the chain of one issuer.
 *
 * @example
 * chainReport(pool.query({ type: "Entry", issuer, atLeast: "verified" }))
 */
export function chainReport(
  entries: Iterable<{ readonly id: Id; readonly cid?: Id; readonly core?: Core }>,
): ChainReport {
  const byNumber = new Map<number, { readonly id: Id; readonly cid: Id; readonly prev: Id | null }[]>();
  for (const { id, cid = id, core } of entries) {
    if (core === undefined) continue;
    const [n, prev] = core.content.body as readonly [number, readonly Value[]];
    const before = prev.length === 0 ? null : toHex(prev[0] as Uint8Array);
    byNumber.set(n, [...(byNumber.get(n) ?? []), { id, cid, prev: before }]);
  }
  const numbers = [...byNumber.keys()].sort((a, b) => a - b);
  const missing: number[] = [];
  let next = 1;
  for (const n of numbers) {
    for (; next < n && missing.length < maxMissing; next++) missing.push(next);
    next = n + 1;
  }
  const forks = numbers.filter((n) => new Set(byNumber.get(n)!.map(({ cid }) => cid)).size > 1);
  const broken = numbers.filter((n) => {
    const before = byNumber.get(n - 1);
    return before !== undefined && byNumber.get(n)!.some(({ prev }) => before.every(({ id }) => id !== prev));
  });
  return { last: numbers.at(-1) ?? 0, missing, forks, broken };
}
