import { digest, type Infer, id, list, record } from "@eunomia/codec";
import { exprSchema, normalize } from "@eunomia/quorum-algebra";
import type { LearnerGraph } from "../graph.ts";
import type { GraphInput } from "./spec.ts";

const learner = id("learner");

/** A graph as a value: acceptors, learners and edges in ascending order, expressions in normal form. */
export const graphSchema = record({
  acceptors: list(id("node")),
  learners: list(record({ id: learner, quorums: exprSchema })),
  edges: list(
    record({ a: learner, b: learner, safe: exprSchema, meets: list(record({ a: learner, b: learner })) }),
  ),
});

/** The value of a graph, one for all ways of writing it down that have the same normal form. */
export type GraphValue = Infer<typeof graphSchema>;

/** What is encoded for a graph. */
export function graphValue(graph: LearnerGraph): GraphValue {
  return {
    acceptors: [...graph.acceptors],
    learners: [...graph.quorums].map(([name, { expr }]) => ({ id: name, quorums: normalize(expr) })),
    edges: graph.edges.map(({ between: [a, b], label }) => ({
      a,
      b,
      safe: label.safe,
      meets: label.meets.map(([x, y]) => ({ a: x, b: y })),
    })),
  };
}

/** A value as input of a graph: where it comes from a peer, `learnerGraph` judges it. */
export function graphFromValue({ acceptors, learners, edges }: GraphValue): GraphInput {
  return {
    acceptors,
    learners: new Map(learners.map((entry) => [entry.id, entry.quorums])),
    edges: edges.map(({ a, b, safe, meets }) => ({
      between: [a, b],
      label: { safe, meets: meets.map((pair) => [pair.a, pair.b] as const) },
    })),
  };
}

/** SHA-256 of the encoded value: nodes of one instance must hold the same graph, so it belongs into the name of the instance. */
export function graphDigest(graph: LearnerGraph): Uint8Array {
  return digest(graphSchema, graphValue(graph));
}
