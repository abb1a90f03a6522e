import type { Universe } from "../circuit/bits.ts";
import type { Circuit } from "../circuit/circuit.ts";
import { emptySet } from "../circuit/evaluate.ts";
import type { Expr } from "../expressions/expr.ts";
import type { Effort } from "./effort.ts";

/** What a part of the tree can be bought for: `price` per number of failures that it takes to break what was bought. */
interface Offer {
  /** Entry j: the cheapest choice that takes at least j failures to break; null: there is none. */
  readonly prices: readonly (bigint | null)[];
  /** The nodes of such a choice. */
  nodes(level: number): readonly number[];
}

/**
 * The cheapest set that stays a quorum when any `failures` of its members fail, in a tree of counting gates in which every
 * node occurs once. Null if there is none.
 *
 * Of a gate k of n, n-k+1 children must be broken, so it takes the sum of the n-k+1 smallest numbers of its children. That sum is at
 * least s exactly if for some t the sum of min(child, t) is at least s + (k-1)t: a table over this sum for each t.
 */
export function cheapestResilient(
  expr: Expr,
  { indexOf }: Universe,
  costs: readonly (bigint | null)[],
  failures: number,
): { readonly nodes: readonly number[]; readonly cost: bigint } | null {
  const top = failures + 1;
  const offerOf = (e: Expr): Offer => {
    if (e.t === "node") {
      const index = indexOf.get(e.id)!;
      const prices = Array.from({ length: top + 1 }, (_, j) =>
        j === 0 ? 0n : j === 1 ? costs[index]! : null,
      );
      return { prices, nodes: (level) => (level === 0 ? [] : [index]) };
    }
    if (e.t !== "thr") throw new Error("fault: only counting gates have tables");
    const children = e.of.map(offerOf);
    const bought = Array.from({ length: top + 1 }, (_, s) => buy(children, e.k, s));
    return {
      prices: bought.map((purchase) => purchase?.price ?? null),
      nodes: (level) => bought[level]!.levels.flatMap((j, i) => children[i]!.nodes(j)),
    };
  };
  const offer = offerOf(expr);
  const cost = offer.prices[top]!;
  return cost === null ? null : { nodes: [...offer.nodes(top)].sort((a, b) => a - b), cost };
}

interface Purchase {
  readonly price: bigint;
  /** Per child the number of failures that it must bear before it breaks. */
  readonly levels: readonly number[];
}

function buy(children: readonly Offer[], k: number, s: number): Purchase | null {
  if (s === 0) return { price: 0n, levels: children.map(() => 0) };
  let best: Purchase | null = null;
  for (let t = 1; t <= s; t++) {
    const found = fill(children, s + (k - 1) * t, t);
    if (found !== null && (best === null || found.price < best.price)) best = found;
  }
  return best;
}

/** Cheapest levels of at most t that add up to `need` or more. */
function fill(children: readonly Offer[], need: number, t: number): Purchase | null {
  if (need > children.length * t) return null;
  let row: (bigint | null)[] = new Array<bigint | null>(need + 1).fill(null);
  row[0] = 0n;
  const picked: Int32Array[] = [];
  for (const { prices } of children) {
    const next: (bigint | null)[] = new Array<bigint | null>(need + 1).fill(null);
    const from = new Int32Array(need + 1).fill(-1);
    row.forEach((paid, have) => {
      if (paid === null) return;
      for (let j = 0; j <= t; j++) {
        const price = prices[j]!;
        if (price === null) continue;
        const to = Math.min(need, have + j);
        if (next[to] === null || paid + price < next[to]!) {
          next[to] = paid + price;
          from[to] = have * (t + 1) + j;
        }
      }
    });
    row = next;
    picked.push(from);
  }
  const price = row[need]!;
  if (price === null) return null;
  const levels: number[] = new Array<number>(children.length).fill(0);
  let at = need;
  for (let i = children.length - 1; i >= 0; i--) {
    const step = picked[i]![at]!;
    levels[i] = step % (t + 1);
    at = (step - levels[i]!) / (t + 1);
  }
  return { price, levels };
}

/** Does the set contain a quorum even when any `failures` of its members are missing? */
export function survives(circuit: Circuit, nodes: readonly number[], failures: number): boolean {
  const set = emptySet(circuit);
  for (const v of nodes) set.insert(v);
  const holds = (from: number, left: number): boolean => {
    if (!set.holds()) return false;
    if (left === 0) return true;
    for (let i = from; i < nodes.length; i++) {
      set.remove(nodes[i]!);
      const fine = holds(i + 1, left - 1);
      set.insert(nodes[i]!);
      if (!fine) return false;
    }
    return true;
  };
  return holds(0, failures);
}

/**
 * All minimal sets that stay quorums when any `failures` of their members fail, for small systems of any form: every node is put in
 * or left out, as long as the rest can still do. Null if the effort did not suffice.
 */
export function listResilient(
  circuit: Circuit,
  failures: number,
  effort: Effort,
): (readonly number[])[] | null {
  const count = circuit.universe.ids.length;
  const found: (readonly number[])[] = [];
  let complete = true;
  const visit = (at: number, chosen: readonly number[]): void => {
    if (!complete) return;
    if (!effort.spend(count ** failures)) {
      complete = false;
      return;
    }
    if (survives(circuit, chosen, failures)) {
      const minimal = chosen.every(
        (v) =>
          !survives(
            circuit,
            chosen.filter((w) => w !== v),
            failures,
          ),
      );
      if (minimal) found.push(chosen);
      return;
    }
    const rest = Array.from({ length: count - at }, (_, i) => at + i);
    if (!survives(circuit, [...chosen, ...rest], failures)) return;
    visit(at + 1, [...chosen, at]);
    visit(at + 1, chosen);
  };
  visit(0, []);
  return complete ? found : null;
}
