/**
 * Two bags with room for `roomA` and `roomB`. Every item goes into the first (where it weighs `a`), into the second (where it
 * weighs `b`), or stays out at a cost. One array entry per item; without `b` there is no second bag.
 */
export interface Packing {
  readonly a: readonly bigint[];
  readonly b: readonly bigint[] | null;
  readonly cost: readonly bigint[];
  readonly roomA: bigint;
  readonly roomB: bigint;
}

/** Places of an item, as bits: the first bag, the second, out. */
export const inA = 1;
export const inB = 2;
export const out = 4;

/** A packing in floating point, which only proposes, and where each item may still go: out in any case. */
export interface Rough {
  readonly count: number;
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly cost: Float64Array;
  readonly may: Uint8Array;
  readonly roomA: number;
  readonly roomB: number;
}

export interface Cut {
  readonly item: number;
  readonly place: number;
}

/** Prices per unit of weight in either bag. Any prices of at least 0 give a lower bound of the cost. */
export interface Prices {
  readonly a: number;
  readonly b: number;
  /** Items that the relaxation would have to cut, and the bag that cuts them: at most one for each bag. */
  readonly cuts: readonly Cut[];
}

export function roughly({ a, b, cost, roomA, roomB }: Packing, may: Uint8Array): Rough {
  return {
    count: a.length,
    a: Float64Array.from(a, Number),
    b: b === null ? new Float64Array(a.length) : Float64Array.from(b, Number),
    cost: Float64Array.from(cost, Number),
    may,
    roomA: Number(roomA),
    roomB: Number(roomB),
  };
}

/** What an item costs in a place, under the prices; infinite where it may not go. */
export function costIn({ a, b, cost, may }: Rough, prices: Prices, i: number, place: number): number {
  if ((may[i]! & place) === 0) return Infinity;
  return place === inA ? prices.a * a[i]! : place === inB ? prices.b * b[i]! : cost[i]!;
}

/** What an item costs where that is least. */
export function leastIn(rough: Rough, prices: Prices, i: number): number {
  return Math.min(
    costIn(rough, prices, i, inA),
    costIn(rough, prices, i, inB),
    costIn(rough, prices, i, out),
  );
}

/** Whoever pays for room instead of respecting it pays at most what the best packing costs (Lagrange). */
function bound(rough: Rough, prices: Prices): number {
  let sum = -prices.a * rough.roomA - prices.b * rough.roomB;
  for (let i = 0; i < rough.count; i++) sum += leastIn(rough, prices, i);
  return sum;
}

/** The bound as a whole number that is surely not too high. */
export function leastCost(rough: Rough, prices: Prices): bigint {
  const value = Math.ceil(bound(rough, prices) - margin(rough, prices));
  return value > 0 ? BigInt(value) : 0n;
}

/** More than all roundings of a sum of this size can amount to. */
export function margin({ count, a, b, cost, roomA, roomB }: Rough, prices: Prices): number {
  const size = total(cost) + prices.a * (total(a) + roomA) + prices.b * (total(b) + roomB);
  return 4 * (count + 16) * Number.EPSILON * size;
}

/** The sum of an array. */
export function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Halvings: they leave the price right to about nine digits. */
const rounds = 40;
/** A price may be below every ratio of cost and weight where the second bag is the better place; not by more than e^30. */
const belowLeast = 30;

/**
 * Prices that make the bound about as high as it gets: that of the linear relaxation. The bound is concave in both prices.
 * Given the first, the second is found by filling the second bag; the first by halving on a logarithmic scale, since the
 * first bag is overfull if and only if room in it is too cheap.
 */
export function bestPrices(rough: Rough): Prices {
  let low = Infinity;
  let high = 0;
  for (let i = 0; i < rough.count; i++) {
    const ratio = rough.cost[i]! / rough.a[i]!;
    if (ratio > 0 && ratio < low) low = ratio;
    if (ratio > high) high = ratio;
  }
  const filler = new Filler(rough);
  if (high === 0 || !filler.overfull(0)) return filler.prices(0);
  low = Math.log(low) - belowLeast;
  high = Math.log(high);
  for (let round = 0; round < rounds; round++) {
    const middle = (low + high) / 2;
    if (filler.overfull(Math.exp(middle))) low = middle;
    else high = middle;
  }
  return filler.prices(Math.exp(high));
}

class Filler {
  readonly #rough: Rough;
  readonly #worth: Float64Array;
  readonly #order: Uint32Array;

  constructor(rough: Rough) {
    this.#rough = rough;
    this.#worth = new Float64Array(rough.count);
    this.#order = Uint32Array.from({ length: rough.count }, (_, i) => i);
  }

  /** The best price of the second bag, given that of the first: where the items that pay most for it fill it. */
  prices(a: number): Prices {
    const cut = this.#fill(a);
    const item = this.#order[cut.at];
    const cutByA = this.#cutByA(a, cut.at);
    if (item === undefined) return { a, b: 0, cuts: cutByA };
    // An item that just does not fit sets the price even if nothing of it does.
    const b = Math.max(0, this.#worth[item]!);
    return { a, b, cuts: cut.left < 1 ? [{ item, place: inB }, ...cutByA] : cutByA };
  }

  /** At this price of the first bag, do the items that want to be in it exceed its room? */
  overfull(price: number): boolean {
    const { a, cost, count, may, roomA } = this.#rough;
    const cut = this.#fill(price);
    let weight = 0;
    for (let at = cut.at; at < count; at++) {
      const i = this.#order[at]!;
      if ((may[i]! & inA) !== 0 && price * a[i]! < cost[i]!)
        weight += at === cut.at ? a[i]! * cut.left : a[i]!;
    }
    return weight > roomA;
  }

  /** Of the items from `from` on, those that save most per weight fill the first bag; the one that no longer fits. */
  #cutByA(price: number, from: number): readonly Cut[] {
    const { a, cost, may, roomA } = this.#rough;
    if (price === 0) return [];
    const wanting = [...this.#order.subarray(from)].filter((i) => (may[i]! & inA) !== 0);
    wanting.sort((i, j) => cost[j]! / a[j]! - cost[i]! / a[i]!);
    let room = roomA;
    for (const item of wanting) {
      room -= a[item]!;
      if (room < 0) return [{ item, place: inA }];
    }
    return [];
  }

  /** Which item, in the order of their worth to the second bag, is the first not wholly in it; and what part of it is left. */
  #fill(price: number): { at: number; left: number } {
    const { a, b, cost, count, may, roomB } = this.#rough;
    const worth = this.#worth;
    for (let i = 0; i < count; i++) {
      const elsewhere = (may[i]! & inA) === 0 ? cost[i]! : Math.min(cost[i]!, price * a[i]!);
      worth[i] = (may[i]! & inB) === 0 ? -1 : elsewhere / b[i]!;
    }
    this.#order.sort((i, j) => worth[j]! - worth[i]!);
    let room = roomB;
    for (let at = 0; at < count; at++) {
      const i = this.#order[at]!;
      if (worth[i]! <= 0) return { at, left: 1 };
      if (b[i]! > room) return { at, left: (b[i]! - room) / b[i]! };
      room -= b[i]!;
    }
    return { at: count, left: 0 };
  }
}
