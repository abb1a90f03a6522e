import { engineCases } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { byzantineLearnerEngine, byzantineMemberEngine } from "../../src/byzantine.ts";
import { cluster, learners, memberNames } from "./cluster.ts";
import { sealsOf } from "./seals.ts";

interface Observed {
  readonly floor: number;
  readonly slots: {
    readonly keys: number[];
    readonly values: { readonly round: number; readonly voted: number; readonly decided: unknown }[];
  };
}

/** What a member shows is durable, but for slots in which it did nothing yet. A learner remembers nothing. */
function durable(observation: unknown): unknown {
  const { floor, slots } = observation as Observed;
  return {
    floor,
    slots: slots.values.flatMap((slot, i) =>
      slot.round > 0 || slot.voted >= 0 || slot.decided !== null ? [[slots.keys[i], slot]] : [],
    ),
  };
}

const ids = { process: [...memberNames(), ...learners] };

describe("engine cases of Byzantine 2/3-consensus", () => {
  const processes = cluster();
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
  expect(byzantineMemberEngine(p0!.config as never, sealsOf("p0")).name).toBe("byzantine two-thirds member");
  expect(byzantineLearnerEngine(r0!.config as never, sealsOf("r0")).name).toBe(
    "byzantine two-thirds learner",
  );
});
