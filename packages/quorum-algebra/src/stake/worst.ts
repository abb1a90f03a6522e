import type { NodeId } from "@eunomia/engine";
import type { Bounded, Limits } from "../answers.ts";
import { QuorumError } from "../errors.ts";
import { Budget } from "../limits.ts";
import { type ChainPair, type Disagreement, disagreement, type SharedOperator } from "./chains.ts";
import { pack } from "./packing.ts";
import { inA, inB } from "./prices.ts";

/** What an attack costs: stake on the left or on the right chain, the number of operators, or any cost of at least 0. */
export type AttackCost = "left" | "right" | "count" | ((id: NodeId) => bigint);

/** The cheapest attack: what it costs, and one that costs it (or the upper bound). */
export interface WorstCase {
  readonly least: Bounded<bigint>;
  readonly attack: Disagreement;
  /** Stake of its Byzantine operators on the left chain and on the right. */
  readonly stakes: readonly [bigint, bigint];
}

const maxStepsDefault = 5_000_000;

/**
 * The least that must be Byzantine for learners of the two chains to disagree. 0: nothing can be promised even if everybody
 * is honest. By branch and bound with the linear relaxation as bound; where a limit is reached, bounds that hold (for
 * stakes with many digits they usually differ in the ninth digit or later). Promise the lower one.
 *
 * @example
 * worstCase(pair, "count"); // { least: { kind: "exact", value: 2n, … }, attack: { byzantine: [ … two ids ], … }, … }
 * @throws QuorumError `weight` for a cost that is no bigint of at least 0.
 */
export function worstCase(pair: ChainPair, cost: AttackCost, limits: Limits = {}): WorstCase {
  const costs = pair.shared.map((operator) => costOf(operator, cost));
  return cheapestAttack(pair, costs, new Budget(limits, maxStepsDefault));
}

function costOf({ id, stakes }: SharedOperator, cost: AttackCost): bigint {
  if (cost === "count") return 1n;
  if (cost === "left" || cost === "right") return stakes[cost === "left" ? 0 : 1];
  const value = cost(id);
  if (typeof value !== "bigint" || value < 0n)
    throw new QuorumError("weight", `cost of ${id}`, "a bigint of at least 0n", value);
  return value;
}

function cheapestAttack(
  pair: ChainPair,
  costs: readonly bigint[],
  budget: Budget,
  maxSteps = Infinity,
): WorstCase {
  const { shared, slack } = pair;
  const all = costs.reduce((sum, value) => sum + value, 0n);
  const found = pack(
    {
      a: shared.map(({ stakes }) => stakes[0]),
      b: shared.map(({ stakes }) => stakes[1]),
      cost: costs,
      roomA: slack[0],
      roomB: slack[1],
    },
    { atMost: all, enough: 0n, maxSteps },
    budget,
  );
  // Corrupting everybody always works, so there is an attack even if the search found none in time.
  const places = found.best?.places ?? new Uint8Array(shared.length);
  const idsIn = (place: number): Set<NodeId> =>
    new Set(shared.filter((_, i) => places[i] === place).map(({ id }) => id));
  const attack = disagreement(pair, idsIn(inA), idsIn(inB));
  const caught = shared.filter((_, i) => places[i] !== inA && places[i] !== inB);
  const high = found.best?.cost ?? all;
  const { method } = found;
  const least: Bounded<bigint> =
    found.low >= high
      ? { kind: "exact", value: high, method }
      : { kind: "bounds", low: found.low, high, method };
  const stakes = ([0, 1] as const).map((side) => caught.reduce((sum, op) => sum + op.stakes[side], 0n));
  return { least, attack, stakes: [stakes[0]!, stakes[1]!] };
}

/** Attacks none of which is cheaper on both chains than another; the corners of the lower left hull of all attacks. */
export interface AttackFront {
  /** By growing stake on the left chain, so by falling stake on the right. */
  readonly corners: readonly WorstCase[];
  /** False if a limit was reached: a corner may be missing, or slightly inside. */
  readonly complete: boolean;
}

const stepsPerCorner = 500_000;
/** Corners that are listed without `maxCount`. */
const cornersDefault = 32;

/**
 * What an attacker can trade: stake on one chain against stake on the other. Lists the corners of the convex hull, each the
 * cheapest attack for some exchange rate between the two; attacks between two corners that lie above their line are not listed.
 */
export function attackFront(pair: ChainPair, limits: Limits = {}): AttackFront {
  const budget = new Budget(limits, maxStepsDefault);
  const maxCount = limits.maxCount ?? cornersDefault;
  let complete = true;
  const cheapest = (left: bigint, right: bigint): WorstCase => {
    const costs = pair.shared.map(({ stakes }) => left * stakes[0] + right * stakes[1]);
    // No single exchange rate may use up what the others need.
    const found = cheapestAttack(pair, costs, budget, stepsPerCorner);
    if (found.least.kind !== "exact") complete = false;
    return found;
  };
  const corners = [cheapest(1n, 0n), cheapest(0n, 1n)];
  const gaps: [WorstCase, WorstCase][] = [[corners[0]!, corners[1]!]];
  for (let gap = gaps.pop(); gap !== undefined; gap = gaps.pop()) {
    const [p, q] = gap;
    const [left, right] = [p.stakes[1] - q.stakes[1], q.stakes[0] - p.stakes[0]];
    if (left <= 0n || right <= 0n) continue;
    if (budget.over || corners.length >= maxCount) {
      complete = false;
      break;
    }
    const found = cheapest(left, right);
    const value = ({ stakes }: WorstCase): bigint => left * stakes[0] + right * stakes[1];
    if (value(found) >= value(p)) continue;
    corners.push(found);
    gaps.push([p, found], [found, q]);
  }
  return { corners: undominated(corners), complete };
}

function undominated(corners: readonly WorstCase[]): readonly WorstCase[] {
  const sorted = [...corners].sort(({ stakes: [a, b] }, { stakes: [c, d] }) =>
    a === c ? Number(b > d) - Number(b < d) : a < c ? -1 : 1,
  );
  const kept: WorstCase[] = [];
  for (const corner of sorted) {
    const last = kept.at(-1);
    if (last === undefined || corner.stakes[1] < last.stakes[1]) kept.push(corner);
  }
  return kept;
}
