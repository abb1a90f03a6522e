import { consensusCases } from "@eunomia/conformance";
import { describe, test } from "vitest";
import { type ByzantineClusterOptions, cluster, learners } from "./cluster.ts";
import { equivocating } from "./liar.ts";

const subjects: Record<string, ByzantineClusterOptions> = {
  "everybody honest": {},
  "learners beside members": { colocated: true, member: { relay: "lazy" } },
  "a liar among them": { lie: equivocating },
};

for (const [title, options] of Object.entries(subjects))
  describe(`the Consensus door under Byzantine faults, ${title}`, () => {
    test.each(consensusCases.map((one) => [one.name, one] as const))("%s", async (_name, one) => {
      await one.run({ engines: cluster(options), learners, runs: 25 });
    });
  });
