import type { Budget } from "../limits.ts";
import { classesOf, isNamed } from "./classes.ts";
import { Contraction } from "./contraction.ts";
import type { FederatedSystem } from "./system.ts";

const open = 0;
const chosen = 1;
const excluded = 2;

/**
 * Two disjoint sets that hold quorums, by trying who belongs to the smaller one (after Lachowski, "Complexity of the quorum
 * intersection property of the Federated Byzantine Agreement System"); null if there are none, undefined when the budget is spent.
 * Exponential: for a core of some two dozen nodes.
 */
export function searchDisjoint(
  system: FederatedSystem,
  budget: Budget,
): readonly [readonly number[], readonly number[]] | null | undefined {
  const search = new Search(system, budget);
  const found = search.run(0);
  return budget.over ? undefined : found;
}

class Search {
  readonly #state: Uint8Array;
  readonly #contraction: Contraction;
  readonly #budget: Budget;
  /** Classes of interchangeable nodes, those that most gates name first: of a class, members are chosen in their order only. */
  readonly #classes: readonly (readonly number[])[];

  constructor(system: FederatedSystem, budget: Budget) {
    const { parentStart } = system.gates;
    const names = (v: number): number => parentStart[v + 1]! - parentStart[v]! + Number(isNamed(system, v));
    this.#state = new Uint8Array(system.ids.length);
    this.#contraction = new Contraction(system.gates, system.known);
    this.#budget = budget;
    this.#classes = [...classesOf(system)].sort((a, b) => names(b[0]!) - names(a[0]!));
  }

  run(count: number): readonly [readonly number[], readonly number[]] | null {
    if (!this.#budget.spend()) return null;
    // The smaller of two disjoint quorums has at most half of the nodes.
    if (2 * count > this.#state.length) return null;
    const rest = this.#greatest((state) => state !== chosen);
    if (rest.length === 0) return null;
    const inside = this.#greatest((state) => state === chosen);
    if (inside.length > 0) return [inside, rest];
    const usable = new Set(this.#greatest((state) => state !== excluded));
    if (this.#state.some((state, v) => state === chosen && !usable.has(v))) return null;

    for (const members of this.#classes) {
      const at = members.findIndex((v) => this.#state[v] === open);
      if (at < 0 || !usable.has(members[at]!)) continue;
      this.#state[members[at]!] = chosen;
      const found = this.run(count + 1);
      if (found !== null) return found;
      // Without this one also without those after it: they would only take its place.
      const later = members.slice(at);
      for (const v of later) this.#state[v] = excluded;
      const without = this.run(count);
      for (const v of later) this.#state[v] = open;
      return without;
    }
    return null;
  }

  #greatest(belongs: (state: number) => boolean): readonly number[] {
    const { inside } = this.#contraction;
    this.#state.forEach((state, v) => {
      inside[v] = Number(belongs(state));
    });
    this.#contraction.run();
    return [...inside.keys()].filter((v) => inside[v] === 1);
  }
}
