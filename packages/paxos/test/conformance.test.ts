import { consensusCases, engineCases } from "@eunomia/conformance";
import { describe, test } from "vitest";
import { cluster, names, noop } from "./support/cluster.ts";
import { majorities } from "./support/lone.ts";

const { acceptors, leaders, learners } = names(majorities);
for (const announce of ["value", "reference"] as const) {
  const shape = { ...majorities, announce };
  describe(`announcing by ${announce}`, () => {
    const subject = {
      processes: Object.fromEntries(cluster(shape)),
      ids: { acceptor: acceptors, leader: leaders, learner: learners, node: acceptors },
    };
    for (const one of engineCases) test(`engines: ${one.name}`, () => one.run(subject));

    // Learners stand beside the first acceptors, with which they crash.
    const engines = Object.fromEntries(
      [...cluster(shape)].map(([id, process]) => [
        id,
        { ...process, node: id.replace(/^r(\d)$/, (_, at: string) => `a${Number(at) + 1}`) },
      ]),
    );
    for (const one of consensusCases)
      test(
        `the Consensus door: ${one.name}`,
        () => one.run({ engines, learners, noops: [noop], runs: 50 }),
        60_000,
      );
  });
}
