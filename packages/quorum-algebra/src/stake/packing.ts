import type { Method } from "../answers.ts";
import type { Budget } from "../limits.ts";
import { Dive, type Packed } from "./dive.ts";
import {
  bestPrices,
  inA,
  inB,
  leastCost,
  out,
  type Packing,
  type Prices,
  type Rough,
  roughly,
} from "./prices.ts";

export interface PackingResult {
  /** The cheapest packing found; null if none costs `atMost` or less, as far as was looked. */
  readonly best: Packed | null;
  /** No packing is cheaper. The cost of `best` if that is the optimum. */
  readonly low: bigint;
  /** Whether nothing was left unlooked at: `best` is the optimum, or cheap enough, or there is none. */
  readonly complete: boolean;
  /** The linear relaxation alone, one dive into all, or parts of it. */
  readonly method: Method;
}

/** Only packings that cost `atMost` or less count; the first that costs `enough` or less ends the search. */
export interface PackingWish {
  readonly atMost: bigint;
  readonly enough: bigint;
  /** Of the budget, steps that this search may take at most. */
  readonly maxSteps?: number;
  /** Steps of a dive before a part is split. */
  readonly diveSteps?: number;
}

interface Part {
  readonly low: bigint;
  readonly open: Open;
}

/** A part of the search: where each item may go, as bits, and what is left to pack. */
interface Open {
  readonly places: Uint8Array;
  readonly items: readonly number[];
  readonly packing: Packing;
  readonly rough: Rough;
  readonly prices: Prices;
  readonly paid: bigint;
}

const diveStepsDefault = 4_000;
/** And for each item at least so many: a dive must be able to reach the ground. */
const diveStepsPerItem = 8;
/** What finding the prices of an item costs, in steps of a dive. */
const pricing = 40;

/**
 * Cheapest packing, by branch and bound. The part with the lowest bound of its linear relaxation is dived into; if that does
 * not settle it, it is split at the item most in doubt. Bounds are exact whole numbers that are surely not too high, and
 * packings are weighed exactly, so what is answered holds for stakes of any size.
 */
export function pack(packing: Packing, wish: PackingWish, budget: Budget): PackingResult {
  let best: Packed | null = null;
  let method: Method = "dive under the relaxation";
  const end = budget.steps + (wish.maxSteps ?? Infinity);
  const diveSteps = wish.diveSteps ?? Math.max(diveStepsDefault, diveStepsPerItem * packing.a.length);
  const parts = new Parts();
  const atMost = (): bigint => (best === null ? wish.atMost : best.cost - 1n);
  const partOf = (may: Uint8Array): Part | null => {
    const open = openOf(packing, may);
    if (open === null) return null;
    budget.spend(pricing * open.items.length);
    const low = open.paid + leastCost(open.rough, open.prices);
    return low <= atMost() ? { low, open } : null;
  };

  const all = partOf(new Uint8Array(packing.a.length).fill(packing.b === null ? inA | out : inA | inB | out));
  if (all === null) return { best, low: wish.atMost + 1n, complete: true, method: "linear relaxation" };
  parts.push(all);
  for (let part = parts.pop(); part !== null && part.low <= atMost(); part = parts.pop()) {
    const { open, low } = part;
    const dive = new Dive(open.packing, open.rough, open.prices, atMost() - open.paid);
    const settled = dive.run(wish.enough - open.paid, budget, diveSteps);
    if (dive.best !== null) best = whole(open, dive.best);
    if (best !== null && best.cost <= wish.enough) return { best, low: all.low, complete: true, method };
    if (budget.over || budget.steps > end) return { best, low, complete: false, method };
    if (settled) continue;
    method = "branch and bound";
    const { cuts } = open.prices;
    const halves = (cuts.length > 0 ? cuts : [dive.doubtful]).map(
      ({ item, place }): Halves => [
        partOf(restricted(open.places, open.items[item]!, place)),
        partOf(restricted(open.places, open.items[item]!, ~place)),
      ],
    );
    for (const half of halves.reduce(better)) if (half !== null) parts.push(half);
  }
  return { best, low: best?.cost ?? wish.atMost + 1n, complete: true, method };
}

/** A part in two; null where nothing cheap enough is left. */
type Halves = readonly [Part | null, Part | null];

/** Of two ways to split a part, the one that raises the bound more. */
function better(one: Halves, two: Halves): Halves {
  const least = (halves: Halves): bigint | null =>
    halves.reduce<bigint | null>(
      (low, half) => (half === null || (low !== null && low < half.low) ? low : half.low),
      null,
    );
  const [first, second] = [least(one), least(two)];
  return first === null || (second !== null && first >= second) ? one : two;
}

function restricted(places: Uint8Array, item: number, to: number): Uint8Array {
  const next = places.slice();
  next[item]! &= to;
  return next;
}

/** What is left to do when some items have their place; null if they do not fit. */
function openOf({ a, b, cost, roomA, roomB }: Packing, may: Uint8Array): Open | null {
  may.forEach((bits, i) => {
    if (bits === inA) roomA -= a[i]!;
    else if (bits === inB) roomB -= b![i]!;
  });
  if (roomA < 0n || roomB < 0n) return null;
  const items: number[] = [];
  const places = may.map((bits, i) => {
    if (bits === inA || bits === inB) return bits;
    return bits & ~(a[i]! > roomA ? inA : 0) & ~(b !== null && b[i]! > roomB ? inB : 0);
  });
  let paid = 0n;
  places.forEach((bits, i) => {
    if (bits === out) paid += cost[i]!;
    else if (bits !== inA && bits !== inB) items.push(i);
  });
  const pick = (values: readonly bigint[]): bigint[] => items.map((i) => values[i]!);
  const packing = { a: pick(a), b: b === null ? null : pick(b), cost: pick(cost), roomA, roomB };
  const rough = roughly(
    packing,
    Uint8Array.from(items, (i) => places[i]!),
  );
  return { items, places, packing, rough, prices: bestPrices(rough), paid };
}

function whole(open: Open, found: Packed): Packed {
  const places = open.places.slice();
  found.places.forEach((place, at) => {
    places[open.items[at]!] = place;
  });
  return { cost: open.paid + found.cost, places };
}

/** A heap: the lowest bound first; of equal ones the youngest, which is the furthest along. */
class Parts {
  readonly #heap: { readonly part: Part; readonly age: number }[] = [];
  #age = 0;

  push(part: Part): void {
    const heap = this.#heap;
    let at = heap.push({ part, age: this.#age++ }) - 1;
    while (at > 0 && this.#before(at, (at - 1) >> 1)) at = this.#swap(at, (at - 1) >> 1);
  }

  pop(): Part | null {
    const heap = this.#heap;
    const top = heap[0];
    if (top === undefined) return null;
    const last = heap.pop()!;
    if (heap.length > 0) {
      heap[0] = last;
      for (let at = 0; ; ) {
        const left = 2 * at + 1;
        const child = left + 1 < heap.length && this.#before(left + 1, left) ? left + 1 : left;
        if (child >= heap.length || !this.#before(child, at)) break;
        at = this.#swap(at, child);
      }
    }
    return top.part;
  }

  #before(i: number, j: number): boolean {
    const [x, y] = [this.#heap[i]!, this.#heap[j]!];
    return x.part.low === y.part.low ? x.age > y.age : x.part.low < y.part.low;
  }

  #swap(i: number, j: number): number {
    [this.#heap[i], this.#heap[j]] = [this.#heap[j]!, this.#heap[i]!];
    return j;
  }
}
