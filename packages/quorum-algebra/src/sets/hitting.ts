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

/**
 * Sets of edges are words of 32 of them. The chosen nodes stand one after the other; the frame of depth d holds which edges
 * none of the first d hits, and for each of them which edges it alone hits.
 */
class HittingSearch {
  readonly #edges: readonly (readonly number[])[];
  readonly #budget: Budget;
  readonly #nodeWords: number;
  readonly #edgeWords: number;
  /** Members of each edge, and edges of each node. */
  readonly #members: Uint32Array;
  readonly #edgesOf: Uint32Array;
  readonly #candidates: Uint32Array;
  readonly #frames: Uint32Array[] = [];
  readonly #chosen: number[] = [];

  constructor(count: number, edges: readonly (readonly number[])[], budget: Budget) {
    this.#edges = edges;
    this.#budget = budget;
    this.#nodeWords = wordsFor(count);
    this.#edgeWords = wordsFor(edges.length);
    this.#members = new Uint32Array(this.#nodeWords * edges.length);
    this.#edgesOf = new Uint32Array(this.#edgeWords * count);
    this.#candidates = new Uint32Array(this.#nodeWords);
    edges.forEach((edge, e) => {
      for (const v of edge) {
        this.#members[e * this.#nodeWords + (v >>> 5)]! |= 1 << (v & 31);
        this.#edgesOf[v * this.#edgeWords + (e >>> 5)]! |= 1 << (e & 31);
        this.#allow(v, true);
      }
    });
    const first = this.#frame(0);
    for (let e = 0; e < edges.length; e++) first[e >>> 5]! |= 1 << (e & 31);
  }

  /** Returns false when a limit was reached. */
  *run(): Generator<readonly number[], boolean, undefined> {
    const tightest = this.#tightest();
    if (tightest === null) {
      yield [...this.#chosen];
      return true;
    }
    const candidates = this.#edges[tightest]!.filter((v) => this.#mayBeChosen(v));
    for (const v of candidates) this.#allow(v, false);
    let complete = true;
    for (const v of candidates) {
      if (!this.#budget.spend()) complete = false;
      if (!complete) break;
      // What does not fit now does not fit below any of the other candidates either.
      if (!this.#choose(v)) continue;
      complete = yield* this.run();
      this.#chosen.pop();
      this.#allow(v, true);
    }
    for (const v of candidates) this.#allow(v, true);
    return complete;
  }

  /** Of the edges not yet hit the one with the fewest candidates; null if all are hit. */
  #tightest(): number | null {
    const open = this.#frame(this.#chosen.length);
    let best: number | null = null;
    let least = Infinity;
    for (let word = 0; word < this.#edgeWords; word++) {
      for (let bits = open[word]!; bits !== 0; bits &= bits - 1) {
        const e = 32 * word + 31 - Math.clz32(bits & -bits);
        const count = this.#candidatesOf(e);
        if (count >= least) continue;
        best = e;
        least = count;
        if (count === 0) return best;
      }
    }
    return best;
  }

  #candidatesOf(e: number): number {
    let count = 0;
    for (let w = 0, at = e * this.#nodeWords; w < this.#nodeWords; w++, at++)
      count += popcount(this.#members[at]! & this.#candidates[w]!);
    return count;
  }

  /** False, and nothing is chosen: some chosen node would no longer be the only one to hit any edge. */
  #choose(v: number): boolean {
    const depth = this.#chosen.length;
    const words = this.#edgeWords;
    const [before, after] = [this.#frame(depth), this.#frame(depth + 1)];
    const own = v * words;
    for (let j = 1; j <= depth; j++) {
      let alone = 0;
      for (let w = 0, at = j * words; w < words; w++, at++)
        alone |= after[at] = before[at]! & ~this.#edgesOf[own + w]!;
      if (alone === 0) return false;
    }
    for (let w = 0, at = (depth + 1) * words; w < words; w++, at++) {
      after[at] = before[w]! & this.#edgesOf[own + w]!;
      after[w] = before[w]! & ~this.#edgesOf[own + w]!;
    }
    this.#chosen.push(v);
    return true;
  }

  #frame(depth: number): Uint32Array {
    const known = this.#frames[depth];
    if (known !== undefined) return known;
    const made = new Uint32Array((depth + 1) * this.#edgeWords);
    this.#frames.push(made);
    return made;
  }

  #mayBeChosen(v: number): boolean {
    return ((this.#candidates[v >>> 5]! >>> (v & 31)) & 1) === 1;
  }

  #allow(v: number, allowed: boolean): void {
    if (allowed) this.#candidates[v >>> 5]! |= 1 << (v & 31);
    else this.#candidates[v >>> 5]! &= ~(1 << (v & 31));
  }
}
