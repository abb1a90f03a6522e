import { consensusCases } from "@eunomia/conformance";
import { learnerGraph } from "@eunomia/learner-graph";
import { describe, test } from "vitest";
import { cluster, proposerNames } from "./cluster.ts";
import { examples } from "./examples.ts";

const graph = learnerGraph(examples[0]!.graph);

describe("the Consensus door, a log of one learner", () => {
  test.each(consensusCases.map((one) => [one.name, one] as const))("%s", async (_name, one) => {
    await one.run({ engines: cluster({ graph, learners: 0 }), learners: proposerNames(), runs: 10 });
  });
});
