import type { Budget } from "../limits.ts";

/** Validators, by index, and what they have together. */
export interface Handful {
  readonly tickets: number;
  readonly chosen: readonly number[];
}

/**
 * The most tickets that validators with at most `stakeMax` have. With `allowed` the answer may be short of the most, but is
 * on the same side of it. Null if the budget does not suffice.
 *
 * Taking tickets where they are cheapest, the last one in part, bounds the most from above, and without that part from
 * below; usually this tells. Otherwise by table: the least stake for every number of tickets.
 */
export function heaviestUnder(
  stakes: readonly bigint[],
  counts: readonly number[],
  stakeMax: bigint,
  allowed: number | null,
  budget: Budget,
): Handful | null {
  const order = counts.flatMap((count, i) => (count > 0 ? [i] : []));
  order.sort((i, j) => compare(stakes[i]! * BigInt(counts[j]!), stakes[j]! * BigInt(counts[i]!)) || i - j);
  if (!budget.spend(order.length)) return null;
  const greedy = fill(order, stakes, counts, stakeMax);
  if (allowed === null ? greedy.tickets === greedy.most : greedy.most <= allowed || greedy.tickets > allowed)
    return greedy;
  return byTable(order, stakes, counts, stakeMax, budget);
}

/** Greedy handful, and what no handful exceeds. Later ones that still fit are taken, too. */
function fill(
  order: readonly number[],
  stakes: readonly bigint[],
  counts: readonly number[],
  stakeMax: bigint,
): Handful & { readonly most: number } {
  const chosen: number[] = [];
  let room = stakeMax;
  let tickets = 0;
  let most: number | null = null;
  for (const i of order) {
    if (stakes[i]! <= room) {
      room -= stakes[i]!;
      tickets += counts[i]!;
      chosen.push(i);
    } else most ??= tickets + Number((BigInt(counts[i]!) * room) / stakes[i]!);
  }
  return { tickets, chosen, most: most ?? tickets };
}

/** `least[t]`: the least stake of validators with exactly t tickets; `took[i]` marks where the i-th of the order improved it. */
function byTable(
  order: readonly number[],
  stakes: readonly bigint[],
  counts: readonly number[],
  stakeMax: bigint,
  budget: Budget,
): Handful | null {
  const total = order.reduce((sum, i) => sum + counts[i]!, 0);
  const least: (bigint | null)[] = new Array(total + 1).fill(null);
  least[0] = 0n;
  const took: Uint8Array[] = [];
  let reached = 0;
  for (const i of order) {
    const [count, stake] = [counts[i]!, stakes[i]!];
    const marks = new Uint8Array(total + 1);
    reached += count;
    if (!budget.spend(reached)) return null;
    for (let t = reached; t >= count; t--) {
      const before = least[t - count]!;
      if (before === null) continue;
      const known = least[t]!;
      const sum = before + stake;
      if (sum > stakeMax || (known !== null && known <= sum)) continue;
      least[t] = sum;
      marks[t] = 1;
    }
    took.push(marks);
  }
  const tickets = least.findLastIndex((stake) => stake !== null);
  const chosen: number[] = [];
  for (let at = order.length - 1, t = tickets; at >= 0; at--) {
    if (took[at]![t] !== 1) continue;
    chosen.push(order[at]!);
    t -= counts[order[at]!]!;
  }
  return { tickets, chosen };
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
