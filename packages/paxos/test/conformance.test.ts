import { engineCases } from "@eunomia/conformance";
import { test } from "vitest";
import { cluster, names } from "./support/cluster.ts";
import { majorities } from "./support/lone.ts";

const { acceptors, leaders, learners } = names(majorities);
for (const announce of ["value", "reference"] as const) {
  const subject = {
    processes: Object.fromEntries(cluster({ ...majorities, announce })),
    ids: { acceptor: acceptors, leader: leaders, learner: learners, node: acceptors },
  };
  for (const one of engineCases) test(`${announce}: ${one.name}`, () => one.run(subject));
}
