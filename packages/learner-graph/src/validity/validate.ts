import { normalize, print, type Verdict } from "@eunomia/quorum-algebra";
import { pathBetween } from "../closure/path.ts";
import type { Routes } from "../closure/routes.ts";
import { closedExprs } from "../closure/symbolic.ts";
import type { Effort } from "../effort.ts";
import { type CompiledLabel, compileLabel } from "../labels/compiled.ts";
import type { Model } from "../model/model.ts";
import { type EdgeVerdict, edgeHolds } from "./edge.ts";
import type { Disagreement } from "./witness.ts";

/**
 * Is the closed graph valid? Every pair of learners that is joined by a path, self pairs included, is asked for every way in
 * which it comes to agree. A violation anywhere is the answer; otherwise one undecided pair leaves it undecided.
 */
export function validateModel(
  model: Model,
  labels: readonly CompiledLabel[],
  routes: Routes | null,
  effort: Effort,
): Verdict<Disagreement> {
  return routes === null ? byCircuit(model, labels, effort) : byRoutes(model, labels, routes, effort);
}

class Tally {
  readonly #methods = new Set<string>();
  #steps = 0;
  #undecided: (EdgeVerdict & { holds: null }) | null = null;

  count(verdict: EdgeVerdict): void {
    if (verdict.holds !== null) this.#methods.add(verdict.method);
    else {
      this.#steps += verdict.steps;
      this.#undecided ??= verdict;
    }
  }

  verdict(): Verdict<Disagreement> {
    if (this.#undecided !== null) return { holds: null, reason: this.#undecided.reason, steps: this.#steps };
    return {
      holds: true,
      method: this.#methods.size === 0 ? "no edges" : [...this.#methods].sort().join(", "),
    };
  }
}

function byRoutes(
  model: Model,
  labels: readonly CompiledLabel[],
  routes: Routes,
  effort: Effort,
): Verdict<Disagreement> {
  const tally = new Tally();
  // Learners with the same quorums need not be asked twice.
  const names = model.learners.map(({ quorums }) => print(quorums.expr));
  const known = new Map<string, EdgeVerdict>();
  for (let a = 0; a < model.learners.length; a++)
    for (let b = a; b < model.learners.length; b++)
      for (const route of routes.between(a, b)) {
        const key = `${[names[a]!, names[b]!].sort().join(" ")} ${route.bits}`;
        // The witness of a pair with the quorums the other way round would name them the wrong way round.
        const exact = names[a]! <= names[b]!;
        const verdict = known.get(key) ?? ask(model, labels, route.labels, exact ? [a, b] : [b, a], effort);
        known.set(key, verdict);
        tally.count(verdict);
        if (verdict.holds === false) {
          const [qa, qb] = exact ? [verdict.qa, verdict.qb] : [verdict.qb, verdict.qa];
          return refuted(model, verdict.method, { a, b, safe: verdict.safe, qa, qb, path: route.path });
        }
      }
  return tally.verdict();
}

function ask(
  model: Model,
  labels: readonly CompiledLabel[],
  numbers: readonly number[],
  [a, b]: readonly [number, number],
  effort: Effort,
): EdgeVerdict {
  const [low, high] = a <= b ? [a, b] : [b, a];
  const promised = numbers.some((number) =>
    model.labels[number]!.meets.some(([u, v]) => u === low && v === high),
  );
  if (promised) return { holds: true, method: "by construction" };
  return edgeHolds(
    model.learners[a]!.quorums.expr,
    model.learners[b]!.quorums.expr,
    numbers.map((number) => labels[number]!),
    effort,
  );
}

/**
 * All paths of a pair as one circuit. Shares of stake are left out, which asks for more than must hold: then only "valid" is
 * an answer for sure.
 */
function byCircuit(model: Model, labels: readonly CompiledLabel[], effort: Effort): Verdict<Disagreement> {
  const tally = new Tally();
  const closed = closedExprs(model, (label) => labels[label]!.expr);
  for (let a = 0; a < model.learners.length; a++)
    for (let b = a; b < model.learners.length; b++) {
      const verdict = edgeHolds(
        model.learners[a]!.quorums.expr,
        model.learners[b]!.quorums.expr,
        [compileLabel(normalize(closed(a, b)), [])],
        effort,
      );
      if (verdict.holds !== false) {
        tally.count(verdict);
        continue;
      }
      const safe = new Set(verdict.safe);
      const unsafe = model.acceptors.filter((id) => !safe.has(id));
      const path = pathBetween(model, a, b, (label) => labels[label]!.holdsWithout(unsafe));
      if (path === null) tally.count({ holds: null, reason: "limit", steps: 1 });
      else return refuted(model, verdict.method, { a, b, ...verdict, path });
    }
  return tally.verdict();
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
