import type { NodeId } from "@eunomia/engine";
import type { CoverWitness, DisjointQuorums, Limits, Method, Verdict } from "../answers.ts";
import { type Universe, universeOf } from "../circuit/bits.ts";
import { compile } from "../circuit/circuit.ts";
import { emptySet } from "../circuit/evaluate.ts";
import { QuorumError } from "../errors.ts";
import { type Expr, exprOf, type Quorums } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { dual, support } from "../expressions/transform.ts";
import { type ClosedForm, thresholdForm, weightForm } from "./closed-forms.ts";
import { enumerateCover } from "./enumerate.ts";
import { searchCover } from "./search.ts";

const maxStepsDefault = 100_000;

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
): Verdict<DisjointQuorums> {
  const verdict = neverCovered([phase1, phase2], [], limits);
  if (verdict.holds !== false) return verdict;
  const [phase1Quorum, phase2Quorum] = verdict.witness.quorums;
  return { ...verdict, witness: { phase1Quorum: phase1Quorum!, phase2Quorum: phase2Quorum! } };
}

/**
 * Does any choice of one quorum per family have a common member? Name a family twice to ask about two of its quorums:
 * fast quorums ask `intersectAll([classic, fast, fast])`.
 */
export function intersectAll(families: readonly Quorums[], limits: Limits = {}): Verdict<CoverWitness> {
  return neverCovered(families, [], limits);
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
): Verdict<CoverWitness> {
  const families = [...quorums.map(exprOf), ...faults.map((fault) => dual(exprOf(fault)))];
  if (quorums.length === 0) throw new QuorumError("empty", "quorums", "at least one family", quorums);
  const normal = families.map(normalize);
  if (normal.some((family) => family.t === "const" && !family.v)) return { holds: true, method: "constant" };
  const universe = universeOf(normal.flatMap(support));
  const always = normal.findIndex((family) => family.t === "const");
  if (always >= 0) {
    // The empty set is a quorum of this family, or all nodes may fail: it does without everybody.
    const owner = new Map(universe.ids.map((id) => [id, always] as const));
    return refuted("constant", normal, quorums.length, universe, owner);
  }

  const closed = thresholdForm(normal) ?? weightForm(families);
  if (closed !== null) return fromClosedForm(closed, normal, quorums.length, universe);
  const tried = enumerateCover(normal, universe);
  if (tried === null) return { holds: true, method: "enumeration" };
  if (tried !== undefined)
    return refuted("enumeration", normal, quorums.length, universe, owners(universe, tried));
  const circuits = normal.map((family) => compile(family, universe));
  const found = searchCover(circuits, limits.maxSteps ?? maxStepsDefault);
  if (found.kind === "limit") return { holds: null, reason: "limit", steps: found.steps };
  if (found.kind === "none") return { holds: true, method: "search" };
  return refuted("search", normal, quorums.length, universe, owners(universe, found.owner));
}

function owners(universe: Universe, byIndex: readonly number[]): ReadonlyMap<NodeId, number> {
  return new Map(byIndex.map((family, index) => [universe.ids[index]!, family]));
}

function fromClosedForm(
  { method, owner }: ClosedForm,
  families: readonly Expr[],
  quorumCount: number,
  universe: Universe,
): Verdict<CoverWitness> {
  return owner === null ? { holds: true, method } : refuted(method, families, quorumCount, universe, owner);
}

/** The witness behind an assignment of every node to a family that does without it. */
function refuted(
  method: Method,
  families: readonly Expr[],
  quorumCount: number,
  universe: Universe,
  owner: ReadonlyMap<NodeId, number>,
): Verdict<CoverWitness> {
  const quorums = families.slice(0, quorumCount).map((family, number) =>
    minimalWithin(
      family,
      universe,
      universe.ids.filter((id) => owner.get(id) !== number),
    ),
  );
  const common = universe.ids.filter((id) => quorums.every((quorum) => quorum.includes(id)));
  const faults = families
    .slice(quorumCount)
    .map((_, index) => common.filter((id) => owner.get(id) === quorumCount + index));
  return { holds: false, method, witness: { quorums, faults } };
}

/** Drops every node that the rest can do without. A witness that is no quorum would be our fault, hence the check. */
function minimalWithin(family: Expr, universe: Universe, ids: readonly NodeId[]): readonly NodeId[] {
  const circuit = compile(family, universe);
  const set = emptySet(circuit);
  for (const id of ids) set.insert(universe.indexOf.get(id)!);
  if (!set.holds()) throw new Error("fault: the quorum of a witness is none");
  return ids.filter((id) => {
    const index = universe.indexOf.get(id)!;
    set.remove(index);
    if (set.holds()) return false;
    set.insert(index);
    return true;
  });
}
