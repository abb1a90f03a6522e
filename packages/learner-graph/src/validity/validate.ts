import { normalize, print, type Verdict } from "@eunomia/quorum-algebra";
import { pathBetween } from "../closure/path.ts";
import type { Route, Routes } from "../closure/routes.ts";
import { closedExprs } from "../closure/symbolic.ts";
import type { Effort } from "../effort.ts";
import { type CompiledModel, conditionOf } from "../labels/compiled.ts";
import type { Model } from "../model/model.ts";
import { type EdgeVerdict, edgeHolds } from "./edge.ts";
import type { Disagreement } from "./witness.ts";

/** The verdict on one pair, or on one way in which it comes to agree. */
type PairVerdict = Verdict<Disagreement>;

/**
 * Is the closed graph valid? Every pair of learners that is joined by a path, self pairs included, is asked for every way in
 * which it comes to agree. A violation anywhere is the answer; otherwise one undecided pair leaves it undecided.
 */
export function validateModel(
  compiled: CompiledModel,
  routes: Routes | null,
  effort: Effort,
): Verdict<Disagreement> {
  const methods = new Set<string>();
  const undecided: Extract<PairVerdict, { holds: null }>[] = [];
  for (const verdict of verdicts(compiled, routes, effort)) {
    if (verdict.holds === false) return verdict;
    if (verdict.holds) methods.add(verdict.method);
    else undecided.push(verdict);
  }
  const steps = undecided.reduce((sum, verdict) => sum + verdict.steps, 0);
  if (undecided.length > 0) return { ...undecided[0]!, steps };
  return { holds: true, method: methods.size === 0 ? "no edges" : [...methods].sort().join(", ") };
}

/** One violation of every pair that has any. */
export function violations(
  compiled: CompiledModel,
  routes: Routes | null,
  effort: Effort,
): readonly Disagreement[] {
  const found = new Map<string, Disagreement>();
  for (const verdict of verdicts(compiled, routes, effort)) {
    if (verdict.holds !== false) continue;
    const key = JSON.stringify([verdict.witness.a, verdict.witness.b]);
    if (!found.has(key)) found.set(key, verdict.witness);
  }
  return [...found.values()];
}

function verdicts(compiled: CompiledModel, routes: Routes | null, effort: Effort): Generator<PairVerdict> {
  return routes === null ? byCircuit(compiled, effort) : byRoutes(compiled, routes, effort);
}

function* byRoutes(compiled: CompiledModel, routes: Routes, effort: Effort): Generator<PairVerdict> {
  const { model } = compiled;
  // Learners with the same quorums need not be asked twice.
  const texts = model.learners.map(({ quorums }) => print(quorums.expr));
  const kinds = texts.map((text) => texts.indexOf(text));
  const known = new Map<string, EdgeVerdict>();
  for (let a = 0; a < model.learners.length; a++)
    for (let b = a; b < model.learners.length; b++)
      for (const route of routes.between(a, b)) {
        const inOrder = kinds[a]! <= kinds[b]!;
        const [first, second] = inOrder ? [a, b] : [b, a];
        const key = `${kinds[first]} ${kinds[second]} ${route.bits}`;
        const verdict = known.get(key) ?? ask(compiled, route, [first, second], effort);
        known.set(key, verdict);
        if (verdict.holds !== false) yield verdict;
        else {
          const [qa, qb] = inOrder ? [verdict.qa, verdict.qb] : [verdict.qb, verdict.qa];
          yield refuted(model, verdict.method, { a, b, safe: verdict.safe, qa, qb, path: route.path });
        }
      }
}

function ask(
  { model, atoms }: CompiledModel,
  route: Route,
  [a, b]: readonly [number, number],
  effort: Effort,
): EdgeVerdict {
  const pair = a <= b ? `${a} ${b}` : `${b} ${a}`;
  const promised = atoms.some(
    ({ label }, atom) => label.meets[0]?.join(" ") === pair && ((route.implied >> BigInt(atom)) & 1n) === 1n,
  );
  if (promised) return { holds: true, method: "by construction" };
  return edgeHolds(
    model.learners[a]!.quorums.expr,
    model.learners[b]!.quorums.expr,
    route.atoms.map((atom) => atoms[atom]!),
    effort,
  );
}

/**
 * All paths of a pair as one circuit. Shares of stake are left out, which asks for more than must hold: then only "valid" is
 * an answer for sure.
 */
function* byCircuit({ model, labels }: CompiledModel, effort: Effort): Generator<PairVerdict> {
  const closed = closedExprs(model, (label) => labels[label]!.expr);
  for (let a = 0; a < model.learners.length; a++)
    for (let b = a; b < model.learners.length; b++) {
      const [qa, qb] = [model.learners[a]!.quorums.expr, model.learners[b]!.quorums.expr];
      const verdict = edgeHolds(qa, qb, [conditionOf(normalize(closed(a, b)), [])], effort);
      if (verdict.holds !== false) {
        yield verdict;
        continue;
      }
      const safe = new Set(verdict.safe);
      const unsafe = model.acceptors.filter((id) => !safe.has(id));
      const path = pathBetween(model, a, b, (label) => labels[label]!.holdsWithout(unsafe));
      if (path === null) yield { holds: null, reason: "limit", steps: 0 };
      else yield refuted(model, verdict.method, { a, b, ...verdict, path });
    }
}

interface Numbered extends Pick<Disagreement, "safe" | "qa" | "qb"> {
  readonly a: number;
  readonly b: number;
  readonly path: readonly number[];
}

function refuted(
  model: Model,
  method: string,
  { a, b, safe, qa, qb, path }: Numbered,
): Verdict<Disagreement> {
  const name = (number: number): string => model.learners[number]!.id;
  return {
    holds: false,
    method,
    witness: { a: name(a), b: name(b), safe, qa, qb, path: path.map(name) },
  };
}
