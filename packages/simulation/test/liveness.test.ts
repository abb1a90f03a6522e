import { calmProfile, type RunPlan, simulate, stormProfile } from "@eunomia/simulation";
import { expect, test } from "vitest";
import { courier } from "./support/courier.ts";
import { courierSystem } from "./support/courier-system.ts";
import { type Toy, toySystem, toyTwin } from "./support/toy-system.ts";

const plan = (seed: number): RunPlan<Toy> => ({
  system: toySystem(),
  seed: `liveness ${seed}`,
  profile: stormProfile,
  limits: { mode: "liveness", virtualMs: 2000 },
});

test("whatever happened before, a healed core makes progress", async () => {
  let settled = 0;
  for (let seed = 0; seed < 15; seed += 1) {
    const result = await simulate(plan(seed));
    expect(result.outcome).toEqual({ kind: "ok" });
    settled += Number(result.settled);
  }
  expect(settled).toBe(15);
});

test("nodes outside of the core stay as bad as they are, each in its own way", async () => {
  const states = new Set<string>();
  const base = toySystem();
  // The sequencer and one learner are the core; the goal is theirs alone.
  const system = {
    ...base,
    build: (config: Toy, scene: Parameters<typeof base.build>[1]) => {
      const cluster = base.build(config, scene);
      return {
        ...cluster,
        budget: { tolerates: () => true, cores: [["s", "r0"]] },
        done: () => scene.isUp("r0"),
      };
    },
  };
  for (let seed = 0; seed < 30; seed += 1) {
    const result = await simulate(
      { ...plan(seed), profile: calmProfile, system },
      {
        onNote: (_at, note) =>
          /^left behind: \S+ (.*)$/.exec(note)?.[1] && states.add(/^left behind: \S+ (.*)$/.exec(note)![1]!),
      },
    );
    expect(result.outcome).toEqual({ kind: "ok" });
  }
  expect([...states].sort()).toEqual(["as it is", "crashed", "deaf", "mute", "paused", "slow"]);
});

test("a node that is down with a damaged journal is in no core: it will refuse to start", async () => {
  const base = toySystem();
  // Any one node may be gone; nothing starts again by itself, so that the damage is not known when the core is chosen.
  const system = {
    ...base,
    build: (config: Toy, scene: Parameters<typeof base.build>[1]) => {
      const cluster = base.build(config, scene);
      const nodes = [...new Set(cluster.nodes.map(({ id }) => id))];
      const tolerates: NonNullable<typeof cluster.budget>["tolerates"] = ({ dead, amnesiac }) =>
        dead.size <= 1 && amnesiac.size === 0;
      return {
        ...cluster,
        budget: { tolerates, cores: nodes.map((absent) => nodes.filter((node) => node !== absent)) },
        done: () => scene.core!.every((node) => scene.isUp(node)),
      };
    },
  };
  const profile = {
    ...calmProfile,
    rates: { ...calmProfile.rates, crash: 0.02 },
    disk: { ...calmProfile.disk, damaged: 1 },
  };
  let damaged = 0;
  for (let seed = 0; seed < 20; seed += 1) {
    const result = await simulate({ ...plan(seed), profile, system });
    expect(result.outcome).toEqual({ kind: "ok" });
    damaged += result.counts["damaged journals"] ?? 0;
    expect(result.counts["damaged journals"] ?? 0).toBeLessThanOrEqual(1);
  }
  expect(damaged).toBeGreaterThan(5);
});

test("a protocol that never asks again is stuck, and the run says where", async () => {
  const system = toySystem({ learner: toyTwin("giving up", "r0") });
  let stuck = 0;
  for (let seed = 0; seed < 10; seed += 1) {
    const { outcome } = await simulate({ ...plan(seed), system });
    if (outcome.kind === "stuck") {
      expect(outcome.property).toBe("the core makes progress");
      expect(outcome.detail).toMatch(/not done after .* r0 knows/);
      stuck += 1;
    }
  }
  expect(stuck).toBeGreaterThan(0);
});

test("in a calm run with nothing owed the core is done at once", async () => {
  const result = await simulate({
    system: courierSystem({ engine: courier() }),
    seed: "calm",
    profile: calmProfile,
    limits: { mode: "liveness", virtualMs: 500 },
  });
  expect(result.settled).toBe(true);
  expect(result.virtualMs).toBeLessThan(1000);
});
