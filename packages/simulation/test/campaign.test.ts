import { type CampaignReport, campaign, type RunPlan, simulate, stormProfile } from "@eunomia/simulation";
import { expect, test } from "vitest";
import { type Toy, toySystem, toyTwin } from "./support/toy-system.ts";

const plan: RunPlan<Toy> = { system: toySystem(), seed: "campaign", limits: { virtualMs: 1500 } };

test("runs that reached something new give rise to others, and the same campaign is the same again", async () => {
  const once = (): Promise<CampaignReport<Toy>> => campaign({ plan, runs: 30, twiceEvery: 10 });
  const first = await once();
  expect(first.failures).toEqual([]);
  expect(first.kept).toBeGreaterThan(5);
  expect(first.coverage).toBeGreaterThan(50);
  expect(await once()).toEqual(first);
});

test("a run made of others is a run of its own: its plan makes it again", async () => {
  const twin = toySystem({ sequencer: toyTwin("late") });
  const { failures, runs } = await campaign({
    plan: { system: twin, seed: "late", profile: stormProfile, limits: { virtualMs: 4000 } },
    runs: 300,
    failuresMax: 3,
  });
  expect(failures.length).toBeGreaterThan(0);
  expect(runs).toBeLessThanOrEqual(300);
  for (const { plan: failing, result } of failures) {
    const again = await simulate(failing);
    expect(again.digest).toBe(result.digest);
    expect(again.outcome).toEqual(result.outcome);
  }
});

test("a run that goes another way the second time is a failure", async () => {
  let runs = 0;
  const base = toySystem();
  const { failures } = await campaign({
    plan: {
      ...plan,
      system: {
        ...base,
        build: (_config, scene) => {
          runs += 1;
          return base.build({ learners: 2 + (runs % 2) }, scene);
        },
      },
    },
    runs: 1,
  });
  expect(failures[0]?.result.outcome).toMatchObject({ property: "a run is a function of its plan" });
});
