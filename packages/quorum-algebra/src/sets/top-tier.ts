import type { NodeId } from "@eunomia/engine";
import type { Answer, Limits } from "../answers.ts";
import type { Quorums } from "../expressions/expr.ts";
import { Budget, OverLimit, withinLimits } from "../limits.ts";
import { no, yes } from "../toolkit/diagram.ts";
import { maxStepsDefault, methodOf } from "./list.ts";
import { childParts, type Part } from "./parts.ts";
import { quorumQuestion } from "./questions.ts";

/**
 * The top tier: the nodes that occur in some minimal quorum, ascending. All others may be left out without changing
 * what is a quorum; a weight too small to ever decide is such a node.
 *
 * @example
 * topTier(parse("{a*3, b*3, c*1} >= 6")); // { kind: "exact", value: ["a", "b"], … }
 */
export function topTier(quorums: Quorums, limits: Limits = {}): Answer<readonly NodeId[]> {
  const question = quorumQuestion(quorums);
  const budget = new Budget(limits, maxStepsDefault);
  return (
    withinLimits(() => {
      const part = question.parts(budget);
      const found: number[] = [];
      collectNodes(part, budget, found);
      const value = found.sort((a, b) => a - b).map((index) => question.universe.ids[index]!);
      return { kind: "exact", value, method: methodOf(part) } as const;
    }) ?? { kind: "unknown", reason: "limit" }
  );
}

function collectNodes(part: Part, budget: Budget, found: number[]): void {
  if (part.t === "node") found.push(part.index);
  for (const child of relevant(part, budget)) collectNodes(child, budget, found);
}

/** The children on which a gate depends. A count below or at the number of children depends on all of them. */
function relevant(part: Part, budget: Budget): readonly Part[] {
  if (part.t === "wthr") return part.of.slice(0, relevantWeights(part, budget)).map(([, child]) => child);
  if (part.t !== "core") return childParts(part);
  const { diagram, root, of } = part;
  const seen = new Set<number>([no, yes]);
  const levels = new Set<number>();
  const visit = (node: number): void => {
    if (seen.has(node)) return;
    seen.add(node);
    levels.add(diagram.level(node));
    visit(diagram.low(node));
    visit(diagram.high(node));
  };
  visit(root);
  return of.filter((_, i) => levels.has(i));
}

/** Whatever is heavier than a weight that matters matters, too: how many of the weights, heaviest first, do? */
function relevantWeights({ k, of }: Extract<Part, { t: "wthr" }>, budget: Budget): number {
  const weights = of.map(([weight]) => weight);
  let [some, none] = [0, weights.length];
  while (some < none) {
    const middle = (some + none) >>> 1;
    if (matters(k, weights, middle, budget)) some = middle + 1;
    else none = middle;
  }
  return some;
}

/** Do some of the other weights add up to less than `k`, but to `k` together with this one? */
function matters(k: bigint, weights: readonly bigint[], which: number, budget: Budget): boolean {
  const others = weights.filter((_, i) => i !== which);
  const least = k - weights[which]!;
  const left = new Array<bigint>(others.length + 1).fill(0n);
  for (let i = others.length - 1; i >= 0; i--) left[i] = left[i + 1]! + others[i]!;
  const visit = (i: number, sum: bigint): boolean => {
    if (!budget.spend()) throw new OverLimit();
    if (sum >= k || sum + left[i]! < least) return false;
    return sum >= least || visit(i + 1, sum + others[i]!) || visit(i + 1, sum);
  };
  return visit(0, 0n);
}
