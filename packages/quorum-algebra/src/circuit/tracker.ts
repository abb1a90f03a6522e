import type { NodeId, QuorumTracker } from "@eunomia/engine";
import { cheapestCompletion } from "./cheapest.ts";
import type { Circuit } from "./circuit.ts";

const yes = 0;
const no = 1;

/**
 * Counts per gate the weight of children known true and known false. A gate turns at most once per side, and only then
 * its parents are touched, so a whole vote costs one visit per edge and side. Of `add` and `refuse` of one node only the
 * first call counts: that is what keeps "won" and "lost" from both coming true.
 */
export class CircuitTracker implements QuorumTracker {
  readonly #circuit: Circuit;
  readonly #indexOf: ReadonlyMap<NodeId, number>;
  /** Per node: 0 silent, 1 added, 2 refused. */
  readonly #votes: Uint8Array;
  readonly #counts: Float64Array;
  readonly #exactCounts: bigint[] | null;
  readonly #turned: Int32Array;
  #answer: "won" | "lost" | "pending";

  constructor(circuit: Circuit) {
    this.#circuit = circuit;
    this.#indexOf = circuit.universe.indexOf;
    this.#votes = new Uint8Array(circuit.universe.ids.length);
    this.#counts = new Float64Array(2 * circuit.gateCount);
    this.#exactCounts = circuit.wide === null ? null : new Array<bigint>(2 * circuit.gateCount).fill(0n);
    this.#turned = new Int32Array(circuit.gateCount);
    this.#answer = initialAnswer(circuit);
  }

  get answer(): "won" | "lost" | "pending" {
    return this.#answer;
  }

  add(node: NodeId): boolean {
    if (!this.#vote(node, yes)) return false;
    this.#answer = "won";
    return true;
  }

  refuse(node: NodeId): boolean {
    if (!this.#vote(node, no)) return false;
    this.#answer = "lost";
    return true;
  }

  missing(): readonly NodeId[] {
    if (this.#answer !== "pending") return [];
    const costs = Float64Array.from(this.#votes, (vote) => (vote === 0 ? 1 : vote === 1 ? 0 : Infinity));
    const { ids } = this.#circuit.universe;
    return cheapestCompletion(this.#circuit, costs).chosen.map((index) => ids[index]!);
  }

  reset(): void {
    this.#votes.fill(0);
    this.#counts.fill(0);
    this.#exactCounts?.fill(0n);
    this.#answer = initialAnswer(this.#circuit);
  }

  /** Counts the vote; true if the root turned to this side. */
  #vote(node: NodeId, side: number): boolean {
    if (this.#answer !== "pending") return false;
    const index = this.#indexOf.get(node);
    if (index === undefined || this.#votes[index] !== 0) return false;
    this.#votes[index] = side + 1;

    const { parentStart, parent, gateCount } = this.#circuit;
    const nodeCount = this.#votes.length;
    const turned = this.#turned;
    let waiting = 0;
    let vertex = index;
    for (;;) {
      for (let e = parentStart[vertex]!, end = parentStart[vertex + 1]!; e < end; e++) {
        const g = parent[e]!;
        if (!this.#bump(e, g + side * gateCount, g)) continue;
        if (g === gateCount - 1) return true;
        turned[waiting++] = g;
      }
      if (waiting === 0) return false;
      vertex = nodeCount + turned[--waiting]!;
    }
  }

  /** Adds the weight of an edge to a counter; true if that made it reach its limit. */
  #bump(edge: number, counter: number, gate: number): boolean {
    const { limits, parentWeight, wide } = this.#circuit;
    if (wide !== null && wide.isWide[gate] === 1) {
      const counts = this.#exactCounts!;
      const before = counts[counter]!;
      const after = before + wide.parentWeight[edge]!;
      counts[counter] = after;
      return before < wide.limits[counter]! && after >= wide.limits[counter]!;
    }
    const before = this.#counts[counter]!;
    const after = before + parentWeight[edge]!;
    this.#counts[counter] = after;
    return before < limits[counter]! && after >= limits[counter]!;
  }
}

function initialAnswer(circuit: Circuit): "won" | "lost" | "pending" {
  return circuit.constant === null ? "pending" : circuit.constant ? "won" : "lost";
}
