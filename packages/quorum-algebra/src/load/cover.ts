import type { Effort } from "./cheapest.ts";

/** A child of a gate: what it costs, and what it brings. */
export interface Item {
  readonly key: number;
  readonly price: bigint;
  readonly weight: bigint;
}

export interface Cover {
  readonly keys: readonly number[];
  readonly price: bigint;
  /** No cover is cheaper; equal to `price` unless the effort did not suffice. */
  readonly low: bigint;
}

/** Items that weigh at least `need` together, as cheap as possible. Null if all together weigh less. */
export function lightestCover(items: readonly Item[], need: bigint, effort: Effort): Cover | null {
  if (need <= 0n) return { keys: [], price: 0n, low: 0n };
  const total = items.reduce((sum, { weight }) => sum + weight, 0n);
  if (total < need) return null;
  if (items.every(({ weight }) => weight === items[0]!.weight)) {
    const count = Number((need + items[0]!.weight - 1n) / items[0]!.weight);
    const chosen = [...items].sort(byPrice).slice(0, count);
    const price = chosen.reduce((sum, item) => sum + item.price, 0n);
    return { keys: chosen.map(({ key }) => key), price, low: price };
  }
  return new CoverSearch(items, effort).run(need);
}

/** Depth first over the items, best ratio first; cut off by the price of taking the last item in part. */
class CoverSearch {
  readonly #items: readonly Item[];
  readonly #effort: Effort;
  /** Weight of the items from each place on. */
  readonly #rest: bigint[];
  #best: { keys: readonly number[]; price: bigint } | null = null;
  #complete = true;

  constructor(items: readonly Item[], effort: Effort) {
    this.#items = items.filter(({ weight }) => weight > 0n).sort(byRatio);
    this.#effort = effort;
    this.#rest = new Array<bigint>(this.#items.length + 1).fill(0n);
    for (let i = this.#items.length - 1; i >= 0; i--)
      this.#rest[i] = this.#rest[i + 1]! + this.#items[i]!.weight;
  }

  run(need: bigint): Cover {
    const low = this.#bound(0, need);
    this.#take(0, need, 0n, []);
    const { keys, price } = this.#best!;
    return { keys, price, low: this.#complete ? price : low };
  }

  #take(at: number, need: bigint, price: bigint, keys: number[]): void {
    if (this.#best !== null && price >= this.#best.price) return;
    if (need <= 0n) {
      this.#best = { keys: [...keys], price };
      return;
    }
    if (this.#rest[at]! < need) return;
    if (this.#best !== null) {
      if (price + this.#bound(at, need) >= this.#best.price) return;
      if (!this.#effort.spend()) {
        this.#complete = false;
        return;
      }
    }
    const item = this.#items[at]!;
    keys.push(item.key);
    this.#take(at + 1, need - item.weight, price + item.price, keys);
    keys.pop();
    this.#take(at + 1, need, price, keys);
  }

  /** At least so much for the rest: best ratios first, the last one in part, rounded up. */
  #bound(at: number, need: bigint): bigint {
    let price = 0n;
    let rest = need;
    for (let i = at; i < this.#items.length && rest > 0n; i++) {
      const item = this.#items[i]!;
      if (item.weight >= rest) return price + (item.price * rest + item.weight - 1n) / item.weight;
      price += item.price;
      rest -= item.weight;
    }
    return price;
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
