import type { NodeSet } from "../circuit/evaluate.ts";
import type { Budget } from "../limits.ts";

/** Steps of a budget per step of the search: it asks the oracle, which costs as much as several results of a diagram. */
const stepCost = 5;
/** Classes at most: recursion goes as deep as there are classes, and nobody waits for the end of such a search. */
const classesMax = 2_000;

/**
 * Include and exclude with an oracle for a monotone condition, over counts per class of interchangeable nodes instead of
 * single nodes: `open` turns a class after the other into "this many of its members". A branch ends as soon as the members
 * chosen satisfy the condition, or those chosen and those still open together do not. A vector of counts that is minimal
 * stands for every choice of so many members. Exponential in the number of classes; nothing is kept but the path.
 *
 * Yields the sets as indices; returns whether they are all.
 */
export function* searchMinimal(
  classes: readonly (readonly number[])[],
  oracle: () => NodeSet,
  budget: Budget,
): Generator<readonly number[], boolean, undefined> {
  if (classes.length > classesMax) return false;
  const chosen = oracle();
  const usable = oracle();
  for (const members of classes) for (const v of members) usable.insert(v);
  const counts = classes.map(() => 0);

  /** Removes one member of each class that has any: does the condition hold without? */
  const isMinimal = (): boolean =>
    classes.every((members, c) => {
      const count = counts[c]!;
      if (count === 0) return true;
      chosen.remove(members[count - 1]!);
      const spare = chosen.holds();
      chosen.insert(members[count - 1]!);
      return !spare;
    });

  function* visit(at: number): Generator<readonly number[], boolean, undefined> {
    if (!budget.spend(stepCost)) return false;
    if (chosen.holds()) {
      if (isMinimal()) yield* choices(classes, counts);
      return true;
    }
    if (at === classes.length || !usable.holds()) return true;
    const members = classes[at]!;
    let complete = true;
    // From all members down to none: what is not chosen is no longer usable.
    for (const v of members) chosen.insert(v);
    for (let count = members.length; complete; count--) {
      counts[at] = count;
      complete = yield* visit(at + 1);
      if (count === 0) break;
      chosen.remove(members[count - 1]!);
      usable.remove(members[count - 1]!);
    }
    for (const v of members) {
      chosen.remove(v);
      usable.insert(v);
    }
    counts[at] = 0;
    return complete;
  }
  return yield* visit(0);
}

/** Every choice of so many members of each class. */
function* choices(
  classes: readonly (readonly number[])[],
  counts: readonly number[],
): Generator<readonly number[], void, undefined> {
  const picked = classes.map((_, c) => Array.from({ length: counts[c]! }, (_, i) => i));
  for (;;) {
    yield picked.flatMap((places, c) => places.map((place) => classes[c]![place]!));
    let c = picked.length - 1;
    while (c >= 0 && !nextChoice(picked[c]!, classes[c]!.length)) c--;
    if (c < 0) return;
  }
}

/** The next choice in lexicographic order; after the last one the first again, and false. */
export function nextChoice(places: number[], count: number): boolean {
  const k = places.length;
  let j = k - 1;
  while (j >= 0 && places[j] === count - k + j) j--;
  const more = j >= 0;
  for (let i = more ? places[j]! + 1 : 0, at = Math.max(0, j); at < k; at++, i++) places[at] = i;
  return more;
}
