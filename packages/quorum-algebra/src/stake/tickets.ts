import type { NodeId } from "@eunomia/engine";
import type { Limits, Method, Unknown } from "../answers.ts";
import { QuorumError } from "../errors.ts";
import { Budget } from "../limits.ts";
import { ceilDiv, type Fraction, type FractionLike, fraction, printFraction } from "./fractions.ts";
import { heaviestUnder } from "./ticket-check.ts";
import type { ValidatorSet } from "./validators.ts";

/**
 * What tickets must keep of the stake, with fractions a and b of the totals W (stake) and T (tickets):
 *
 * - `restriction` (a < b): who has less than a of the stake has less than b of the tickets;
 * - `qualification` (a > b): who has more than a of the stake has more than b of the tickets;
 * - `separation` (a < b): who has less than a of the stake has fewer tickets than whoever has more than b.
 */
export interface TicketRule {
  readonly kind: "restriction" | "qualification" | "separation";
  readonly a: FractionLike;
  readonly b: FractionLike;
}

/** Two groups that break the rule: `more` has as many tickets as it must not have. `other` only for a separation. */
export interface TicketViolation {
  readonly more: readonly NodeId[];
  readonly other: readonly NodeId[];
}

/** `holds` is null when a limit was reached. */
export type TicketVerdict =
  | { readonly holds: true; readonly method: Method }
  | { readonly holds: false; readonly method: Method; readonly witness: TicketViolation }
  | { readonly holds: null; readonly reason: Unknown; readonly steps: number };

/** Few tickets in place of many coins. */
export interface Tickets {
  /** Tickets of every validator; those with none are listed, too. */
  readonly of: ReadonlyMap<NodeId, number>;
  readonly total: number;
  /** The total that the theorem promises at most. */
  readonly bound: number;
  /** One ticket less, handed out the same way, breaks the rule. False if a limit was reached before that was known. */
  readonly minimal: boolean;
  readonly method: Method;
  /** Checks the rule for these tickets anew, against the stakes. */
  verify(limits?: Limits): TicketVerdict;
}

/** The rule in exact terms. A qualification is the restriction of those who are left out. */
interface Exact {
  readonly kind: "restriction" | "separation";
  readonly a: Fraction;
  readonly b: Fraction;
  /** Added before rounding down. */
  readonly c: Fraction;
}

const maxStepsDefault = 20_000_000;

/**
 * Weight reduction (Tonkikh, Freitas: Swiper, PODC 2024): t = floor(s * stake + c), with the least number of tickets found by
 * halving. Protocols that need one share per unit of stake can then run with about as many shares as validators.
 *
 * The number is a local optimum: with one ticket less, this way of handing out breaks the rule; other ways are not tried.
 *
 * @example
 * reduceWeights(hub, { kind: "restriction", a: "1/3", b: "1/2" }).total;
 * @throws QuorumError `fraction` unless both are between 0 and 1, in the order that the rule asks for.
 */
export function reduceWeights(set: ValidatorSet, rule: TicketRule, limits: Limits = {}): Tickets {
  const exact = exactRule(rule);
  const budget = new Budget(limits, maxStepsDefault);
  const bound = ticketBound(exact, set.validators.length);
  const stakes = set.validators.map(({ stake }) => stake);
  let low = 0;
  let high = bound;
  let settled = true;
  while (high - low > 1 && settled) {
    const middle = Math.floor((low + high) / 2);
    const verdict = check(stakes, handOut(stakes, exact.c, middle), exact, budget);
    if (verdict === "holds") high = middle;
    else if (verdict === "limit") settled = false;
    else low = middle;
  }
  const counts = handOut(stakes, exact.c, high);
  return {
    of: new Map(set.validators.map(({ id }, i) => [id, counts[i]!])),
    total: high,
    bound,
    minimal: settled,
    method: high === bound ? "the bound of the theorem" : "halving, checked by knapsack",
    verify: (verifyLimits = {}) =>
      verifyTickets(set, new Map(set.validators.map(({ id }, i) => [id, counts[i]!])), rule, verifyLimits),
  };
}

/**
 * Do tickets, from wherever, keep the rule? With a group that breaks it if they do not.
 *
 * @throws QuorumError `fraction` as `reduceWeights`; `weight` for a validator without a whole number of tickets.
 */
