import type { Effort } from "./effort.ts";

/** A child of a gate: what it costs, and what it brings. */
export interface Item {
  readonly key: number;
  readonly price: bigint;
  readonly weight: bigint;
}

interface Cover {
  readonly keys: readonly number[];
  readonly price: bigint;
  /** No cover is cheaper; equal to `price` unless the effort did not suffice. */
  readonly low: bigint;
}

/** Items that weigh at least `need` together, as cheap as possible. Null if all together weigh less. */
export function cheapestCover(items: readonly Item[], need: bigint, effort: Effort): Cover | null {
  if (need <= 0n) return { keys: [], price: 0n, low: 0n };
  const total = items.reduce((sum, { weight }) => sum + weight, 0n);
  if (total < need) return null;
  const unit = items[0]!.weight;
  if (items.some(({ weight }) => weight !== unit)) return new CoverSearch(items, need).run(effort);
  const count = Number((need + unit - 1n) / unit);
  const chosen = [...items].sort(byPrice).slice(0, count);
  const price = chosen.reduce((sum, item) => sum + item.price, 0n);
  return { keys: chosen.map(({ key }) => key), price, low: price };
}

/** A choice among the first items. */
interface State {
  readonly weight: bigint;
  readonly price: bigint;
  /** The last item that was taken, and the choice before it. */
  readonly last: number;
  readonly before: State | null;
}

/**
 * Item after item, best ratio first, all choices that no other one beats in both weight and price (Nemhauser and Ullmann), without
 * those that cannot become cheaper than the best cover known: the rest at the best ratios, the last item in part, is a lower bound,
 * and with the last item whole a cover.
 */
class CoverSearch {
  readonly #items: readonly Item[];
  readonly #need: bigint;
  /** Weight and price of the items before each place. */
  readonly #weights: bigint[] = [0n];
  readonly #prices: bigint[] = [0n];
  /** The best cover: a choice, and the items from `from` to before `to` besides. */
  #best: {
    readonly state: State;
    readonly from: number;
    readonly to: number;
    readonly price: bigint;
  } | null = null;

  constructor(items: readonly Item[], need: bigint) {
    this.#items = items.filter(({ weight }) => weight > 0n).sort(byRatio);
    this.#need = need;
    for (const { weight, price } of this.#items) {
      this.#weights.push(this.#weights.at(-1)! + weight);
      this.#prices.push(this.#prices.at(-1)! + price);
    }
  }

  run(effort: Effort): Cover {
    let states: State[] = [{ weight: 0n, price: 0n, last: -1, before: null }];
    this.#bound(states[0]!, 0);
    for (const i of this.#items.keys()) {
      if (!effort.spend(states.length)) return this.#cover(states, i);
      states = this.#extend(states, i);
    }
    return this.#cover([], this.#items.length);
  }

  /** All choices with item i or without, by ascending weight and price, beaten and hopeless ones left out. */
  #extend(states: readonly State[], i: number): State[] {
    const { weight, price } = this.#items[i]!;
    const taken = states.map((before) => ({
      weight: before.weight + weight,
      price: before.price + price,
      last: i,
      before,
    }));
    const next: State[] = [];
    // From the heaviest down: whoever is not cheaper than a heavier one is beaten.
    let cheapest: bigint | null = null;
    for (let a = states.length - 1, b = taken.length - 1; a >= 0 || b >= 0; ) {
      const fromTaken = a < 0 || (b >= 0 && taken[b]!.weight >= states[a]!.weight);
      const state = fromTaken ? taken[b--]! : states[a--]!;
      if (cheapest !== null && state.price >= cheapest) continue;
      const bound = this.#bound(state, i + 1);
      if (bound === null || bound >= this.#best!.price) continue;
      cheapest = state.price;
      next.push(state);
    }
    return next.reverse();
  }

  /** The least price of a cover with this choice and items from `at` on; null: there is none. Takes note of one such cover. */
  #bound(state: State, at: number): bigint | null {
    const rest = this.#need - state.weight;
    let to = at;
    if (rest > 0n) {
      const weight = this.#weights[at]! + rest;
      let beyond = this.#items.length + 1;
      for (to = at + 1; to < beyond; ) {
        const middle = (to + beyond) >> 1;
        if (middle <= this.#items.length && this.#weights[middle]! < weight) to = middle + 1;
        else beyond = middle;
      }
      if (to > this.#items.length) return null;
    }
    const price = state.price + this.#prices[to]! - this.#prices[at]!;
    if (this.#best === null || price < this.#best.price) this.#best = { state, from: at, to, price };
    if (rest <= 0n) return price;
    const item = this.#items[to - 1]!;
    const part = this.#weights[at]! + rest - this.#weights[to - 1]!;
    return price - item.price + (item.price * part + item.weight - 1n) / item.weight;
  }

  /** The best cover; `open` are the choices among the first `at` items that were not pursued. */
  #cover(open: readonly State[], at: number): Cover {
    let low = this.#best!.price;
    for (const state of open) {
      const bound = this.#bound(state, at);
      if (bound !== null && bound < low) low = bound;
    }
    const { state, from, to, price } = this.#best!;
    const keys = this.#items.slice(from, to).map(({ key }) => key);
    for (let s: State | null = state; s !== null && s.last >= 0; s = s.before)
      keys.push(this.#items[s.last]!.key);
    return { keys, price, low: low < price ? low : price };
  }
}

function byPrice(a: Item, b: Item): number {
  return a.price < b.price ? -1 : a.price > b.price ? 1 : a.key - b.key;
}

function byRatio(a: Item, b: Item): number {
  const [left, right] = [a.price * b.weight, b.price * a.weight];
  return left < right
    ? -1
    : left > right
      ? 1
      : a.weight > b.weight
        ? -1
        : a.weight < b.weight
          ? 1
          : a.key - b.key;
}
