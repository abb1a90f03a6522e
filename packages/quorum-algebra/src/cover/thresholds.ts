import { QuorumError } from "../errors.ts";

/** A condition on quorums of any k of n nodes, any f of which may be faulty. */
export type ThresholdCondition =
  /** Any two quorums meet: 2k > n. */
  | "crash"
  /** … in a correct node: 2k > n + f. */
  | "dissemination"
  /** … in more correct nodes than there are faulty ones: 2k > n + 2f. */
  | "masking"
  /**
   * … and correct nodes of the intersection are no fewer than faulty and outdated ones together (opaque masking): 3k >= 2n + 2f.
   * Then a reader can tell without knowing f.
   */
  | "opaque";

/**
 * The fewest nodes k such that quorums of any k of `n` meet the condition with `f` faults and stay available (k <= n - f).
 * Null: no k does both. Dissemination exists for n > 3f, masking for n > 4f, opaque masking for n >= 5f.
 *
 * @example
 * smallestThreshold("dissemination", 4, 1); // 3
 * smallestThreshold("masking", 4, 1); // null
 * @throws QuorumError `threshold` unless n >= 1 and 0 <= f <= n are safe integers.
 */
export function smallestThreshold(condition: ThresholdCondition, n: number, f = 0): number | null {
  checkCounts(n, f);
  const least = {
    crash: Math.floor(n / 2) + 1,
    dissemination: Math.floor((n + f) / 2) + 1,
    masking: Math.floor((n + 2 * f) / 2) + 1,
    opaque: Math.ceil((2 * n + 2 * f) / 3),
  }[condition];
  return least <= n - f ? least : null;
}

/**
 * The fewest nodes of a fast quorum beside classic quorums of `classic` of `n` nodes: one classic and two fast quorums share a
 * node outside `faultSets` sets of `f` faulty nodes each: classic + 2 fast > 2n + faultSets · f. Null: not even all nodes suffice, or
 * more than n - f would be needed.
 *
 * @example
 * smallestFastThreshold(5, 3); // 4 (Fast Paxos)
 * smallestFastThreshold(6, 5, 1, 2); // 5 (FaB Paxos)
 * @throws QuorumError `threshold` unless n >= 1, 1 <= classic <= n and 0 <= f <= n are safe integers.
 */
export function smallestFastThreshold(
  n: number,
  classic: number,
  f = 0,
  faultSets: 0 | 1 | 2 = 1,
): number | null {
  checkCounts(n, f);
  if (!Number.isSafeInteger(classic) || classic < 1 || classic > n)
    throw new QuorumError("threshold", "classic", `an integer from 1 to ${n}`, classic);
  const least = Math.max(1, Math.floor((2 * n + faultSets * f - classic) / 2) + 1);
  return least <= n - f ? least : null;
}

function checkCounts(n: number, f: number): void {
  if (!Number.isSafeInteger(n) || n < 1)
    throw new QuorumError("threshold", "n", "a safe integer of at least 1", n);
  if (!Number.isSafeInteger(f) || f < 0 || f > n)
    throw new QuorumError("threshold", "f", `an integer from 0 to ${n}`, f);
}
