import type { Answer, Limits } from "../answers.ts";
import type { Quorums } from "../expressions/expr.ts";
import { Budget, withinLimits } from "../limits.ts";
import { countSets } from "./count.ts";
import { maxStepsDefault, methodOf } from "./list.ts";
import { blockingQuestion, type Question, quorumQuestion, splittingQuestion } from "./questions.ts";

/**
 * How many minimal quorums there are, without listing them: products of the parts, diagrams where parts share nodes. `maxSteps`
 * (5 000 000 by default) counts results of diagrams and entries of tables (10 each); many different weights may need more.
 *
 * @example
 * countMinimalQuorums(parse("majority(a1..a9)")); // { kind: "exact", value: 126n, method: "product form" }
 */
export function countMinimalQuorums(quorums: Quorums, limits: Limits = {}): Answer<bigint> {
  return counted(quorumQuestion(quorums), limits);
}

/** How many minimal blocking sets there are; as `countMinimalQuorums`. */
export function countMinimalBlockingSets(quorums: Quorums, limits: Limits = {}): Answer<bigint> {
  return counted(blockingQuestion(quorums), limits);
}

/** How many minimal splitting sets there are, of one system or of two; as `countMinimalQuorums`. */
export function countMinimalSplittingSets(
  left: Quorums,
  right: Quorums = left,
  limits: Limits = {},
): Answer<bigint> {
  return counted(splittingQuestion(left, right, limits, {}), limits);
}

function counted(question: Question, limits: Limits): Answer<bigint> {
  const budget = new Budget(limits, maxStepsDefault);
  return (
    withinLimits(() => {
      const part = question.parts(budget);
      return { kind: "exact", value: countSets(part, budget), method: methodOf(part) } as const;
    }) ?? { kind: "unknown", reason: "limit" }
  );
}
