import type { NodeId } from "@eunomia/engine";
import type { Limits } from "../answers.ts";
import { popcount, universeOf, wordsFor } from "../circuit/bits.ts";
import { node } from "../expressions/expr.ts";
import { Budget } from "../limits.ts";
import type { Listed } from "./list.ts";

/**
 * The minimal hitting sets of an explicit family: sets that share a node with every set of the family, without a member to
 * spare. For a system given as an expression `minimalBlockingSets` is far faster; this is for families that come as lists.
 *
 * MMCS (Murakami and Uno, 2014): of the sets not yet hit the one with the fewest candidates is hit by each of them in turn;
 * a choice is dropped when some earlier one loses the last set that it alone hits. `limits` as for `minimalQuorums`;
 * `maxSteps` (none by default) counts choices.
 *
 * @example
 * [...minimalHittingSets([["a", "b"], ["a", "c"]])]; // [["a"], ["b", "c"]]
 * @throws QuorumError `id` for a node that is no id.
 */
export function* minimalHittingSets(
  family: Iterable<Iterable<NodeId>>,
  limits: Limits = {},
): Generator<readonly NodeId[], Listed, undefined> {
  const sets = Array.from(family, (set) => [...new Set(set)]);
  for (const set of sets) for (const id of set) node(id);
  const { ids, indexOf } = universeOf(sets.flat());
  const edges = inOrder(sets.map((set) => set.map((id) => indexOf.get(id)!)));
  const search = new HittingSearch(ids.length, edges, new Budget(limits, Infinity));
  const listing = search.run();
  for (let count = 0; ; count++) {
    const { done, value } = listing.next();
    if (done === true) return { count, complete: value, method: "hitting sets" };
    if (count === (limits.maxCount ?? Infinity)) return { count, complete: false, method: "hitting sets" };
    yield value.map((index) => ids[index]!).sort();
  }
}

/** Each set once, in an order that does not depend on how they were given. */
function inOrder(sets: readonly number[][]): readonly (readonly number[])[] {
  const byKey = new Map(sets.map((set) => [set.sort((a, b) => a - b).join(), set]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, set]) => set);
}

class HittingSearch {
  readonly #edges: readonly (readonly number[])[];
  readonly #edgesOf: readonly (readonly number[])[];
  readonly #budget: Budget;
  readonly #words: number;
  /** The members of each edge as words, one edge after the other. */
  readonly #masks: Uint32Array;
  readonly #candidates: Uint32Array;
  /** Per edge: how many of the chosen hit it, and the sum of their numbers: with one, that is who. */
  readonly #hits: Int32Array;
  readonly #hitters: Int32Array;
  /** Per node: edges that it alone hits. */
  readonly #critical: Int32Array;
  readonly #chosen: number[] = [];

  constructor(count: number, edges: readonly (readonly number[])[], budget: Budget) {
    this.#edges = edges;
    this.#budget = budget;
    this.#words = Math.max(1, wordsFor(count));
    this.#masks = new Uint32Array(this.#words * edges.length);
    this.#candidates = new Uint32Array(this.#words);
    const edgesOf: number[][] = Array.from({ length: count }, () => []);
    edges.forEach((edge, e) => {
      for (const v of edge) {
        edgesOf[v]!.push(e);
        this.#masks[e * this.#words + (v >>> 5)]! |= 1 << (v & 31);
        this.#allow(v, true);
      }
    });
    this.#edgesOf = edgesOf;
    this.#hits = new Int32Array(edges.length);
    this.#hitters = new Int32Array(edges.length);
    this.#critical = new Int32Array(count);
  }

  run(): Generator<readonly number[], boolean, undefined> {
    return this.#visit(Int32Array.from(this.#edges, (_, e) => e));
  }

  /** Returns false when a limit was reached. */
  *#visit(open: Int32Array): Generator<readonly number[], boolean, undefined> {
    if (open.length === 0) {
      yield [...this.#chosen];
      return true;
    }
    const candidates = this.#edges[this.#tightest(open)]!.filter((v) => this.#mayBeChosen(v));
    for (const v of candidates) this.#allow(v, false);
    let complete = true;
    for (const v of candidates) {
      if (!this.#budget.spend()) complete = false;
      if (!complete) break;
      const fits = this.#choose(v);
      if (fits) complete = yield* this.#visit(open.filter((e) => this.#hits[e] === 0));
      this.#unchoose(v);
      // What does not fit now does not fit below any of the other candidates either.
      if (fits) this.#allow(v, true);
    }
    for (const v of candidates) this.#allow(v, true);
    return complete;
  }

  /** The edge with the fewest candidates. */
  #tightest(open: Int32Array): number {
    let best = open[0]!;
    let least = Infinity;
    for (const e of open) {
      let count = 0;
      for (let w = 0; w < this.#words; w++)
        count += popcount(this.#masks[e * this.#words + w]! & this.#candidates[w]!);
      if (count >= least) continue;
      best = e;
      least = count;
    }
    return best;
  }

  /** False: some chosen node hits nothing any more that no other hits. */
  #choose(v: number): boolean {
    this.#chosen.push(v);
    let fits = true;
    for (const e of this.#edgesOf[v]!) {
      const hits = ++this.#hits[e]!;
      if (hits === 1) this.#critical[v]!++;
      else if (hits === 2 && --this.#critical[this.#hitters[e]!]! === 0) fits = false;
      this.#hitters[e]! += v;
    }
    return fits;
  }

  #unchoose(v: number): void {
    this.#chosen.pop();
    for (const e of this.#edgesOf[v]!) {
      const hits = --this.#hits[e]!;
      this.#hitters[e]! -= v;
      if (hits === 0) this.#critical[v]!--;
      else if (hits === 1) this.#critical[this.#hitters[e]!]!++;
    }
  }

  #mayBeChosen(v: number): boolean {
    return ((this.#candidates[v >>> 5]! >>> (v & 31)) & 1) === 1;
  }

  #allow(v: number, allowed: boolean): void {
    if (allowed) this.#candidates[v >>> 5]! |= 1 << (v & 31);
    else this.#candidates[v >>> 5]! &= ~(1 << (v & 31));
  }
}
