import { consensusCases } from "@eunomia/conformance";
import { describe, test } from "vitest";
import { type ClusterOptions, cluster, learners } from "./cluster.ts";

const subjects: Record<string, ClusterOptions> = {
  "votes whole": {},
  "votes by digest": { colocated: true, member: { digestAboveBytes: 0, graceMs: 10 } },
};

for (const [title, options] of Object.entries(subjects))
  describe(`the Consensus door, ${title}`, () => {
    test.each(consensusCases.map((one) => [one.name, one] as const))("%s", async (_name, one) => {
      await one.run({ engines: cluster(options), learners, runs: 50 });
    });
  });
