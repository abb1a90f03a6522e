import type { Formula, Literal } from "./formula.ts";

/**
 * Keeps one of many solutions that differ only by swapping interchangeable members. A class lists its members, a member the literals
 * that say what happens to it, in the same order for all: of neighbours the earlier one's list is not the smaller one
 * (lexicographically, true above false). Sound whenever swapping the lists of two neighbours maps solutions to solutions and
 * members stand in one fixed order everywhere.
 *
 * @example
 * lexLeader(formula, [classOfNodes.map((v) => [inFirstQuorum[v]!, inSecondQuorum[v]!])]);
 */
export function lexLeader(formula: Formula, classes: readonly (readonly (readonly Literal[])[])[]): void {
  for (const members of classes)
    for (let i = 1; i < members.length; i++) notSmaller(formula, members[i - 1]!, members[i]!);
}

function notSmaller(formula: Formula, earlier: readonly Literal[], later: readonly Literal[]): void {
  let equal: Literal = formula.yes;
  earlier.forEach((a, i) => {
    const b = later[i]!;
    formula.add(-equal, a, -b);
    if (i === earlier.length - 1) return;
    // Equal so far and here: the next literals decide.
    const still = formula.fresh();
    formula.add(-equal, still, a, b);
    formula.add(-equal, still, -a, -b);
    equal = still;
  });
}
