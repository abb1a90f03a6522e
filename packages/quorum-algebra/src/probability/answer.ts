import type { NodeId } from "@eunomia/engine";
import type { Answer, Limits } from "../answers.ts";
import { QuorumError } from "../errors.ts";
import type { Budget } from "../limits.ts";
import { type Chances, chancesOf } from "./chances.ts";
import { evaluate, type Side } from "./evaluation.ts";
import type { FailureGroup } from "./groups.ts";
import type { Plan } from "./plan.ts";

/** Limits and means of a question about chances. A step is one cell of a distribution; 2 000 000 000 by default. */
export interface ChanceOptions extends Limits {
  /** Nodes that fail together, beside their own failures. */
  readonly groups?: readonly FailureGroup[];
  /**
   * Weights whose distribution needs more cells than this are rounded to this many units of the total, once up and once down:
   * the answer is then a certified interval. 200 000 by default.
   */
  readonly units?: number;
}

/** Steps of a question without limits: about two seconds. */
export const maxStepsDefault = 2_000_000_000;

/** @throws QuorumError `limit` unless from 1 to 2^31. */
export function checkUnits(units = 200_000): number {
  if (!(units >= 1 && units <= 2 ** 31))
    throw new QuorumError("limit", "units", "a number from 1 to 2^31", units);
  return units;
}

/** Per node the chance that it holds and that it does not, for one of several cases that exclude each other. */
export interface Case {
  /** The chance of the case itself. */
  readonly chance: number;
  readonly up: Float64Array;
  readonly down: Float64Array;
}

/** The only case, if nodes are independent. `down` are the given chances. @throws QuorumError `chance`. */
export function onlyCase(ids: readonly NodeId[], chances: Chances): Case {
  const down = chancesOf(ids, chances);
  return { chance: 1, up: complement(down), down };
}

export function complement(chances: Float64Array): Float64Array {
  return chances.map((chance) => 1 - chance);
}

/** The chance that a planned function holds (`up`) or does not (`down`), over all cases. */
export function answerOf(
  plan: Plan,
  cases: Iterable<Case>,
  tail: "up" | "down",
  budget: Budget,
): Answer<number> {
  const limit = { kind: "unknown", reason: "limit" } as const;
  let [low, high] = [0, 0];
  const run = (nodes: Case, side: Side): number => {
    const chances = evaluate(plan, nodes, side, budget);
    return chances === null ? Number.NaN : nodes.chance * chances[tail].at(-1)!;
  };
  for (const one of cases) {
    const part = run(one, "low");
    low += part;
    high += plan.exact ? part : run(one, "high");
    if (Number.isNaN(low + high)) return limit;
  }
  if (plan.exact) return { kind: "exact", value: Math.min(1, low), method: plan.method };
  const [least, most] = tail === "up" ? [low, high] : [high, low];
  const error = roundingError(plan);
  return {
    kind: "bounds",
    low: least * (1 - error),
    high: Math.min(1, most * (1 + error)),
    method: plan.method,
  };
}

/** What rounded doubles may do to a chance: four roundings for each part on the way, whichever cell one looks at. */
function roundingError({ steps, ids }: Plan): number {
  const parts = steps.reduce(
    (count, step) => count + (step.kind === "always" ? 0 : step.parts.length),
    ids.length,
  );
  return 4 * parts * Number.EPSILON;
}
