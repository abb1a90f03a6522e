import type { NodeId } from "@eunomia/engine";
import type { CoverWitness, Limits, Verdict } from "../answers.ts";
import type { Engines } from "../engines.ts";
import { exprOf, type Quorums } from "../expressions/expr.ts";
import { dual, union } from "../expressions/transform.ts";
import { cover } from "./cover.ts";
import { intersectAll, neverCovered } from "./intersection.ts";

/**
 * The conditions of the literature by their names, each one call of the cover test. Throughout, `tooMany` is the monotone condition
 * "too many failed": a set of nodes may be faulty as long as it does not hold, so nodes that it does not name may always fail.
 * What a condition says holds for safety only: ask `availableFor` as well.
 */

/**
 * Crash faults: do any two quorums share a node?
 *
 * @example
 * crashIntersection(majority(["a", "b", "c"])); // { holds: true, method: "threshold" }
 */
export function crashIntersection(
  system: Quorums,
  limits: Limits = {},
  engines: Engines = {},
): Verdict<CoverWitness> {
  return intersectAll([system, system], limits, engines);
}

/**
 * Byzantine faults and signed data (dissemination systems; PBFT): do any two quorums share a node outside any faulty set?
 *
 * @example
 * const four = ["a", "b", "c", "d"];
 * disseminationIntersection(threshold(four, 3), threshold(four, 2)).holds; // true: 3 of 4 with one fault
 */
export function disseminationIntersection(
  system: Quorums,
  tooMany: Quorums,
  limits: Limits = {},
  engines: Engines = {},
): Verdict<CoverWitness> {
  return neverCovered([system, system], [tooMany], limits, engines);
}

/**
 * Byzantine faults and unsigned data (masking systems): is what two quorums share outside one faulty set never covered by
 * another, so that correct nodes outvote the faulty ones?
 *
 * @example
 * const five = ["a", "b", "c", "d", "e"];
 * maskingIntersection(threshold(five, 4), threshold(five, 2)).holds; // true: 4 of 5 with one fault
 */
export function maskingIntersection(
  system: Quorums,
  tooMany: Quorums,
  limits: Limits = {},
  engines: Engines = {},
): Verdict<CoverWitness> {
  return neverCovered([system, system], [tooMany, tooMany], limits, engines);
}

/**
 * Fast Paxos: has every classic quorum a node in common with any two fast ones? That classic quorums meet each other is
 * another question (`crashIntersection`).
 *
 * @example
 * fastIntersection(threshold(["a", "b", "c", "d"], 3), threshold(["a", "b", "c", "d"], 3)).holds; // true
 */
export function fastIntersection(
  classic: Quorums,
  fast: Quorums,
  limits: Limits = {},
  engines: Engines = {},
): Verdict<CoverWitness> {
  return intersectAll([classic, fast, fast], limits, engines);
}

/**
 * Deciding in two steps with Byzantine faults: the same outside any `faultSets` faulty sets, 1 with signed data and 2 without. With
 * quorums of n - f nodes that is n > 4f and n > 5f.
 *
 * @example
 * // FaB Paxos with one fault: 5 of 6.
 * const six = ["a", "b", "c", "d", "e", "f"];
 * twoStepIntersection(threshold(six, 5), threshold(six, 5), threshold(six, 2), 2).holds; // true
 */
export function twoStepIntersection(
  classic: Quorums,
  fast: Quorums,
  tooMany: Quorums,
  faultSets: 1 | 2,
  limits: Limits = {},
  engines: Engines = {},
): Verdict<CoverWitness> {
  return neverCovered([classic, fast, fast], new Array<Quorums>(faultSets).fill(tooMany), limits, engines);
}

/**
 * Is there a quorum without faulty nodes, whatever set fails? If not, the witness is a minimal blocking set that may be faulty.
 *
 * @example
 * availableFor(threshold(["a", "b", "c", "d"], 3), threshold(["a", "b", "c", "d"], 2)).holds; // true
 */
export function availableFor(
  system: Quorums,
  tooMany: Quorums,
  limits: Limits = {},
  engines: Engines = {},
): Verdict<readonly NodeId[]> {
  // A blocking set may fail exactly if it misses some set that, left correct, keeps the faults from being too many.
  const verdict = intersectAll([dual(exprOf(system)), dual(exprOf(tooMany))], limits, engines);
  return verdict.holds === false ? { ...verdict, witness: verdict.witness.quorums[0]! } : verdict;
}

