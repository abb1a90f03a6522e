import { alwaysMet, type Gates } from "./gates.ts";

/**
 * A set of nodes that can be shrunk to the greatest quorum inside it. Nodes whose condition the others do not meet are dropped, and
 * whom they leave without enough; each edge is touched once, whatever the order.
 */
export class Contraction {
  /** Per node 1 if it is in the set. Fill it, then `run`. */
  readonly inside: Uint8Array;
  readonly #gates: Gates;
  readonly #known: Uint8Array;
  readonly #have: Float64Array;
  readonly #fallen: number[] = [];

  /** `known`: 1 for nodes that make a quorum one; a set of others only is none. */
  constructor(gates: Gates, known: Uint8Array) {
    this.#gates = gates;
    this.#known = known;
    this.inside = new Uint8Array(gates.universe.ids.length);
    this.#have = new Float64Array(gates.gateCount);
  }

  /** Leaves the greatest quorum in `inside` (none: nobody). Says how many nodes it has. */
  run(): number {
    this.#count();
    const { root } = this.#gates;
    const { inside } = this;
    for (let v = 0; v < inside.length; v++) if (inside[v] === 1 && !this.#met(root[v]!)) this.#drop(v);
    while (this.#fallen.length > 0) this.#fall(this.#fallen.pop()!);
    let size = 0;
    let known = 0;
    for (let v = 0; v < inside.length; v++) {
      size += inside[v]!;
      known += inside[v]! & this.#known[v]!;
    }
    if (known > 0) return size;
    inside.fill(0);
    return 0;
  }

  /** After a run that left somebody: do those inside meet the condition of the node? */
  meets(node: number): boolean {
    return this.#met(this.#gates.root[node]!);
  }

  /** As `run`, of all nodes but those that are marked. */
  runWithout(silent: Uint8Array): number {
    for (let v = 0; v < this.inside.length; v++) this.inside[v] = 1 - silent[v]!;
    return this.run();
  }

  /**
   * Leaves a minimal quorum of those inside (none: nobody), and says whether there is one. Members named early in `giveUp` are
   * given up first; all nodes that may stay out must be named.
   */
  shrink(giveUp: readonly number[]): boolean {
    if (this.run() === 0) return false;
    const kept = Uint8Array.from(this.inside);
    for (const v of giveUp) {
      if (kept[v] === 0) continue;
      this.inside[v] = 0;
      // Without a quorum among the rest, v is in every quorum of it, and of any smaller rest.
      if (this.run() > 0) kept.set(this.inside);
      else this.inside.set(kept);
    }
    return true;
  }

  /** Weighs what every gate has of the nodes inside. */
  #count(): void {
    const { gateCount, need, childStart, child, childWeight } = this.#gates;
    const have = this.#have;
    const { inside } = this;
    const nodeCount = inside.length;
    for (let g = 0; g < gateCount; g++) {
      let sum = 0;
      for (let e = childStart[g]!, end = childStart[g + 1]!; e < end; e++) {
        const vertex = child[e]!;
        const holds =
          vertex < nodeCount ? inside[vertex] === 1 : have[vertex - nodeCount]! >= need[vertex - nodeCount]!;
        if (holds) sum += childWeight[e]!;
      }
      have[g] = sum;
    }
  }

  #met(condition: number): boolean {
    if (condition < 0) return condition === alwaysMet;
    const gate = condition - this.inside.length;
    return gate < 0 ? this.inside[condition] === 1 : this.#have[gate]! >= this.#gates.need[gate]!;
  }

  #drop(node: number): void {
    if (this.inside[node] === 0) return;
    this.inside[node] = 0;
    this.#fallen.push(node);
  }

  /** A vertex is not true any more: nodes that ask for it are dropped, gates above it lose its weight. */
  #fall(vertex: number): void {
    const { ownerStart, owner, parentStart, parent, parentWeight, need } = this.#gates;
    for (let e = ownerStart[vertex]!, end = ownerStart[vertex + 1]!; e < end; e++) this.#drop(owner[e]!);
    for (let e = parentStart[vertex]!, end = parentStart[vertex + 1]!; e < end; e++) {
      const gate = parent[e]!;
      const before = this.#have[gate]!;
      const after = before - parentWeight[e]!;
      this.#have[gate] = after;
      if (before >= need[gate]! && after < need[gate]!) this.#fallen.push(this.inside.length + gate);
    }
  }
}
