/**
 * An order in which those that hold together most stand beside each other: the two groups whose loosest pair is tightest are
 * joined first (complete linkage). `values[a][b]` is symmetric, larger is tighter, null is no tie at all. Ties go by the given
 * order. Cubic in the number of rows.
 *
 * @example
 * dendrogramOrder([[9, 0, 5], [0, 9, 0], [5, 0, 9]]); // [0, 2, 1]
 */
export function dendrogramOrder(values: readonly (readonly (number | null)[])[]): number[] {
  let groups: number[][] = values.map((_, at) => [at]);
  const ties = values.map((row) => values.map((_, at) => row[at] ?? Number.NEGATIVE_INFINITY));
  while (groups.length > 1) {
    let [left, right, best] = [0, 1, Number.NEGATIVE_INFINITY];
    for (let a = 0; a < groups.length; a++)
      for (let b = a + 1; b < groups.length; b++) {
        const here = ties[groups[a]![0]!]![groups[b]![0]!]!;
        if (here > best) [left, right, best] = [a, b, here];
      }
    const [kept, joined] = [groups[left]!, groups[right]!];
    // The row of a group is that of its first member, loosened by the other's.
    for (const other of groups) {
      const [k, j, o] = [kept[0]!, joined[0]!, other[0]!];
      const loosest = Math.min(ties[k]![o]!, ties[j]![o]!);
      ties[k]![o] = loosest;
      ties[o]![k] = loosest;
    }
    groups = groups
      .map((group) => (group === kept ? [...kept, ...joined] : group))
      .filter((group) => group !== joined);
  }
  return groups[0] ?? [];
}
