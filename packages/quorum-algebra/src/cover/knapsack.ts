/** A child of a weighted gate: what it costs and what it brings. Prices are finite. */
export interface Item {
  readonly edge: number;
  readonly price: number;
  readonly weight: bigint;
}

export interface Packing {
  readonly cost: number;
  readonly chosen: readonly number[];
}

/** Integer prices up to this sum are given a table. */
const tableMax = 10_000;

/**
 * Cheapest items that weigh at least `need` together. Exact if all prices but 0 are equal (heaviest first) or all prices are
 * integers of a moderate sum (table by cost); otherwise `cost` is a lower bound (the last item taken in part) and `chosen` still weighs enough.
 */
export function knapsack(items: readonly Item[], need: bigint): Packing {
  const free = items.filter(({ price }) => price === 0);
  const paid = items.filter(({ price }) => price > 0);
  const rest = need - weigh(free);
  const chosen = free.map(({ edge }) => edge);
  if (rest <= 0n) return { cost: 0, chosen };
  if (weigh(paid) < rest) return { cost: Infinity, chosen: [] };
  const price = paid[0]!.price;
  const packed = paid.every((item) => item.price === price)
    ? heaviestFirst(paid, rest)
    : hasTable(paid)
      ? byCost(paid, rest)
      : fractional(paid, rest);
  return { cost: packed.cost, chosen: [...chosen, ...packed.chosen] };
}

function hasTable(items: readonly Item[]): boolean {
  return (
    items.every(({ price }) => Number.isInteger(price)) &&
    items.reduce((sum, { price }) => sum + price, 0) <= tableMax
  );
}

function heaviestFirst(items: readonly Item[], need: bigint): Packing {
  const chosen: number[] = [];
  let cost = 0;
  let rest = need;
  for (const item of [...items].sort(heavierFirst)) {
    if (rest <= 0n) break;
    chosen.push(item.edge);
    cost += item.price;
    rest -= item.weight;
  }
  return { cost, chosen };
}

interface Load {
  readonly weight: bigint;
  readonly last: Item | null;
  readonly before: Load | null;
}

/** `best[c]`: the heaviest load of price exactly c. Prices are positive integers. */
function byCost(items: readonly Item[], need: bigint): Packing {
  const costMax = items.reduce((sum, { price }) => sum + price, 0);
  const best: (Load | null)[] = new Array(costMax + 1).fill(null);
  best[0] = { weight: 0n, last: null, before: null };
  for (const item of items) {
    for (let c = costMax; c >= item.price; c--) {
      const before = best[c - item.price]!;
      if (before === null) continue;
      const weight = before.weight + item.weight;
      const known = best[c] ?? null;
      if (known === null || weight > known.weight) best[c] = { weight, last: item, before };
    }
  }
  // The caller has checked that all items together weigh enough, so some cost suffices.
  const cost = best.findIndex((load) => load !== null && load.weight >= need);
  const chosen: number[] = [];
  for (let load: Load | null = best[cost]!; load?.last; load = load.before) chosen.push(load.last.edge);
  return { cost, chosen };
}

function fractional(items: readonly Item[], need: bigint): Packing {
  const chosen: number[] = [];
  let cost = 0;
  let rest = need;
  const ratio = ({ price, weight }: Item): number => price / Number(weight);
  for (const item of [...items].sort((a, b) => ratio(a) - ratio(b))) {
    if (rest <= 0n) break;
    chosen.push(item.edge);
    cost += item.weight <= rest ? item.price : (item.price * Number(rest)) / Number(item.weight);
    rest -= item.weight;
  }
  return { cost, chosen };
}

function weigh(items: readonly Item[]): bigint {
  return items.reduce((sum, { weight }) => sum + weight, 0n);
}

function heavierFirst(a: Item, b: Item): number {
  return a.weight > b.weight ? -1 : a.weight < b.weight ? 1 : a.edge - b.edge;
}
