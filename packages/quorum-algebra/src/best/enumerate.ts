import { type Budget, OverLimit } from "../limits.ts";
import { gateOf, isFlat, leafOf, type Tree } from "./tree.ts";

/**
 * All trees over so many nodes of each kind, up to the order of children and up to swapping nodes of one kind: 1, 2, 9, 74, 885,
 * 13 684, 258 489, 5 768 538 of 1 to 8 different nodes. Those of proper subsets are kept, the whole ones are made
 * while they are taken.
 *
 * @throws OverLimit when more than `keptMax` trees of subsets would have to be kept, or the budget is used up.
 */
export function* trees(counts: readonly number[], keptMax: number, budget: Budget): Generator<Tree> {
  const radix = counts.map((count) => count + 1);
  const unit = radix.map((_, kind) => radix.slice(0, kind).reduce((product, base) => product * base, 1));
  const digit = (code: number, kind: number): number => Math.floor(code / unit[kind]!) % radix[kind]!;
  const lists = new Map<number, readonly Tree[]>();
  let kept = 0;

  const listOf = (code: number): readonly Tree[] => {
    const known = lists.get(code);
    if (known !== undefined) return known;
    const made: Tree[] = [];
    for (const tree of whole(code)) {
      made.push(tree);
      if (++kept > keptMax || !budget.spend()) throw new OverLimit();
    }
    lists.set(code, made);
    return made;
  };
  /** Subsets are numbers, a digit per kind. */
  function* whole(code: number): Generator<Tree> {
    const kind = unit.indexOf(code);
    if (kind >= 0 && counts[kind]! > 0) {
      yield leafOf(kind);
      return;
    }
    for (const children of families(code, code, 0, []))
      for (let k = 1; k <= children.length; k++) if (isFlat(k, children)) yield gateOf(k, children);
  }
  /**
   * Divides a subset among children, the one with the highest number first; equal subsets have their trees in order. The
   * next child must take of the highest kind that is left, or a later one would have a higher number.
   */
  function* families(
    rest: number,
    most: number,
    from: number,
    chosen: readonly Tree[],
  ): Generator<readonly Tree[]> {
    if (rest === 0) {
      yield chosen;
      return;
    }
    const highest = unit.findLastIndex((_, kind) => digit(rest, kind) > 0);
    for (let part = Math.min(rest, most); part >= unit[highest]!; part--) {
      // One child alone is no gate.
      if (chosen.length === 0 && part === rest) continue;
      if (!unit.every((_, kind) => digit(part, kind) <= digit(rest, kind))) continue;
      const list = listOf(part);
      for (let i = part === most ? from : 0; i < list.length; i++)
        yield* families(rest - part, part, i, [...chosen, list[i]!]);
    }
  }
  yield* whole(counts.reduce((sum, count, kind) => sum + count * unit[kind]!, 0));
}