export function verifyTickets(
  set: ValidatorSet,
  tickets: ReadonlyMap<NodeId, number>,
  rule: TicketRule,
  limits: Limits = {},
): TicketVerdict {
  const exact = exactRule(rule);
  const budget = new Budget(limits, maxStepsDefault);
  const counts = set.validators.map(({ id }) => {
    const count = tickets.get(id);
    if (count === undefined || !Number.isSafeInteger(count) || count < 0)
      throw new QuorumError("weight", `tickets of ${id}`, "a whole number of at least 0", count);
    return count;
  });
  const stakes = set.validators.map(({ stake }) => stake);
  const verdict = check(stakes, counts, exact, budget);
  const method = "knapsack";
  if (verdict === "holds") return { holds: true, method };
  if (verdict === "limit") return { holds: null, reason: "limit", steps: budget.steps };
  const ids = (chosen: readonly number[]): readonly NodeId[] => chosen.map((i) => set.validators[i]!.id);
  const rest = (chosen: readonly number[]): readonly number[] => {
    const inside = new Set(chosen);
    return counts.flatMap((_, i) => (inside.has(i) ? [] : [i]));
  };
  const { light, others } = verdict;
  if (rule.kind === "separation")
    return { holds: false, method, witness: { more: ids(light), other: ids(rest(others)) } };
  // Those who keep the others from having enough are the ones who have too many.
  const more = rule.kind === "qualification" ? rest(light) : light;
  return { holds: false, method, witness: { more: ids(more), other: [] } };
}

function exactRule({ kind, a, b }: TicketRule): Exact {
  const [first, second] = [fraction(a), fraction(b)];
  const inside = ([top, bottom]: Fraction): boolean => top > 0n && top < bottom;
  const below = first[0] * second[1] < second[0] * first[1];
  const above = first[0] * second[1] > second[0] * first[1];
  if (!inside(first) || !inside(second) || !(kind === "qualification" ? above : below))
    throw new QuorumError(
      "fraction",
      kind,
      `fractions between 0 and 1, a ${kind === "qualification" ? "above" : "below"} b`,
      `a ${printFraction(first)}, b ${printFraction(second)}`,
    );
  if (kind === "qualification") {
    const [x, y] = [first, second].map(([top, bottom]): Fraction => [bottom - top, bottom]);
    return { kind: "restriction", a: x!, b: y!, c: x! };
  }
  const middle: Fraction = [first[0] * second[1] + second[0] * first[1], 2n * first[1] * second[1]];
  return { kind, a: first, b: second, c: kind === "separation" ? middle : first };
}

/** Totals from which on the rule is known to hold: a(1-a)/(b-a) n, and (a+b)(1-a)/(b-a) n for a separation. */
function ticketBound({ kind, a: [p, q], b: [r, s] }: Exact, count: number): number {
  const gap = r * q - p * s;
  const top = kind === "restriction" ? p * (q - p) * s : (p * s + r * q) * (q - p);
  return Number(ceilDiv(top * BigInt(count), q * gap));
}

/**
 * The first `total` tickets when s grows from 0: a validator gets its m-th as soon as s * stake + c reaches m. Ties go to
 * the heavier, then to the first in order. This is how parliaments give out seats by divisors.
 */
export function handOut(stakes: readonly bigint[], [p, q]: Fraction, total: number): number[] {
  const all = stakes.reduce((sum, stake) => sum + stake, 0n);
  const n = BigInt(stakes.length);
  // With s = (total - n c) / W nobody has more than its final number, and few tickets are left.
  const room = BigInt(total) * q - n * p;
  const counts = stakes.map((stake) => (room > 0n ? Number((room * stake + p * all) / (q * all)) : 0));
  let left = total - counts.reduce((sum, count) => sum + count, 0);
  // When the next ticket of a validator falls due: (m q - p) / (q stake).
  const due = (i: number): bigint => BigInt(counts[i]! + 1) * q - p;
  const before = (i: number, j: number): boolean => {
    const [x, y] = [due(i) * stakes[j]!, due(j) * stakes[i]!];
    return x === y ? i < j : x < y;
  };
  const heap = stakes.map((_, i) => i).sort((i, j) => (before(i, j) ? -1 : 1));
  for (; left > 0; left--) {
    counts[heap[0]!]!++;
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && before(heap[child]!, heap[least]!)) least = child;
      if (least === at) break;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }
  return counts;
}

/** Indices of those who have too many tickets for their stake; of a separation, also of those whom the others do without. */
interface Broken {
  readonly light: readonly number[];
  readonly others: readonly number[];
}

function check(
  stakes: readonly bigint[],
  counts: readonly number[],
  { kind, a, b }: Exact,
  budget: Budget,
): "holds" | "limit" | Broken {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const all = stakes.reduce((sum, stake) => sum + stake, 0n);
  const below = ([p, q]: Fraction): bigint => ceilDiv(p * all, q) - 1n;
  if (kind === "restriction") {
    const [r, s] = b;
    const allowed = Number(ceilDiv(r * BigInt(total), s)) - 1;
    const light = heaviestUnder(stakes, counts, below(a), allowed, budget);
    return light === null
      ? "limit"
      : light.tickets <= allowed
        ? "holds"
        : { light: light.chosen, others: [] };
  }
  // Whoever has more than b leaves less than 1 - b of the stake to the others.
  const light = heaviestUnder(stakes, counts, below(a), null, budget);
  const others =
    light && heaviestUnder(stakes, counts, below([b[1] - b[0], b[1]]), total - light.tickets - 1, budget);
  if (light === null || others === null) return "limit";
  return light.tickets + others.tickets < total ? "holds" : { light: light.chosen, others: others.chosen };
}
