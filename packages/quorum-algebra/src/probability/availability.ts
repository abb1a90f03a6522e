import type { Answer } from "../answers.ts";
import { exprOf, type Quorums } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { Budget } from "../limits.ts";
import { answerOf, type ChanceOptions, checkUnits, maxStepsDefault, onlyCase } from "./answer.ts";
import type { Chances } from "./chances.ts";
import { chancesWith, withGroups } from "./groups.ts";
import { planOf } from "./plan.ts";

/**
 * The chance that the nodes that do not fail contain a quorum. Nodes fail independently (but for `groups`). Of the two,
 * `unavailability` is the one to ask when failures are rare: this one then rounds to 1.
 *
 * @example
 * availability(majority(["a", "b", "c"]), 0.1); // { kind: "exact", value: 0.972, method: "threshold" }
 * @throws QuorumError `chance` for a node without a chance from 0 to 1, or for what is wrong with a group.
 */
export function availability(system: Quorums, failing: Chances, options: ChanceOptions = {}): Answer<number> {
  return chanceOf(system, failing, options, "up");
}

/**
 * The chance that the nodes that do not fail contain no quorum: a sum over what fails, never 1 minus almost 1, so it is
 * right to some 12 digits at 1e-9 as at 0.1 (below 1e-308 it is 0). Exact but for the rounding of doubles: independent parts
 * are counted (in a read-once tree in time of children times threshold per gate), weights by their distribution, in certified
 * bounds where they are large, and nodes that occur several times by a decision diagram inside their module. `unknown` if
 * that grows too large.
 *
 * @example
 * unavailability(majority(["a", "b", "c"]), { a: 0.01, b: 0.01, c: 0.02 });
 * @throws QuorumError as `availability`.
 */
export function unavailability(
  system: Quorums,
  failing: Chances,
  options: ChanceOptions = {},
): Answer<number> {
  return chanceOf(system, failing, options, "down");
}

function chanceOf(
  system: Quorums,
  failing: Chances,
  options: ChanceOptions,
  tail: "up" | "down",
): Answer<number> {
  const { groups = [], units } = options;
  const normal = normalize(withGroups(exprOf(system), groups));
  const budget = new Budget(options, maxStepsDefault);
  if (normal.t === "const")
    return { kind: "exact", value: Number(normal.v === (tail === "up")), method: "constant" };
  const plan = planOf(normal, "holds", checkUnits(units), budget);
  if (plan === null) return { kind: "unknown", reason: "limit" };
  return answerOf(plan, [onlyCase(plan.ids, chancesWith(failing, groups))], tail, budget);
}
