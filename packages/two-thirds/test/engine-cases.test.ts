import { engineCases } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { learnerEngine, memberEngine } from "../src/index.ts";
import { cluster, learners, memberNames } from "./cluster.ts";

interface Observed {
  readonly floor: number;
  readonly slots: {
    readonly keys: number[];
    readonly values: { readonly round: number; readonly decided: unknown }[];
  };
}

/** What a member shows is durable, but for slots in which it neither voted nor decided. A learner remembers nothing. */
function durable(observation: unknown): unknown {
  const { floor, slots } = observation as Observed;
  return {
    floor,
    slots: slots.values.flatMap((slot, i) =>
      slot.round >= 0 || slot.decided !== null ? [[slots.keys[i], slot]] : [],
    ),
  };
}

const ids = { process: [...memberNames(), ...learners] };

for (const [title, options] of Object.entries({
  "votes whole": {},
  "votes by digest, grace": { member: { digestAboveBytes: 1, graceMs: 5 } },
}))
  describe(`engine cases, ${title}`, () => {
    const processes = cluster(options);
    test.each(engineCases.map((one) => [one.name, one] as const))("%s", async (_name, one) => {
      await one.run({
        processes,
        ids,
        durable: (process, observation) => (learners.includes(process) ? null : durable(observation)),
      });
    });
  });

test("the engines are named", () => {
  const { p0, r0 } = cluster();
  expect(memberEngine(p0!.config as never).name).toBe("two-thirds member");
  expect(learnerEngine(r0!.config as never).name).toBe("two-thirds learner");
});
