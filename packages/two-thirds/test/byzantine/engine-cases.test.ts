import { engineCases } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { byzantineLearnerEngine, byzantineMemberEngine } from "../../src/byzantine.ts";
import { cluster, learners, memberNames } from "./cluster.ts";
import { sealsOf } from "./seals.ts";

const ids = { process: [...memberNames(), ...learners] };

describe("engine cases of Byzantine 2/3-consensus", () => {
  const processes = cluster();
  test.each(engineCases.map((one) => [one.name, one] as const))("%s", async (_name, one) => {
    await one.run({
      processes,
      ids,
      // What a member shows is durable. A learner remembers nothing.
      durable: (process, observation) => (learners.includes(process) ? null : observation),
    });
  });
});

test("the engines are named", () => {
  const { p0, r0 } = cluster();
  expect(byzantineMemberEngine(p0!.config as never, sealsOf("p0")).name).toBe("byzantine two-thirds member");
  expect(byzantineLearnerEngine(r0!.config as never, sealsOf("r0")).name).toBe(
    "byzantine two-thirds learner",
  );
});
