import { popcount, smallSetMax } from "./bits.ts";
import type { Circuit } from "./circuit.ts";

/**
 * A set of nodes of a circuit's universe that can be asked whether it contains a quorum. Two kernels: one number for at
 * most 31 nodes, words of 32 nodes above. The kernel is chosen once per circuit.
 */
export interface NodeSet {
  insert(index: number): void;
  remove(index: number): void;
  clear(): void;
  /** Does the expression hold for the set? */
  holds(): boolean;
}

export function emptySet(circuit: Circuit): NodeSet {
  return circuit.universe.ids.length <= smallSetMax ? new SmallSet(circuit) : new WideSet(circuit);
}

class SmallSet implements NodeSet {
  readonly #circuit: Circuit;
  readonly #truth: Uint8Array;
  #bits = 0;
  constructor(circuit: Circuit) {
    this.#circuit = circuit;
    this.#truth = new Uint8Array(circuit.gateCount);
  }
  insert(index: number): void {
    this.#bits |= 1 << index;
  }
  remove(index: number): void {
    this.#bits &= ~(1 << index);
  }
  clear(): void {
    this.#bits = 0;
  }
  holds(): boolean {
    const circuit = this.#circuit;
    if (circuit.constant !== null) return circuit.constant;
    const { mask, gateCount, counting, limits } = circuit;
    const truth = this.#truth;
    for (let g = 0; g < gateCount; g++) {
      if (counting[g] === 1) {
        const count = popcount(mask[g]! & this.#bits) + trueGates(circuit, g, truth);
        truth[g] = count >= limits[g]! ? 1 : 0;
      } else {
        truth[g] = weighs(circuit, g, truth, (index) => (this.#bits >>> index) & 1) ? 1 : 0;
      }
    }
    return truth[gateCount - 1] === 1;
  }
}

class WideSet implements NodeSet {
  readonly #circuit: Circuit;
  readonly #truth: Uint8Array;
  readonly #words: Uint32Array;
  constructor(circuit: Circuit) {
    this.#circuit = circuit;
    this.#truth = new Uint8Array(circuit.gateCount);
    this.#words = new Uint32Array(circuit.maskWords);
  }
  insert(index: number): void {
    this.#words[index >>> 5]! |= 1 << (index & 31);
  }
  remove(index: number): void {
    this.#words[index >>> 5]! &= ~(1 << (index & 31));
  }
  clear(): void {
    this.#words.fill(0);
  }
  holds(): boolean {
    const circuit = this.#circuit;
    if (circuit.constant !== null) return circuit.constant;
    const { mask, maskWords, gateCount, counting, limits } = circuit;
    const truth = this.#truth;
    const words = this.#words;
    for (let g = 0; g < gateCount; g++) {
      if (counting[g] === 1) {
        let count = trueGates(circuit, g, truth);
        for (let w = 0, at = g * maskWords; w < maskWords; w++, at++)
          count += popcount(mask[at]! & words[w]!);
        truth[g] = count >= limits[g]! ? 1 : 0;
      } else {
        truth[g] = weighs(circuit, g, truth, (index) => (words[index >>> 5]! >>> (index & 31)) & 1) ? 1 : 0;
      }
    }
    return truth[gateCount - 1] === 1;
  }
}

/** Child gates of a counting gate that are true. */
function trueGates(circuit: Circuit, g: number, truth: Uint8Array): number {
  const nodeCount = circuit.universe.ids.length;
  let count = 0;
  for (let e = circuit.childStart[g]!, end = circuit.gateChildEnd[g]!; e < end; e++)
    count += truth[circuit.child[e]! - nodeCount]!;
  return count;
}

function weighs(circuit: Circuit, g: number, truth: Uint8Array, has: (index: number) => number): boolean {
  const { childStart, child, childWeight, limits, wide } = circuit;
  const nodeCount = circuit.universe.ids.length;
  const exact = wide !== null && wide.isWide[g] === 1 ? wide : null;
  let sum = 0;
  let exactSum = 0n;
  for (let e = childStart[g]!, end = childStart[g + 1]!; e < end; e++) {
    const vertex = child[e]!;
    if ((vertex < nodeCount ? has(vertex) : truth[vertex - nodeCount]!) === 0) continue;
    if (exact === null) sum += childWeight[e]!;
    else exactSum += exact.childWeight[e]!;
  }
  return exact === null ? sum >= limits[g]! : exactSum >= exact.limits[g]!;
}
