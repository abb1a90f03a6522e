import { type ConsensusSchedules, consensusSchedules, describeFailure } from "@eunomia/conformance";
import { expect, test } from "vitest";
import { type ClusterOptions, cluster, learners } from "./cluster.ts";

/** Schedules per configuration; a longer campaign sets TWO_THIRDS_SCHEDULES. */
const count = Number(process.env.TWO_THIRDS_SCHEDULES ?? 300);
const everything = { loss: 0.1, duplication: 0.1, crash: 0.03, compact: 0.02 };

const configurations: Record<string, ClusterOptions & Partial<ConsensusSchedules>> = {
  "four members as in the paper: no grace, eager relay": {},
  "a grace period, lazy relay": { member: { graceMs: 20, relay: "lazy" } },
  "learners beside members": { colocated: true, member: { graceMs: 5 } },
  "votes by digest": { member: { digestAboveBytes: 0 } },
  "votes by digest, learners beside members, lazy relay": {
    colocated: true,
    member: { digestAboveBytes: 0, graceMs: 5, relay: "lazy" },
  },
  "seven members, two crashes": { size: 7, faults: { ...everything, downMax: 2, staysDownMax: 2 } },
};

for (const [name, options] of Object.entries(configurations))
  test(`random schedules: ${name}`, () => {
    const report = consensusSchedules({
      engines: cluster(options),
      learners,
      seeds: { count },
      faults: { ...everything, staysDownMax: 1 },
      ...options,
    });
    expect(report.failures.map(describeFailure)).toEqual([]);
    expect(report.done).toBe(count);
    const { failures: _, ...counts } = report;
    console.log(`${name}: ${JSON.stringify(counts)}`);
  });
