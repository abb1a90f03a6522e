import type { NodeId } from "@eunomia/engine";
import type { Limits } from "../answers.ts";
import { universeOf } from "../circuit/bits.ts";
import type { Engines } from "../engines.ts";
import { QuorumError } from "../errors.ts";
import { type Expr, node } from "../expressions/expr.ts";
import { support } from "../expressions/transform.ts";
import { bestStrategy } from "../load/best.ts";
import { compactProgram } from "../load/compact.ts";
import { type LoadQuestion, type NodeProfile, problemOf } from "../load/question.ts";
import { toNumber } from "../load/rational.ts";
import { Throughput } from "../load/throughput.ts";
import type { Candidate, Score } from "./score.ts";

/** The question of `bestStrategy` without the system that it is asked about. */
export type LoadOfAny = Omit<LoadQuestion, "reads" | "writes">;

/**
 * Scores a system by the load (or network, or latency) of its best strategy. With `engines.lp` that is the value of the compact
 * program, right to what the solver rounds; without, the load of the strategies that are best for reads alone and for writes
 * alone, which can be had but may not be the least. Other measures than the load, and limits, need a solver.
 *
 * @throws QuorumError as `bestStrategy`; `quantity` for what needs a solver without one.
 */
export function loadScore(question: LoadOfAny, engines: Engines = {}, limits: Limits = {}): Score {
  const { objective, failures } = problemOf({ ...question, reads: node("any") });
  const { lp } = engines;
  const isLimited = Object.values(question.atMost ?? {}).some((limit) => limit !== undefined);
  if (lp === undefined && (objective !== "load" || failures > 0 || isLimited))
    throw new QuorumError("quantity", "objective", "the load alone, or a solver in `engines.lp`", objective);

  const bounds = new LoadBounds(question);
  const solved = (candidate: Candidate): number | null => {
    if (lp === undefined) return bounds.reached(candidate);
    if (failures > 0) {
      const answer = bestStrategy({ ...question, ...candidate }, engines, limits);
      if (answer.kind === "impossible") return Number.POSITIVE_INFINITY;
      return "value" in answer ? answer.value : null;
    }
    const { program } = compactProgram(problemOf({ ...question, ...candidate }));
    const { status, value } = lp(program.build("objective"));
    if (status === "infeasible") return Number.POSITIVE_INFINITY;
    return status === "optimal" ? value * (objective === "load" ? program.scale : 1) : null;
  };
  const profile = profiles(question);
  const timed = objective === "latency" || question.atMost?.latency !== undefined;
  return {
    score: solved,
    low: (candidate) => (objective === "load" ? bounds.low(candidate) : 0),
    kind: (id) => {
      const { readCapacity = 1, writeCapacity = 1, latency = 1 } = profile(id);
      return timed ? `${readCapacity} ${writeCapacity} ${latency}` : `${readCapacity} ${writeCapacity}`;
    },
  };
}

function profiles({ nodes = {} }: LoadOfAny): (id: NodeId) => NodeProfile {
  const given = new Map(nodes instanceof Map ? nodes : Object.entries(nodes));
  return (id) => given.get(id) ?? {};
}

/** Bounds of the load of trees in which every node occurs once, without a program. */
class LoadBounds {
  readonly #question: LoadOfAny;
  readonly #workload: readonly { readonly reads: number; readonly share: number }[];
  #nodes: Nodes | null = null;

  constructor(question: LoadOfAny) {
    this.#question = question;
    const { sides, shares } = problemOf({ ...question, reads: node("any") });
    const reads = sides.find(({ name }) => name === "reads");
    this.#workload = shares.map((share, i) => ({
      reads: reads === undefined ? 0 : toNumber(reads.parts[i]!),
      share: toNumber(share),
    }));
  }

  /**
   * No strategy has less: reads alone and writes alone take at least what they would take without the others; and under any
   * prices of nodes the load is at least what the cheapest sets cost. Prices are in proportion to what nodes can bear.
   */
  low(candidate: Candidate): number {
    const { readCost, writeCost } = this.#of(candidate);
    const [r, w] = this.#alone(candidate);
    const mean = this.#workload.reduce((sum, { reads, share }) => sum + reads * share, 0);
    const apart = this.#workload.reduce(
      (sum, { reads, share }) => sum + share * Math.max(reads * r, (1 - reads) * w),
      0,
    );
    const priced =
      mean * cheapest(candidate.reads, readCost) + (1 - mean) * cheapest(candidate.writes, writeCost);
    return Math.max(apart, priced);
  }

  /** What the best strategies for either alone take together. */
  reached(candidate: Candidate): number {
    const [r, w] = this.#alone(candidate);
    return this.#workload.reduce((sum, { reads, share }) => sum + share * (reads * r + (1 - reads) * w), 0);
  }

  #alone(candidate: Candidate): readonly [number, number] {
    const { universe, readCapacity, writeCapacity } = this.#of(candidate);
    return [
      1 / new Throughput(candidate.reads, universe, readCapacity).rate,
      1 / new Throughput(candidate.writes, universe, writeCapacity).rate,
    ];
  }

  /** Candidates of one search have the same nodes. */
  #of({ reads }: Candidate): Nodes {
    this.#nodes ??= this.#measured(support(reads));
    return this.#nodes;
  }

  #measured(ids: readonly NodeId[]): Nodes {
    const profile = profiles(this.#question);
    const readCapacity = ids.map((id) => profile(id).readCapacity ?? 1);
    const writeCapacity = ids.map((id) => profile(id).writeCapacity ?? 1);
    const mean = this.#workload.reduce((sum, { reads, share }) => sum + reads * share, 0);
    const prices = ids.map((_, i) => 1 / (mean / readCapacity[i]! + (1 - mean) / writeCapacity[i]!));
    const total = prices.reduce((sum, price) => sum + price, 0);
    const costs = (capacity: readonly number[]) =>
      new Map(ids.map((id, i) => [id, prices[i]! / total / capacity[i]!]));
    return {
      universe: universeOf(ids),
      readCapacity,
      writeCapacity,
      readCost: costs(readCapacity),
      writeCost: costs(writeCapacity),
    };
  }
}

interface Nodes {
  readonly universe: ReturnType<typeof universeOf>;
  readonly readCapacity: readonly number[];
  readonly writeCapacity: readonly number[];
  readonly readCost: ReadonlyMap<NodeId, number>;
  readonly writeCost: ReadonlyMap<NodeId, number>;
}

/** The cost of a cheapest set of a tree of counting gates in which every node occurs once. */
function cheapest(expr: Expr, cost: ReadonlyMap<NodeId, number>): number {
  if (expr.t === "node") return cost.get(expr.id)!;
  if (expr.t !== "thr") throw new Error("fault: candidates are trees of counting gates");
  const costs = expr.of.map((child) => cheapest(child, cost)).sort((a, b) => a - b);
  return costs.slice(0, expr.k).reduce((sum, c) => sum + c, 0);
}
