import type { NodeId } from "@eunomia/engine";
import type { CoverWitness, Limits, Method, Verdict } from "../answers.ts";
import { type Universe, universeOf } from "../circuit/bits.ts";
import { compile } from "../circuit/circuit.ts";
import type { Engines } from "../engines.ts";
import type { Expr } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { restrictByzantine, support } from "../expressions/transform.ts";
import { Budget } from "../limits.ts";
import { thresholdForm, weightForm } from "./closed-forms.ts";
import { enumerateCover } from "./enumerate.ts";
import { satCover } from "./sat-cover.ts";
import { searchCover } from "./search.ts";
import { witnessOf } from "./witness.ts";

const maxStepsDefault = 100_000;

type Owner = ReadonlyMap<NodeId, number>;

/** Null owner: no assignment. Undefined: not known within the limits. */
interface Found {
  readonly method: Method;
  readonly owner: Owner | null;
}

/**
 * The one test behind all conditions: can every node be given to one of the families such that each family still has a
 * quorum of the nodes it was not given? The first `quorumCount` families are quorums, the others what fault sets leave; a
 * verdict holds if there is no such assignment.
 */
export function cover(
  families: readonly Expr[],
  quorumCount: number,
  limits: Limits,
  engines: Engines,
): Verdict<CoverWitness> {
  const budget = new Budget(limits, maxStepsDefault);
  const normal = families.map(normalize);
  if (normal.some((family) => family.t === "const" && !family.v)) return { holds: true, method: "constant" };
  const { shared, owner } = shareNodes(normal);
  const always = shared.findIndex((family) => family.t === "const");
  if (always >= 0) {
    // The empty set is a quorum of this family, or all nodes may fail: it does without everybody.
    for (const id of shared.flatMap(support)) owner.set(id, always);
    return { holds: false, method: "constant", witness: witnessOf(normal, quorumCount, owner) };
  }
  const found =
    thresholdForm(shared) ??
    weightForm(families) ??
    listed(shared) ??
    solved(shared, { maxSteps: maxStepsDefault, ...limits }, engines, budget);
  if (found === null) return { holds: null, reason: "limit", steps: budget.steps };
  const { method } = found;
  if (found.owner === null) return { holds: true, method };
  for (const [id, family] of found.owner) owner.set(id, family);
  return { holds: false, method, witness: witnessOf(normal, quorumCount, owner) };
}

/**
 * A node that some family does not know costs that family nothing: it is given to that one, and the others may use it freely.
 * What is left are families that all know the same nodes.
 */
function shareNodes(families: readonly Expr[]): { shared: readonly Expr[]; owner: Map<NodeId, number> } {
  // Nodes that nobody asks for any more in the end are anybody's.
  const owner = new Map(families.flatMap(support).map((id) => [id, 0]));
  let shared = families;
  for (;;) {
    const known = shared.map((family) => new Set(support(family)));
    const all = new Set(known.flatMap((ids) => [...ids]));
    const free = new Set<NodeId>();
    for (const id of all) {
      const ignorant = known.findIndex((ids) => !ids.has(id));
      if (ignorant < 0) continue;
      free.add(id);
      owner.set(id, ignorant);
    }
    if (free.size === 0) return { shared, owner };
    shared = shared.map((family) => normalize(restrictByzantine(family, free)));
  }
}

function listed(families: readonly Expr[]): Found | null {
  const universe = universeOf(families.flatMap(support));
  const found = enumerateCover(families, universe);
  if (found === undefined) return null;
  return { method: "enumeration", owner: found === null ? null : byId(universe, found) };
}

/** Null: a limit was reached. Weights with too many different sums are left to the search. */
function solved(families: readonly Expr[], limits: Limits, { sat }: Engines, budget: Budget): Found | null {
  const universe = universeOf(families.flatMap(support));
  if (sat !== undefined) {
    const found = satCover(families, universe, sat, limits);
    if (found.kind === "limit") return null;
    if (found.kind === "none") return { method: "sat", owner: null };
    if (found.kind === "assignment") return { method: "sat", owner: byId(universe, found.owner) };
  }
  const circuits = families.map((family) => compile(family, universe));
  const found = searchCover(circuits, budget);
  if (found.kind === "limit") return null;
  return { method: "search", owner: found.kind === "none" ? null : byId(universe, found.owner) };
}

function byId(universe: Universe, byIndex: readonly number[]): Owner {
  return new Map(byIndex.map((family, index) => [universe.ids[index]!, family]));
}
