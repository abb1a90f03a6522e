import type { LearnerId } from "@eunomia/engine";
import type { Answer, Bounded } from "@eunomia/quorum-algebra";
import {
  type ChanceOptions,
  type Chances,
  unavailability,
  unsafety,
} from "@eunomia/quorum-algebra/probability";
import type { LearnerGraph } from "../graph.ts";
import type { NumberedLabel } from "../labels/label.ts";
import { meetsOf, type TwoShares } from "../labels/meets.ts";
import { ends } from "./worst.ts";

/** Two stakes of more nodes than this are not counted state by state. */
const countedMax = 20;
/** A label may join hundreds of stakes, so each is divided less finely than a single one would be. */
const unitsDefault = 10_000;

/**
 * The chance that the two are freed from having to agree: acceptors do not keep to the protocol with these chances,
 * independently but for `options.groups`. A small tail, as `unavailability` is one. Where a label joins conditions that are no
 * expression (two stakes), bounds: what breaks conditions can only come together more often than independent events do. The
 * bound of two stakes of many nodes is an upper one: a promise.
 *
 * @example
 * probability(graph, "red", "blue", 0.01); // { kind: "exact", value: 0.029701, … }
 * @throws QuorumError `chance` for an acceptor without a chance from 0 to 1.
 */
export function probability(
  graph: LearnerGraph,
  a: LearnerId,
  b: LearnerId,
  unsafe: Chances,
  options: ChanceOptions = {},
): Answer<number> {
  const { closure } = graph.inside;
  const [u, v] = ends(graph, a, b, "probability");
  const expr = closure.expr(u, v);
  if (expr !== null) return unavailability(expr, unsafe, options);
  const alternatives = closure.alternatives(u, v);
  if (alternatives === null) return { kind: "unknown", reason: "limit" };
  return together(
    alternatives.map((label) => brokenChance(graph, label, unsafe, options)),
    (chances) => ({
      low: chances.reduce((all, { low }) => all * low, 1),
      high: Math.min(...chances.map(({ high }) => high)),
    }),
  );
}

/** One condition of the label fails. */
function brokenChance(
  graph: LearnerGraph,
  { safe, meets }: NumberedLabel,
  unsafe: Chances,
  options: ChanceOptions,
): Answer<number> {
  const { learners } = graph.inside.model;
  const pairs = meets.map(([x, y]) => {
    const [qx, qy] = [learners[x]!.quorums.expr, learners[y]!.quorums.expr];
    const found = meetsOf(qx, qy);
    if (found?.kind === "shares" && found.shares.ids.length > countedMax)
      return promised(found.shares, unsafe, { units: unitsDefault, ...options });
    if (found?.kind === "expr")
      return unavailability(found.expr, unsafe, { units: unitsDefault, ...options });
    return unsafety(qx, unsafe, { ...options, other: qy });
  });
  const failing = [unavailability(safe, unsafe, options), ...pairs].filter(
    // What never fails changes nothing.
    (answer) => !(answer.kind === "exact" && answer.value === 0),
  );
  if (failing.length === 0) return { kind: "exact", value: 0, method: "constant" };
  return together(failing, (chances) => ({
    low: Math.max(...chances.map(({ low }) => low)),
    high: -Math.expm1(chances.reduce((sum, { high }) => sum + Math.log1p(-high), 0)),
  }));
}

/** An upper bound, from a condition on weights that is enough for agreement. */
function promised(shares: TwoShares, unsafe: Chances, options: ChanceOptions): Answer<number> {
  const answer = unavailability(shares.sufficient(), unsafe, options);
  if (answer.kind === "unknown") return answer;
  const high = answer.kind === "exact" ? answer.value : answer.high;
  return { kind: "bounds", low: 0, high, method: "priced weights" };
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Bounds from bounds; of one chance nothing is lost. */
function together(
  answers: readonly Answer<number>[],
  join: (chances: readonly Interval[]) => Interval,
): Answer<number> {
  const known: Bounded<number>[] = [];
  for (const answer of answers) {
    if (answer.kind === "unknown") return answer;
    known.push(answer);
  }
  if (known.length === 1) return known[0]!;
  const intervals = known.map((answer) =>
    answer.kind === "bounds" ? answer : { low: answer.value, high: answer.value },
  );
  const method = [...new Set(known.map((answer) => answer.method))].sort().join(", ");
  return { kind: "bounds", ...join(intervals), method };
}
