/**
 * The fewest of `items` (as far as the budget goes) with which `test` still holds, found by leaving out halves, quarters, and
 * so on. `test` holds for all of them.
 *
 * @param test answers null when the budget is used up.
 */
export async function ddmin<T>(
  items: readonly T[],
  test: (kept: readonly T[]) => Promise<boolean | null>,
): Promise<readonly T[]> {
  let kept = items;
  if (kept.length === 0) return kept;
  const none = await test([]);
  if (none === true) return [];
  if (none === null) return kept;
  let parts = Math.min(2, kept.length);
  while (kept.length > 1) {
    const size = Math.ceil(kept.length / parts);
    let smaller: readonly T[] | null = null;
    for (let from = 0; from < kept.length && smaller === null; from += size) {
      const without = [...kept.slice(0, from), ...kept.slice(from + size)];
      const holds = await test(without);
      if (holds === null) return kept;
      if (holds) smaller = without;
    }
    if (smaller !== null) {
      kept = smaller;
      parts = Math.min(kept.length, Math.max(2, parts - 1));
    } else if (size === 1) return kept;
    else parts = Math.min(kept.length, 2 * parts);
  }
  return kept;
}
