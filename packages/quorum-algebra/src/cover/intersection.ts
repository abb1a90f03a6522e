import type { CoverWitness, DisjointQuorums, Limits, Verdict } from "../answers.ts";
import type { Engines } from "../engines.ts";
import { QuorumError } from "../errors.ts";
import { exprOf, type Quorums } from "../expressions/expr.ts";
import { dual } from "../expressions/transform.ts";
import { cover } from "./cover.ts";

/**
 * Does every phase 1 quorum share a node with every phase 2 quorum? Exact, or `holds: null` when the limit was reached.
 *
 * @example
 * readWriteIntersection(threshold(["a", "b", "c"], 1), threshold(["a", "b", "c"], 2));
 * // { holds: false, method: "threshold", witness: { phase1Quorum: ["c"], phase2Quorum: ["a", "b"] } }
 */
export function readWriteIntersection(
  phase1: Quorums,
  phase2: Quorums,
  limits: Limits = {},
  engines: Engines = {},
): Verdict<DisjointQuorums> {
  const verdict = neverCovered([phase1, phase2], [], limits, engines);
  if (verdict.holds !== false) return verdict;
  const [phase1Quorum, phase2Quorum] = verdict.witness.quorums;
  return { ...verdict, witness: { phase1Quorum: phase1Quorum!, phase2Quorum: phase2Quorum! } };
}

/**
 * Does any choice of one quorum per family have a common member? Name a family twice to ask about two of its quorums:
 * fast quorums ask `intersectAll([classic, fast, fast])`.
 */
export function intersectAll(
  families: readonly Quorums[],
  limits: Limits = {},
  engines: Engines = {},
): Verdict<CoverWitness> {
  return neverCovered(families, [], limits, engines);
}

/**
 * Does any choice of one quorum per family have a common member outside any choice of one fault set per fault family? A fault
 * family is the monotone condition "too many failed": a set may be faulty as long as the condition does not hold for it,
 * so nodes that it does not name may always fail.
 *
 * A fault set is what a quorum of the dual condition leaves out, so fault families are asked for as quorums of their duals.
 *
 * @example
 * // Byzantine quorums of 3 of 4 with at most one fault (fewer than two) meet in a correct node.
 * neverCovered([q, q], [threshold(["a", "b", "c", "d"], 2)]);
 * @throws QuorumError `empty` without families.
 */
export function neverCovered(
  quorums: readonly Quorums[],
  faults: readonly Quorums[],
  limits: Limits = {},
  engines: Engines = {},
): Verdict<CoverWitness> {
  if (quorums.length === 0) throw new QuorumError("empty", "quorums", "at least one family", quorums);
  const families = [...quorums.map(exprOf), ...faults.map((fault) => dual(exprOf(fault)))];
  return cover(families, quorums.length, limits, engines);
}
