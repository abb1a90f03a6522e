/**
 * Few of `items` with which `test` still holds: leaves out halves, then quarters of what is left, and so on down to single
 * ones, each size from the end to the beginning. `test` holds for all of them.
 *
 * @param test answers null when no more may be tried.
 * @param least so many are left out at once at least.
 */
export async function fewest<T>(
  items: readonly T[],
  test: (kept: readonly T[]) => Promise<boolean | null>,
  least = 1,
): Promise<readonly T[]> {
  let kept = items;
  for (let size = items.length; size >= least; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let end = kept.length; end > 0; end -= size) {
      const from = Math.max(0, end - size);
      const without = [...kept.slice(0, from), ...kept.slice(end)];
      const holds = await test(without);
      if (holds === null) return kept;
      if (holds) kept = without;
    }
  }
  return kept;
}
