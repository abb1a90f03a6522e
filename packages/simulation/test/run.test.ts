import { type RunPlan, simulate, stormProfile } from "@eunomia/simulation";
import { expect, test } from "vitest";
import { toySystem } from "./support/toy-system.ts";

const plan = (seed: number): RunPlan => ({
  system: toySystem(),
  seed: String(seed),
  profile: stormProfile,
  limits: { mode: "liveness", virtualMs: 3000 },
});

test("a run executed twice is identical, and so is the run of its choices", async () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const first = await simulate(plan(seed));
    expect(first.outcome).toEqual({ kind: "ok" });
    expect(await simulate(plan(seed))).toEqual(first);
    const { config, choices } = first;
    expect(await simulate({ ...plan(seed), config, choices })).toEqual(first);
    expect((await simulate(plan(seed + 1000))).digest).not.toBe(first.digest);
  }
});
