import type { NodeId } from "@eunomia/engine";
import type { CoverWitness, Limits, Method, Verdict } from "../answers.ts";
import { type Universe, universeOf } from "../circuit/bits.ts";
import { compile } from "../circuit/circuit.ts";
import type { Engines } from "../engines.ts";
import type { Expr } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { restrictByzantine, support } from "../expressions/transform.ts";
import { Budget, running } from "../limits.ts";
import { dpll } from "../sat/dpll.ts";
import { thresholdForm, weightForm } from "./closed-forms.ts";
import { enumerateCover } from "./enumerate.ts";
import { satCover } from "./sat-cover.ts";
import { searchCover } from "./search.ts";
import { witnessOf } from "./witness.ts";

const maxStepsDefault = 100_000;
/** Steps of the search before the built-in solver is asked. */
const shortSearch = 2_000;

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
  const spent = { steps: 0 };
  const left = running(limits);
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
    thresholdForm(shared) ?? weightForm(families) ?? listed(shared) ?? solved(shared, left, engines, spent);
  if (found === null) return { holds: null, reason: "limit", steps: spent.steps };
  const { method } = found;
  if (found.owner === null) return { holds: true, method };
  for (const [id, family] of found.owner) owner.set(id, family);
  return { holds: false, method, witness: witnessOf(normal, quorumCount, owner) };
}

/**
 * Cuts families down to the nodes that all of them know, for questions about common members of one set of each. A node that
 * some family does not know costs that family nothing: it is given to that one, and the others may use it freely.
 *
 * @param families in normal form
 * @returns families that all know the same nodes, and for every other node the number of a family that does without it
 * @example
 * shareNodes([parse("{a, b, c} >= 2"), parse("{b, c, d} >= 2")]).shared; // b | c, twice
 */
export function shareNodes(families: readonly Expr[]): {
  shared: readonly Expr[];
  owner: Map<NodeId, number>;
} {
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

/**
 * The general case; null: a limit was reached. Without an engine a short search comes first, which many small systems and most
 * weights need only, and then the built-in solver. Weights with too many different sums for a formula are left to the search.
 */
function solved(
  families: readonly Expr[],
  left: () => Limits,
  { sat }: Engines,
  spent: { steps: number },
): Found | null {
  const universe = universeOf(families.flatMap(support));
  const { maxSteps = maxStepsDefault } = left();
  const searched = (steps: number): Found | null => {
    const circuits = families.map((family) => compile(family, universe));
    const budget = new Budget({ ...left(), maxSteps: steps }, steps);
    const found = searchCover(circuits, budget);
    spent.steps += budget.steps;
    if (found.kind === "limit") return null;
    return { method: "search", owner: found.kind === "none" ? null : byId(universe, found.owner) };
  };
  if (sat === undefined) {
    const short = searched(Math.min(maxSteps, shortSearch));
    if (short !== null || maxSteps <= shortSearch) return short;
  }
  const found = satCover(families, universe, sat ?? dpll, { ...left(), maxSteps });
  if (found.kind === "tooLarge") return searched(maxSteps);
  if (found.kind === "limit") return null;
  const method = sat === undefined ? "built-in solver" : "solver";
  return { method, owner: found.kind === "assignment" ? byId(universe, found.owner) : null };
}

function byId(universe: Universe, byIndex: readonly number[]): Owner {
  return new Map(byIndex.map((family, index) => [universe.ids[index]!, family]));
}
