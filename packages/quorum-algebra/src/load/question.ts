import type { NodeId } from "@eunomia/engine";
import { type Universe, universeOf } from "../circuit/bits.ts";
import { type Circuit, compile } from "../circuit/circuit.ts";
import { QuorumError } from "../errors.ts";
import { type Expr, exprOf, type Quorums } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { dual, support } from "../expressions/transform.ts";
import {
  add,
  compare,
  divide,
  greatest,
  multiply,
  one,
  type Rational,
  rationalOf,
  subtract,
  sum,
  zero,
} from "./rational.ts";

/** What one node can bear, and how far away it is. */
export interface NodeProfile {
  /** Reads per unit of time; 1 by default. */
  readonly readCapacity?: number;
  /** Writes per unit of time; 1 by default. */
  readonly writeCapacity?: number;
  /** Time until its answer is there, in any unit; 1 by default. */
  readonly latency?: number;
}

/** Reads make up `fraction` of all operations in a share of the time that is proportional to `weight`. */
export interface Workload {
  readonly fraction: number;
  readonly weight: number;
}

/** What a strategy can be best at. */
export type Objective = "load" | "network" | "latency";

/**
 * Which strategy is best? Numbers count as the decimal fractions that they show, and everything is computed from those.
 *
 * Whether reads meet writes is not asked here: see `readWriteIntersection`.
 */
export interface LoadQuestion {
  readonly reads: Quorums;
  /** By default all sets that meet every read quorum, `dual(reads)`. */
  readonly writes?: Quorums;
  /** Which part of the operations are reads, 0 to 1; several such with weights if it changes. */
  readonly readFraction: number | readonly Workload[];
  /** Profiles of nodes that no quorum names are of no account. */
  readonly nodes?: ReadonlyMap<NodeId, NodeProfile> | Readonly<Record<NodeId, NodeProfile>>;
  /** What to minimise; the load by default. */
  readonly objective?: Objective;
  /** What the strategy must keep to besides; met up to one part in 10^9. */
  readonly atMost?: { readonly [O in Objective]?: number };
  /** Chosen sets stay quorums when so many of their members, whichever, fail; 0 by default. */
  readonly failures?: number;
}

/** Reads or writes: their quorums, and what they cost. */
export interface Side {
  readonly name: "reads" | "writes";
  /** In normal form. */
  readonly expr: Expr;
  readonly circuit: Circuit;
  /** Which part of the operations it makes up, per entry of the workload. */
  readonly parts: readonly Rational[];
  /** The same on average. A side without operations needs no strategy. */
  readonly part: Rational;
  /** Per node: what one operation takes of the node, 1 / capacity. */
  readonly burden: readonly Rational[];
}

/** The question with everything filled in, checked, exact, and by index of nodes. */
export interface Problem {
  readonly universe: Universe;
  /** Sides with operations only. */
  readonly sides: readonly Side[];
  /** Per entry of the workload: its part of the time; they add up to 1. */
  readonly shares: readonly Rational[];
  readonly latency: readonly Rational[];
  /** Distinct latencies, ascending; one only where latency is of no account. */
  readonly levels: readonly Rational[];
  readonly objective: Objective;
  readonly atMost: { readonly [O in Objective]: Rational | null };
  readonly failures: number;
}

/** @throws QuorumError `quantity` for a number out of its range, `empty` for a workload without entries. */
export function problemOf(question: LoadQuestion): Problem {
  const reads = normalize(exprOf(question.reads));
  const writes = question.writes === undefined ? normalize(dual(reads)) : normalize(exprOf(question.writes));
  const universe = universeOf([...support(reads), ...support(writes)]);
  const { fractions, shares } = workloadOf(question.readFraction);
  const given = new Map(
    question.nodes instanceof Map ? question.nodes : Object.entries(question.nodes ?? {}),
  );
  const profiles = universe.ids.map((id): NodeProfile => given.get(id) ?? {});
  const capacity = (key: "readCapacity" | "writeCapacity"): Rational[] =>
    profiles.map((p, i) => divide(one, quantity(p[key] ?? 1, `${key} of ${universe.ids[i]}`, true)));
  const side = (name: Side["name"], expr: Expr, parts: readonly Rational[]): Side => ({
    name,
    expr,
    circuit: compile(expr, universe),
    parts,
    part: parts.reduce((total, part, i) => add(total, multiply(part, shares[i]!)), zero),
    burden: capacity(name === "reads" ? "readCapacity" : "writeCapacity"),
  });
  const latency = profiles.map((p, i) => quantity(p.latency ?? 1, `latency of ${universe.ids[i]}`, false));
  const limit = (o: Objective): Rational | null =>
    question.atMost?.[o] === undefined ? null : quantity(question.atMost[o], `atMost.${o}`, false);
  const objective = question.objective ?? "load";
  const atMost = { load: limit("load"), network: limit("network"), latency: limit("latency") };
  const timed = objective === "latency" || atMost.latency !== null;
  const failures = question.failures ?? 0;
  if (!Number.isSafeInteger(failures) || failures < 0)
    throw new QuorumError("quantity", "failures", "a whole number of at least 0", failures);
  const sides = [
    side("reads", reads, fractions),
    side(
      "writes",
      writes,
      fractions.map((fraction) => subtract(one, fraction)),
    ),
  ].filter(({ part }) => part.num > 0n);
  // Who asks nobody waits for nobody.
  const times = sides.some(({ circuit }) => circuit.constant === true) ? [zero, ...latency] : latency;
  return {
    universe,
    sides,
    shares,
    latency,
    levels: timed ? distinct(times) : [latency.reduce(greatest, zero)],
    objective,
    atMost,
    failures,
  };
}

/** Whether the strategy must keep to limits of other measures than the one that is minimised. */
export function isLimited({ objective, atMost }: Problem): boolean {
  return (["load", "network", "latency"] as const).some((o) => o !== objective && atMost[o] !== null);
}

function workloadOf(readFraction: number | readonly Workload[]): {
  fractions: readonly Rational[];
  shares: readonly Rational[];
} {
  const entries = typeof readFraction === "number" ? [{ fraction: readFraction, weight: 1 }] : readFraction;
  if (entries.length === 0) throw new QuorumError("empty", "readFraction", "at least one entry", entries);
  const fractions = entries.map(({ fraction }) => {
    const exact = quantity(fraction, "readFraction", false);
    if (compare(exact, one) > 0)
      throw new QuorumError("quantity", "readFraction", "a number from 0 to 1", fraction);
    return exact;
  });
  const weights = entries.map(({ weight }) => quantity(weight, "weight of a read fraction", true));
  const total = sum(weights);
  return { fractions, shares: weights.map((weight) => divide(weight, total)) };
}

function quantity(value: number, title: string, positive: boolean): Rational {
  if (typeof value !== "number" || !(positive ? value > 0 : value >= 0) || value === Infinity)
    throw new QuorumError(
      "quantity",
      title,
      positive ? "a finite number above 0" : "a finite number of at least 0",
      value,
    );
  return rationalOf(value, title);
}

function distinct(values: readonly Rational[]): Rational[] {
  const sorted = [...values].sort(compare);
  return sorted.filter((value, i) => i === 0 || compare(value, sorted[i - 1]!) > 0);
}
