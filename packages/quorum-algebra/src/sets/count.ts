import { type Budget, OverLimit } from "../limits.ts";
import { no, yes } from "../toolkit/diagram.ts";
import type { Part } from "./parts.ts";

/** Steps of a budget per entry of a table. */
const entryCost = 10;

/**
 * How many minimal sets a part has, without listing any: products of the parts. Counting gates take elementary symmetric
 * sums, weights a table by weight reached, cores the paths of their family. @throws OverLimit when the table or a family
 * grows too large.
 */
export function countSets(part: Part, budget: Budget): bigint {
  switch (part.t) {
    case "const":
      return part.v ? 1n : 0n;
    case "node":
      return 1n;
    case "thr":
      return choices(
        part.k,
        part.of.map((child) => countSets(child, budget)),
        budget,
      );
    case "wthr":
      return byWeight(
        part.k,
        part.of.map(([weight, child]) => [weight, countSets(child, budget)] as const),
        budget,
      );
    case "core":
      return paths(
        part,
        part.of.map((child) => countSets(child, budget)),
      );
  }
}

/**
 * The elementary symmetric sum of the counts: ways[j] counts the choices of j children so far. Children of equal count c come
 * together: choosing j of m of them can be done in C(m, j) c^j ways.
 */
function choices(k: number, children: readonly bigint[], budget: Budget): bigint {
  const groups = new Map<bigint, number>();
  for (const count of children) groups.set(count, (groups.get(count) ?? 0) + 1);
  let ways = [1n];
  for (const [count, size] of groups) {
    const inGroup = [1n];
    for (let j = 1; j <= Math.min(k, size); j++)
      inGroup.push((inGroup[j - 1]! * count * BigInt(size - j + 1)) / BigInt(j));
    if (!budget.spend(ways.length * inGroup.length)) throw new OverLimit();
    const next = new Array<bigint>(Math.min(k + 1, ways.length + inGroup.length - 1)).fill(0n);
    ways.forEach((before, i) => {
      for (let j = 0; j < inGroup.length && i + j <= k; j++) next[i + j]! += before * inGroup[j]!;
    });
    ways = next;
  }
  return ways[k] ?? 0n;
}

/**
 * Children come heaviest first, so a choice is minimal exactly if it reached `k` with its last child: that is the
 * lightest. Sums that the children to come cannot bring up to `k` are dropped.
 */
function byWeight(k: bigint, children: readonly (readonly [bigint, bigint])[], budget: Budget): bigint {
  let found = 0n;
  let left = children.reduce((sum, [weight]) => sum + weight, 0n);
  let ways = new Map([[0n, 1n]]);
  for (const [weight, count] of children) {
    left -= weight;
    const next = new Map<bigint, bigint>();
    const add = (sum: bigint, choices: bigint): void => {
      if (sum + left >= k) next.set(sum, (next.get(sum) ?? 0n) + choices);
    };
    for (const [sum, choices] of ways) {
      const made = choices * count;
      if (sum + weight >= k) found += made;
      else add(sum + weight, made);
      add(sum, choices);
    }
    ways = next;
    if (!budget.spend(entryCost * ways.size)) throw new OverLimit();
  }
  return found;
}

function paths({ diagram, root }: Extract<Part, { t: "core" }>, children: readonly bigint[]): bigint {
  const done = new Map<number, bigint>([
    [no, 0n],
    [yes, 1n],
  ]);
  const visit = (node: number): bigint => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const made = visit(diagram.low(node)) + visit(diagram.high(node)) * children[diagram.level(node)]!;
    done.set(node, made);
    return made;
  };
  return visit(diagram.minimal(root));
}
