import type { Limits } from "../answers.ts";
import { emptySet } from "../circuit/evaluate.ts";
import type { Expr } from "../expressions/expr.ts";
import { type LoadCertificate, lowerBound } from "./certificate.ts";
import { effortsOf } from "./effort.ts";
import { choiceOf, networkOf, nodeLoads } from "./figures.ts";
import { latestOf } from "./latency.ts";
import { pricingOf } from "./pricing.ts";
import { type LoadQuestion, type Objective, type Problem, problemOf, type Side } from "./question.ts";
import {
  add,
  compare,
  fraction,
  greatest,
  multiply,
  type Rational,
  rationalOf,
  sum,
  zero,
} from "./rational.ts";
import { survives } from "./resilient.ts";
import { type Choice, type Strategy, setOf } from "./strategy.ts";

/** Limits are met up to this part of them: strategies are rounded to whole units. */
const limitError = rationalOf(1e-9);

/** What was recomputed, exactly. */
export type LoadProof =
  | {
      readonly holds: true;
      /** What the strategy attains, and what none can go below. Equal: the strategy is best. */
      readonly high: Rational;
      /** Null if the sets could not be listed within the limits. */
      readonly low: Rational | null;
    }
  | { readonly holds: false; readonly reason: string };

/**
 * Checks a strategy and a certificate from the definitions, in fractions of whole numbers: no solver is asked, and nothing of how they
 * were found is used. That every set is a quorum, how often each node is asked, and the cheapest quorums at the weights.
 *
 * @throws QuorumError as `bestStrategy`.
 */
export function verifyLoad(
  question: LoadQuestion,
  { strategy, certificate }: { readonly strategy: Strategy; readonly certificate: LoadCertificate },
  limits: Limits = {},
): LoadProof {
  const problem = problemOf(question);
  for (const side of problem.sides) {
    const choice = strategy[side.name];
    const wrong = choice === null ? "there is no choice" : wrongChoice(problem, side, choice);
    if (wrong !== null) return { holds: false, reason: `${side.name}: ${wrong}` };
  }
  const high = attained(problem, strategy);
  if (high === null) return { holds: false, reason: "a limit is not kept" };
  const effort = effortsOf(limits);
  const pricings = problem.sides.map((side) => pricingOf(problem, side, effort()));
  const known = pricings.filter((pricing) => pricing !== null);
  return {
    holds: true,
    high,
    low: known.length < pricings.length ? null : lowerBound(problem, certificate, known, effort),
  };
}

/** The measures of a strategy. */
function measuresOf(problem: Problem, strategy: Strategy): { readonly [O in Objective]: Rational } {
  const loads = nodeLoads(problem, strategy).map((entry) => entry.reduce(greatest, zero));
  return {
    load: sum(loads.map((load, i) => multiply(load, problem.shares[i]!))),
    network: networkOf(problem, strategy),
    latency: problem.levels.length === 1 ? problem.levels[0]! : latencyOf(problem, strategy),
  };
}

function latencyOf(problem: Problem, strategy: Strategy): Rational {
  return sum(
    problem.sides.map((side) => {
      const choice = choiceOf(side, strategy);
      let total = zero;
      for (const way of "of" in choice ? choice.of : [])
        if (way.use > 0) {
          const latest = latestOf(problem, side, way) ?? zero;
          total = add(total, multiply(latest, fraction(BigInt(way.use), BigInt(choice.use))));
        }
      return multiply(total, side.part);
    }),
  );
}

/** What the strategy attains of the objective; null if it misses a limit. */
export function attained(problem: Problem, strategy: Strategy): Rational | null {
  const measures = measuresOf(problem, strategy);
  for (const o of ["load", "network", "latency"] as const) {
    const limit = problem.atMost[o];
    if (o !== problem.objective && limit !== null)
      if (compare(measures[o], add(limit, multiply(limit, limitError))) > 0) return null;
  }
  return measures[problem.objective];
}

/** What is wrong with a choice; null: it always takes a set that this side may take. */
function wrongChoice(problem: Problem, side: Side, root: Choice): string | null {
  if ("node" in root || !Number.isSafeInteger(root.use) || root.use <= 0) return "the root is no gate in use";
  const taken = root.of.reduce((total, { use }) => total + use, 0);
  if (taken !== root.use) return "the root does not take exactly one way";
  for (const way of root.of) {
    if (!(Number.isSafeInteger(way.use) && way.use >= 0)) return "a way is not used a whole number of times";
    if (way.use > 0 && !fits(problem, side, way)) return "a way may take a set that is no quorum";
  }
  return null;
}

function fits({ universe, failures }: Problem, side: Side, way: Choice): boolean {
  const set = setOf(way);
  if (set === null) return failures === 0 && covers(way, side.expr);
  const nodes = [...new Set(set)].map((id) => universe.indexOf.get(id));
  const known = nodes.filter((v) => v !== undefined);
  if (failures > 0) return survives(side.circuit, known, failures);
  const members = emptySet(side.circuit);
  for (const v of known) members.insert(v);
  return members.holds();
}

/** Does the choice have the shape of the expression, with gates that take as many children as they must? */
function covers(choice: Choice, expr: Expr): boolean {
  if (choice.use === 0) return true;
  if (expr.t === "node") return "node" in choice && choice.node === expr.id;
  if (expr.t !== "thr" || "node" in choice || choice.of.length !== expr.of.length) return false;
  let taken = 0;
  for (const [i, child] of choice.of.entries()) {
    if (!Number.isSafeInteger(child.use) || child.use < 0 || child.use > choice.use) return false;
    if (!covers(child, expr.of[i]!)) return false;
    taken += child.use;
  }
  return taken === expr.k * choice.use;
}
