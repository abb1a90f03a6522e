import { type LearnerGraphSubject, learnerGraphCases } from "@eunomia/conformance";
import { draftGraph, type GraphInput, learnerGraph, uniform } from "@eunomia/learner-graph";
import { parse, weighted } from "@eunomia/quorum-algebra";
import { describe, test } from "vitest";

const edge = (a: string, b: string, label: string) => ({ between: [a, b] as const, label });

const chains: GraphInput = {
  learners: { red: "{r, s1, s2, s3} >= 3", blue: "{b, s1, s2, s3} >= 3" },
  edges: [
    edge("red", "red", "{r, s1, s2, s3} >= 3"),
    edge("red", "blue", "s1 & s2 & s3"),
    edge("blue", "blue", "{b, s1, s2, s3} >= 3"),
  ],
};

/** Three chains of which only neighbours name each other, and a learner without trust of its own. */
const row: GraphInput = {
  learners: {
    x: "{a, b, c, d} >= 3",
    y: "{a, b, c, d} >= 3",
    z: "{a, b, c, d, e} >= 4",
    loner: "a | e",
  },
  edges: [edge("x", "y", "{a, b, c, d} >= 3"), edge("y", "z", "{a, b, c, d} >= 3")],
};

/** A label on the stakes of both chains, which is no expression. */
const stakes: GraphInput = {
  learners: {
    a: weighted({ p1: 3n, p2: 2n, p3: 2n, p4: 1n }, 6n),
    b: weighted({ p1: 1n, p2: 2n, p3: 4n, p5: 2n }, 7n),
  },
  edges: [
    {
      between: ["a", "b"],
      label: {
        meets: [
          ["a", "a"],
          ["a", "b"],
          ["b", "b"],
        ],
      },
    },
  ],
};

const ids = Array.from({ length: 13 }, (_, i) => `n${String(i).padStart(2, "0")}`);
const many: GraphInput = {
  learners: { l: `{${ids.join(", ")}} >= 10`, m: `{${ids.slice(2).join(", ")}} >= 9` },
  edges: [edge("l", "m", `{${ids.slice(2).join(", ")}} >= 8`)],
};

const even = uniform({ a: parse("{p1..p4} >= 3"), b: parse("{p1..p4} >= 4") });

const subjects: Record<string, LearnerGraphSubject> = {
  "two chains": { make: () => learnerGraph(chains) },
  "three in a row": { make: () => learnerGraph(row) },
  "two stakes": { make: () => learnerGraph(stakes) },
  uniform: { make: () => learnerGraph(even) },
  "thirteen acceptors": { make: () => learnerGraph(many) },
};

describe.each(Object.entries(subjects))("the LearnerGraph door: %s", (_name, subject) => {
  test.each(learnerGraphCases.map((one) => [one.name, one] as const))("%s", (_case, one) => one.run(subject));
});

/** The third edge makes closure ask more than quorums can give. */
const invalid: LearnerGraphSubject = {
  make: () =>
    draftGraph({
      learners: { red: "u & v", blue: "v & w", green: "w & x" },
      edges: [edge("red", "blue", "v"), edge("blue", "green", "w")],
    }),
};

describe("the LearnerGraph door: a draft keeps to everything but validity", () => {
  const cases = learnerGraphCases.filter(({ needs }) => needs === undefined);
  test.each(cases.map((one) => [one.name, one] as const))("%s", (_case, one) => one.run(invalid));
});
