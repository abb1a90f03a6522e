import type { NodeId } from "@eunomia/engine";
import { QuorumError } from "../errors.ts";
import { waitOf } from "./latency.ts";
import { type LoadQuestion, type Problem, problemOf, type Side } from "./question.ts";
import {
  add,
  divide,
  fraction,
  greatest,
  multiply,
  one,
  type Rational,
  sum,
  toNumber,
  zero,
} from "./rational.ts";
import { type Choice, type Strategy, usesOf } from "./strategy.ts";

/** What a strategy amounts to under a workload. */
export interface Figures {
  /** Load of the busiest node, averaged over the workload: the part of its time that one operation per unit of time takes. */
  readonly load: number;
  /** The same per entry of the workload. */
  readonly loads: readonly number[];
  /** 1 / `load`: this is what minimising the load makes large. Infinity if no node is ever asked. */
  readonly capacity: number;
  /** 1 / load, averaged over the workload: the mean throughput if the workload changes. Never below `capacity`. */
  readonly meanCapacity: number;
  /** Nodes asked per operation. */
  readonly network: number;
  /** Expected time until the answers of a chosen set form a quorum. */
  readonly latency: number;
  /** Load of each node, averaged over the workload, ids ascending. */
  readonly nodes: readonly (readonly [NodeId, number])[];
}

/** The choice of a side. @throws QuorumError `shape` if there is none. */
export function choiceOf({ name }: Side, strategy: Strategy): Choice {
  const choice = strategy[name];
  if (choice === null || !(choice.use > 0))
    throw new QuorumError(
      "shape",
      `strategy.${name}`,
      "a choice, since the workload has such operations",
      choice,
    );
  return choice;
}

/**
 * What a strategy amounts to, also under another workload than the one that it is best for. Nodes are asked as often as the
 * strategy says; whether its sets are quorums is for `verifyLoad` to say.
 *
 * @throws QuorumError as `bestStrategy`, and `shape` if a side that the workload needs has no choice.
 */
export function figuresOf(question: LoadQuestion, strategy: Strategy): Figures {
  const problem = problemOf(question);
  const perNode = nodeLoads(problem, strategy);
  const loads = perNode.map((entry) => entry.reduce(greatest, zero));
  const mean = (values: readonly Rational[]): Rational =>
    sum(values.map((value, i) => multiply(value, problem.shares[i]!)));
  const load = toNumber(mean(loads));
  const idle = loads.some(({ num }) => num === 0n);
  return {
    load,
    loads: loads.map(toNumber),
    capacity: 1 / load,
    meanCapacity: idle ? Infinity : toNumber(mean(loads.map((value) => divide(one, value)))),
    network: toNumber(networkOf(problem, strategy)),
    latency: problem.sides.reduce(
      (total, side) => total + toNumber(side.part) * waitOf(problem, side, choiceOf(side, strategy)),
      0,
    ),
    nodes: problem.universe.ids.map((id, v) => [id, toNumber(mean(perNode.map((entry) => entry[v]!)))]),
  };
}

/** Per entry of the workload, per node. */
export function nodeLoads({ universe, sides, shares }: Problem, strategy: Strategy): Rational[][] {
  const choices = sides.map((side) => choiceOf(side, strategy));
  const uses = choices.map(usesOf);
  return shares.map((_, entry) => {
    const factors = sides.map(({ parts }, s) =>
      multiply(parts[entry]!, fraction(1n, BigInt(choices[s]!.use))),
    );
    return universe.ids.map((id, v) =>
      sides.reduce((total, { burden }, s) => {
        const use = uses[s]!.get(id) ?? 0;
        if (use === 0 || factors[s]!.num === 0n) return total;
        const { num, den } = factors[s]!;
        return add(total, fraction(BigInt(use) * num * burden[v]!.num, den * burden[v]!.den));
      }, zero),
    );
  });
}

/** Nodes asked per operation. */
export function networkOf({ sides }: Problem, strategy: Strategy): Rational {
  return sum(
    sides.map((side) => {
      const choice = choiceOf(side, strategy);
      let asked = 0n;
      for (const use of usesOf(choice).values()) asked += BigInt(use);
      return multiply(side.part, fraction(asked, BigInt(choice.use)));
    }),
  );
}
