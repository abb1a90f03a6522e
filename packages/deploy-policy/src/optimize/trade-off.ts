import type { Engines } from "@eunomia/quorum-algebra";
import { PolicyError } from "../errors.ts";
import { type Prepared, prepare, solved } from "./optimize.ts";
import type { Option } from "./options.ts";
import type { Problem } from "./problem.ts";
import type { Choices, Solution } from "./search.ts";

/** A deployment that none beats in both: the longest delay of its flows, and what it costs to run. */
export interface TradeOff {
  readonly delayMs: number;
  /** Processor time, bytes, messages and facilities; delay has no price here. */
  readonly cost: number;
  readonly choice: readonly { readonly flow: string; readonly option: Option }[];
}

/**
 * Cost against delay: for every delay that can be had the cheapest deployment that is not slower, the fastest first. Prices
 * of delay do not count; limits do.
 *
 * @throws PolicyError as `optimizeDeployment`, but for limits that nothing keeps: then there are no points.
 */
export function tradeOff(
  problem: Problem,
  { engines = {} }: { readonly engines?: Engines } = {},
): readonly TradeOff[] {
  const prepared = prepare(problem);
  const free = prepared.options.map((own) =>
    own
      .filter(({ excluded }) => excluded === null)
      .map((option) => ({ ...option, cost: option.running }))
      .sort((a, b) => a.cost - b.cost),
  );
  const delays = [...new Set(free.flat().map(({ delayMs }) => delayMs))].sort((a, b) => a - b);
  const points: TradeOff[] = [];
  for (const within of delays) {
    const flows = free.map((own) => own.filter(({ delayMs }) => delayMs <= within));
    const best = attempt(prepared, { flows, fixed: prepared.fixed, limits: prepared.limits }, engines);
    if (best === null || best.cost >= (points.at(-1)?.cost ?? Number.POSITIVE_INFINITY)) continue;
    const choice = best.options.map((option, at) => ({ flow: problem.flows[at]!.type, option }));
    points.push({
      delayMs: Math.max(...best.options.map(({ delayMs }) => delayMs)),
      cost: best.cost,
      choice,
    });
  }
  return points;
}

/** Null: nothing is as fast as that. */
function attempt(prepared: Prepared, choices: Choices, engines: Engines): Solution | null {
  try {
    return solved(prepared, choices, engines)[0];
  } catch (error) {
    if (error instanceof PolicyError && error.code === "infeasible") return null;
    throw error;
  }
}
