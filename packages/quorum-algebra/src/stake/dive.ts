import type { Budget } from "../limits.ts";
import {
  costIn,
  inA,
  inB,
  leastIn,
  margin,
  out,
  type Packing,
  type Prices,
  type Rough,
  total,
} from "./prices.ts";

const allPlaces = [inA, inB, out] as const;
/** Three places and an end. */
const tryMax = 4;

/** A packing that was weighed exactly. */
export interface Packed {
  readonly cost: bigint;
  /** Per item, the bit of its place. */
  readonly places: Uint8Array;
}

/**
 * Depth-first search under fixed prices: a step costs a few additions. Items that the prices are surest of come first, so
 * that the time is spent on the doubtful ones. Floating point prunes, with a margin for all it may have rounded; what
 * arrives at the end is weighed exactly.
 */
export class Dive {
  /** The cheapest packing so far. */
  best: Packed | null = null;
  readonly #packing: Packing;
  readonly #rough: Rough;
  readonly #prices: Prices;
  readonly #margin: number;
  /** How far rounding may let a bag look overfull that is not. */
  readonly #overA: number;
  readonly #overB: number;
  readonly #order: Uint32Array;
  /** Per rank, the places from the cheapest to the dearest, and a zero. */
  readonly #tries: Uint8Array;
  /** Least that the items from a rank on cost under the prices. */
  readonly #rest: Float64Array;
  #atMost: bigint;
  #target: number;

  /** Looks for packings that cost `atMost` or less. */
  constructor(packing: Packing, rough: Rough, prices: Prices, atMost: bigint) {
    this.#packing = packing;
    this.#rough = rough;
    this.#prices = prices;
    this.#atMost = atMost;
    this.#target = Number(atMost);
    this.#margin = margin(rough, prices) + Math.abs(this.#target) * 4 * Number.EPSILON;
    const { count } = rough;
    const over = 4 * (count + 16) * Number.EPSILON;
    this.#overA = over * (total(rough.a) + rough.roomA);
    this.#overB = over * (total(rough.b) + rough.roomB);
    const regrets = Float64Array.from({ length: count }, (_, i) => this.#regret(i));
    this.#order = Uint32Array.from({ length: count }, (_, i) => i).sort(
      (i, j) => regrets[j]! - regrets[i]! || i - j,
    );
    this.#tries = new Uint8Array(tryMax * count);
    this.#rest = new Float64Array(count + 1);
    for (let rank = count - 1; rank >= 0; rank--) {
      const i = this.#order[rank]!;
      const costs = allPlaces.map((place) => costIn(rough, prices, i, place));
      const order = [0, 1, 2].filter((x) => costs[x]! < Infinity).sort((x, y) => costs[x]! - costs[y]!);
      this.#tries.set(
        order.map((x) => allPlaces[x]!),
        tryMax * rank,
      );
      this.#rest[rank] = this.#rest[rank + 1]! + leastIn(rough, prices, i);
    }
  }

  /** The item that the prices leave most in doubt, and the bag that costs it least: out it may always go. */
  get doubtful(): { readonly item: number; readonly place: number } {
    const rank = this.#order.length - 1;
    const [first, second] = this.#tries.subarray(tryMax * rank);
    return { item: this.#order[rank]!, place: first === out ? second! : first! };
  }

  #regret(i: number): number {
    const costs = allPlaces.map((place) => costIn(this.#rough, this.#prices, i, place));
    const [first, second] = costs.sort((x, y) => x - y);
    return second! - first!;
  }

  /** False if the budget or `stepsMax` ran out; true if nothing is left, or a packing costs `enough` or less. */
  run(enough: bigint, budget: Budget, stepsMax: number): boolean {
    const { count, a, b, cost } = this.#rough;
    const paid = new Float64Array(count + 1);
    const roomA = new Float64Array(count + 1).fill(this.#rough.roomA);
    const roomB = new Float64Array(count + 1).fill(this.#rough.roomB);
    const tried = new Uint8Array(count + 1);
    const chosen = new Uint8Array(count);
    let rank = 0;
    for (let steps = 0; rank >= 0; ) {
      if (rank === count) {
        if (this.#weigh(chosen) && this.best!.cost <= enough) return true;
        rank--;
        continue;
      }
      const place = this.#tries[tryMax * rank + tried[rank]!++]!;
      if (place === 0) {
        tried[rank] = 0;
        rank--;
        continue;
      }
      if (++steps > stepsMax || !budget.spend()) return false;
      const i = this.#order[rank]!;
      const leftA = roomA[rank]! - (place === inA ? a[i]! : 0);
      const leftB = roomB[rank]! - (place === inB ? b[i]! : 0);
      const sum = paid[rank]! + (place === out ? cost[i]! : 0);
      if (leftA < -this.#overA || leftB < -this.#overB) continue;
      const least = sum + this.#rest[rank + 1]! - this.#prices.a * leftA - this.#prices.b * leftB;
      if (Math.max(least, sum) - this.#margin > this.#target) continue;
      chosen[rank] = place;
      rank++;
      paid[rank] = sum;
      roomA[rank] = leftA;
      roomB[rank] = leftB;
    }
    return true;
  }

  /** Weighs a packing exactly; true if it holds and is cheaper than what is known. */
  #weigh(chosen: Uint8Array): boolean {
    const { a, b, cost, roomA, roomB } = this.#packing;
    const places = new Uint8Array(chosen.length);
    let [sumA, sumB, sum] = [0n, 0n, 0n];
    chosen.forEach((place, rank) => {
      const i = this.#order[rank]!;
      places[i] = place;
      if (place === inA) sumA += a[i]!;
      else if (place === inB) sumB += b![i]!;
      else sum += cost[i]!;
    });
    if (sumA > roomA || sumB > roomB || sum > this.#atMost) return false;
    this.best = { cost: sum, places };
    this.#atMost = sum - 1n;
    this.#target = Number(this.#atMost);
    return true;
  }
}
