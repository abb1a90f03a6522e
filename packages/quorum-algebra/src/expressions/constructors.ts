import type { NodeId } from "@eunomia/engine";
import { QuorumError } from "../errors.ts";
import { and, type Expr, node, or, thresholdOf, weightedOf } from "./expr.ts";

/** Quorums of the two phases of a read-write protocol. Safe to use only if `readWriteIntersection` holds for them. */
export interface ReadWrite {
  readonly phase1: Expr;
  readonly phase2: Expr;
}

/** A weight per node. */
export type Weights = ReadonlyMap<NodeId, bigint> | Readonly<Record<NodeId, bigint>>;

/**
 * Any `k` of the members.
 *
 * @throws QuorumError `empty`, `duplicate-member`, `id`, or `threshold` unless 1 <= k <= number of members.
 */
export function threshold(members: readonly NodeId[], k: number): Expr {
  checkMembers(members);
  if (!Number.isSafeInteger(k) || k < 1 || k > members.length)
    throw new QuorumError("threshold", "k", `an integer from 1 to ${members.length}`, k);
  return thresholdOf(k, members.map(node));
}

/** More than half of the members: any floor(n/2) + 1 of them. Throws as `threshold`. */
export function majority(members: readonly NodeId[]): Expr {
  return threshold(members, Math.floor(members.length / 2) + 1);
}

/**
 * Any `q1` members for phase 1 and any `q2` for phase 2 (Howard, Malkhi, Spiegelman: Flexible Paxos). That they meet
 * (q1 + q2 > n) is not checked here: ask `readWriteIntersection`. Throws as `threshold`.
 */
export function flexible(members: readonly NodeId[], q1: number, q2: number): ReadWrite {
  return { phase1: threshold(members, q1), phase2: threshold(members, q2) };
}

/**
 * Phase 1 asks any full row, phase 2 any full column; they meet in one node.
 *
 * @throws QuorumError `empty`, `duplicate-member`, `id`, or `shape` if the rows differ in length.
 */
export function grid(rows: readonly (readonly NodeId[])[]): ReadWrite {
  const first = rows[0];
  if (first === undefined) throw new QuorumError("empty", "rows", "at least one row", rows);
  const uneven = rows.find((row) => row.length !== first.length);
  if (uneven !== undefined)
    throw new QuorumError("shape", "row", `${first.length} nodes in every row`, uneven);
  checkMembers(rows.flat());
  const columns = first.map((_, column) => rows.map((row) => row[column]!));
  return {
    phase1: or(...rows.map((row) => and(...row.map(node)))),
    phase2: or(...columns.map((column) => and(...column.map(node)))),
  };
}

/**
 * Members whose weights add up to at least `k`.
 *
 * @example
 * weighted({ a: 3n, b: 2n, c: 2n }, 4n);
 * @throws QuorumError `empty`, `id`, `weight`, or `threshold` unless 1 <= k <= total weight.
 */
export function weighted(weights: Weights, k: bigint): Expr {
  const pairs = weightEntries(weights).map(([id, weight]) => [weight, node(id)] as const);
  const expr = weightedOf(k, pairs);
  const total = pairs.reduce((sum, [weight]) => sum + weight, 0n);
  if (k < 1n || k > total) throw new QuorumError("threshold", "k", `a bigint from 1n to ${total}n`, k);
  return expr;
}

function weightEntries(weights: Weights): [NodeId, bigint][] {
  return isMap(weights) ? [...weights] : Object.entries(weights);
}

function isMap(weights: Weights): weights is ReadonlyMap<NodeId, bigint> {
  return weights instanceof Map;
}

/** @throws QuorumError `empty` or `duplicate-member`. */
export function checkMembers(members: readonly NodeId[]): void {
  if (members.length === 0) throw new QuorumError("empty", "members", "at least one member", members);
  const seen = new Set<NodeId>();
  for (const member of members) {
    if (seen.has(member)) throw new QuorumError("duplicate-member", "members", "each member once", member);
    seen.add(member);
  }
}
