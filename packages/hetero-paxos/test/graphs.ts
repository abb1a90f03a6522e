import { type GraphInput, learnerGraph, type ValidGraph } from "@eunomia/learner-graph";
import { examples } from "./examples.ts";

const edge = (a: string, b: string, label: string) => ({ between: [a, b] as const, label });

/** Two learners with quorums of their own, all edges equal: an honest run can leave G unable to decide (section 8.3). */
export const gap: GraphInput = {
  learners: { A: "p1 & p3", G: "p1 & p2 & p3" },
  edges: [edge("A", "A", "p1 & p2 & p3"), edge("A", "G", "p1 & p2 & p3"), edge("G", "G", "p1 & p2 & p3")],
};

const inputs: readonly GraphInput[] = [
  ...examples.map(({ graph }) => graph),
  gap,
  {
    learners: { x: "{a, b, c} >= 2", y: "a & b & c", z: "b & c & d" },
    edges: [
      edge("x", "x", "a & b & c"),
      edge("x", "y", "a & b & c"),
      edge("y", "z", "b & c"),
      edge("z", "z", "b | c"),
    ],
  },
  {
    learners: { x: "{a, b, c, d} >= 3", y: "{a, b, c, d} >= 3", z: "{a, b, c, d, e} >= 4" },
    edges: [
      edge("x", "y", "{a, b, c, d} >= 3"),
      edge("y", "z", "{a, b, c, d} >= 3"),
      edge("z", "z", "{a, b, c, d, e} >= 3"),
    ],
  },
  {
    learners: { x: "{a, b, c} >= 2", y: "{c, d, e} >= 2" },
    edges: [edge("x", "x", "a & b & c"), edge("y", "y", "c & d & e")],
  },
];

/** Valid graphs of 3 to 5 acceptors and 1 to 3 learners, unlike one another. */
export const graphs: readonly ValidGraph[] = inputs.map((input) => learnerGraph(input));