/**
 * Is there any dissemination system at all, available and consistent, for these faults (condition Q3: three faulty sets
 * never cover all nodes)? The nodes are those that `tooMany` names.
 *
 * @example
 * disseminationExists(threshold(["a", "b", "c", "d"], 2)).holds; // true: n > 3f
 */
export function disseminationExists(
  tooMany: Quorums,
  limits: Limits = {},
  engines: Engines = {},
): Verdict<CoverWitness> {
  return faultsCover([tooMany, tooMany, tooMany], limits, engines);
}

/** The same for masking systems (condition Q4: four faulty sets never cover all nodes). */
export function maskingExists(
  tooMany: Quorums,
  limits: Limits = {},
  engines: Engines = {},
): Verdict<CoverWitness> {
  return faultsCover([tooMany, tooMany, tooMany, tooMany], limits, engines);
}

/** What one process believes: its quorums, and when too many failed. */
export interface Belief {
  readonly quorums: Quorums;
  readonly tooMany: Quorums;
}

/**
 * Asymmetric trust (Damgård et al. 2007; Cachin, Tackmann 2019), consistency: do any quorum of one process and any of the
 * other share a node outside every set that both believe may be faulty? To be asked for every pair, a process with itself included.
 *
 * @example
 * const belief = { quorums: parse("{a,b,c,d} >= 3"), tooMany: parse("{a,b,c,d} >= 2") };
 * asymmetricIntersection(belief, belief).holds; // true
 */
export function asymmetricIntersection(
  one: Belief,
  other: Belief,
  limits: Limits = {},
  engines: Engines = {},
): Verdict<CoverWitness> {
  const both = union(exprOf(one.tooMany), exprOf(other.tooMany));
  return neverCovered([one.quorums, other.quorums], [both], limits, engines);
}

/**
 * Asymmetric trust, condition B3: no faulty set of one, none of the other and none of both cover all nodes together. Holds for
 * every pair exactly if there are asymmetric quorums, consistent and available, for these beliefs.
 *
 * @example
 * asymmetricExists(parse("{a,b,c,d} >= 2"), parse("{a,b,c,d} >= 2")).holds; // true
 */
export function asymmetricExists(
  tooManyForOne: Quorums,
  tooManyForOther: Quorums,
  limits: Limits = {},
  engines: Engines = {},
): Verdict<CoverWitness> {
  const both = union(exprOf(tooManyForOne), exprOf(tooManyForOther));
  return faultsCover([tooManyForOne, tooManyForOther, both], limits, engines);
}

/** A safe set that a label promises agreement for, and two quorums that have no member of it in common. */
export interface EdgeWitness {
  readonly quorums: readonly [readonly NodeId[], readonly NodeId[]];
  readonly safe: readonly NodeId[];
}

/**
 * An edge of a learner graph: whenever all members of a set for which `label` holds are safe, do any quorum of one learner and
 * any of the other share a safe node?
 *
 * @example
 * // 5 of 7 and 4 of 7 share two nodes, so six safe ones suffice.
 * edgeHolds(parse("{a..g} >= 5"), parse("{a..g} >= 4"), parse("{a..g} >= 6")).holds; // true
 */
export function edgeHolds(
  quorumsOfOne: Quorums,
  quorumsOfOther: Quorums,
  label: Quorums,
  limits: Limits = {},
  engines: Engines = {},
): Verdict<EdgeWitness> {
  // Faulty are the complements of safe sets, and what they leave are the safe sets themselves.
  const verdict = intersectAll([quorumsOfOne, quorumsOfOther, label], limits, engines);
  if (verdict.holds !== false) return verdict;
  const [one, other, safe] = verdict.witness.quorums;
  return { ...verdict, witness: { quorums: [one!, other!], safe: safe! } };
}

function faultsCover(faults: readonly Quorums[], limits: Limits, engines: Engines): Verdict<CoverWitness> {
  return cover(
    faults.map((fault) => dual(exprOf(fault))),
    0,
    limits,
    engines,
  );
}
