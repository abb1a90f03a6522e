import { completionBound } from "../circuit/cheapest.ts";
import type { Circuit } from "../circuit/circuit.ts";
import { interchangeableNodes } from "../circuit/classes.ts";
import { emptySet, type NodeSet } from "../circuit/evaluate.ts";
import type { Budget } from "../limits.ts";

const nobody = -1;

/** One family: which nodes it may still use (all but those given up by it), and which it can count on. */
interface Side {
  readonly circuit: Circuit;
  /** All nodes but those this family has given up: must go on containing a quorum. */
  readonly usable: NodeSet;
  /** Nodes that another family has given up: this family may use them without meeting the others there. */
  readonly secured: NodeSet;
  /** Per node: 0 secured, 1 open, Infinity given up. */
  readonly costs: Float64Array;
}

export type SearchResult =
  | { readonly kind: "assignment"; readonly owner: readonly number[] }
  | { readonly kind: "none" }
  | { readonly kind: "limit" };

/**
 * Can every node be given up by at least one family such that each family still contains a quorum of the nodes it has
 * kept? Those quorums then have no common member. Exhaustive: backtracking with unit propagation (a node that only one
 * family can do without is given up by that family), a counting bound, and an order among interchangeable nodes.
 * All circuits must share one universe and not be constant.
 */
export function searchCover(circuits: readonly Circuit[], budget: Budget): SearchResult {
  const search = new CoverSearch(circuits, budget);
  const found = search.run();
  if (found === "limit") return { kind: "limit" };
  return found ? { kind: "assignment", owner: [...search.owner] } : { kind: "none" };
}

class CoverSearch {
  /** Which family gives up the node. */
  readonly owner: Int32Array;
  readonly #sides: readonly Side[];
  readonly #budget: Budget;
  readonly #trail: number[] = [];
  /** Per node: the interchangeable node before and after it. Owners never fall along such a chain. */
  readonly #previous: Int32Array;
  readonly #next: Int32Array;

  constructor(circuits: readonly Circuit[], budget: Budget) {
    const count = circuits[0]!.universe.ids.length;
    this.owner = new Int32Array(count).fill(nobody);
    this.#budget = budget;
    this.#sides = circuits.map((circuit) => {
      const usable = emptySet(circuit);
      for (let v = 0; v < count; v++) usable.insert(v);
      return { circuit, usable, secured: emptySet(circuit), costs: new Float64Array(count).fill(1) };
    });
    this.#previous = new Int32Array(count).fill(nobody);
    this.#next = new Int32Array(count).fill(nobody);
    this.#chain();
  }

  /** True: `owner` is an assignment. */
  run(): boolean | "limit" {
    if (!this.#budget.spend()) return "limit";
    const mark = this.#trail.length;
    const open = this.#propagate();
    if (open === null || this.#overbooked(open.nodes.length)) {
      this.#undo(mark);
      return false;
    }
    if (open.nodes.length === 0) return true;
    const content = this.#sides.findIndex(({ secured }) => secured.holds());
    if (content >= 0) {
      // This family needs no open node any more: it gives up all of them.
      for (const v of open.nodes) this.owner[v] = content;
      return true;
    }
    for (const side of open.choices) {
      const before = this.#trail.length;
      this.#give(open.branch, side);
      const found = this.run();
      if (found !== false) return found;
      this.#undo(before);
    }
    this.#undo(mark);
    return false;
  }

  #chain(): void {
    for (const members of interchangeableNodes(this.#sides.map(({ circuit }) => circuit)))
      for (let i = 1; i < members.length; i++) {
        this.#previous[members[i]!] = members[i - 1]!;
        this.#next[members[i - 1]!] = members[i]!;
      }
  }

  /** Gives up what is forced until nothing is; null: some node cannot be given up by anybody. */
  #propagate(): { nodes: number[]; branch: number; choices: readonly number[] } | null {
    for (;;) {
      let forced = false;
      let branch = nobody;
      let choices: readonly number[] = [];
      const nodes: number[] = [];
      for (let v = 0; v < this.owner.length; v++) {
        if (this.owner[v] !== nobody) continue;
        const takers = this.#takers(v);
        if (takers.length === 0) return null;
        if (takers.length === 1) {
          this.#give(v, takers[0]!);
          forced = true;
          continue;
        }
        nodes.push(v);
        if (branch === nobody || takers.length < choices.length) [branch, choices] = [v, takers];
      }
      if (!forced) return { nodes, branch, choices };
    }
  }

  /** Families that can do without the node. A family that never asks it gives it up without loss. */
  #takers(v: number): number[] {
    const least = this.#nearestOwner(v, this.#previous) ?? 0;
    const most = this.#nearestOwner(v, this.#next) ?? this.#sides.length - 1;
    const takers: number[] = [];
    for (let s = least; s <= most; s++) {
      const { circuit, usable } = this.#sides[s]!;
      if (circuit.parentStart[v] === circuit.parentStart[v + 1]) return [s];
      usable.remove(v);
      if (usable.holds()) takers.push(s);
      usable.insert(v);
    }
    return takers;
  }

  #nearestOwner(v: number, step: Int32Array): number | null {
    for (let w = step[v]!; w !== nobody; w = step[w]!) if (this.owner[w] !== nobody) return this.owner[w]!;
    return null;
  }

  /** Every open node is lost to one family, so all others together may need no more than the rest. */
  #overbooked(openCount: number): boolean {
    let needed = 0;
    for (const { circuit, costs } of this.#sides) needed += completionBound(circuit, costs);
    return needed > (this.#sides.length - 1) * openCount;
  }

  #give(v: number, to: number): void {
    this.owner[v] = to;
    this.#trail.push(v);
    this.#sides.forEach(({ usable, secured, costs }, s) => {
      if (s === to) usable.remove(v);
      else secured.insert(v);
      costs[v] = s === to ? Infinity : 0;
    });
  }

  #undo(mark: number): void {
    while (this.#trail.length > mark) {
      const v = this.#trail.pop()!;
      this.owner[v] = nobody;
      for (const { usable, secured, costs } of this.#sides) {
        usable.insert(v);
        secured.remove(v);
        costs[v] = 1;
      }
    }
  }
}
