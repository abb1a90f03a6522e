import type { Ledger } from "./types.ts";

/**
 * The epoch of a joint slot: of those that begin no later the one that begins last, and of several such the one that was decided
 * last. It does not depend on the order in which a chain learned of them.
 */
export function epochOf(
  { epochs }: Ledger,
  slot: number,
): { readonly number: number; readonly closed: boolean } {
  let found: Ledger["epochs"][number] | null = null;
  for (const epoch of epochs)
    if (
      epoch.from <= slot &&
      (found === null || epoch.from > found.from || (epoch.from === found.from && epoch.slot > found.slot))
    )
      found = epoch;
  return { number: found?.slot ?? 0, closed: found !== null && found.terms === null };
}
