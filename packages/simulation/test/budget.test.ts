import {
  type Fate,
  type Profile,
  SimulationError,
  type System,
  simulate,
  stormProfile,
} from "@eunomia/simulation";
import { expect, test } from "vitest";
import { courierSystem } from "./support/courier-system.ts";
import { toySystem } from "./support/toy-system.ts";

const rough: Profile = {
  ...stormProfile,
  rates: { ...stormProfile.rates, crash: 0.03 },
  disk: { ...stormProfile.disk, damaged: 0.1, absent: 0.1, rolledBack: 0.1 },
};

/** The most nodes that were down at once, and the fates that were seen. */
async function looked(profile: Profile, maxDown: number, seed: number) {
  const fates: Fate[] = [];
  let down = 0;
  let most = 0;
  const base = courierSystem();
  const system: System<null> = {
    ...base,
    build: (config, scene) => {
      const cluster = base.build(config, scene);
      return {
        ...cluster,
        budget: {
          tolerates: (state) =>
            state.down.size <= maxDown && state.dead.size + state.amnesiac.size + state.byzantine.size === 0,
        },
        watches: [
          {
            property: "looking on",
            fate: (fate) => {
              fates.push(fate);
              if (fate.kind === "crashed" || fate.kind === "stopped") down += 1;
              if (fate.kind === "started" && fate.life > 1) down -= 1;
              most = Math.max(most, down);
              return null;
            },
          },
        ],
      };
    },
  };
  const { counts } = await simulate({ system, seed: `budget ${seed}`, profile, limits: { virtualMs: 4000 } });
  return { most, fates, counts };
}

test("no more nodes are down than the budget says, and no disk forgets", async () => {
  let crashes = 0;
  for (let seed = 0; seed < 8; seed += 1) {
    const { most, fates, counts } = await looked(rough, 1, seed);
    expect(most).toBeLessThanOrEqual(1);
    expect(fates.some(({ kind }) => kind === "amnesiac" || kind === "refused")).toBe(false);
    crashes += counts.crashes ?? 0;
  }
  expect(crashes).toBeGreaterThan(10);
});

test("beyond the budget everything comes, and the run tells who is to blame", async () => {
  const kinds = new Set<string>();
  let most = 0;
  for (let seed = 0; seed < 8; seed += 1) {
    const seen = await looked({ ...rough, beyond: true }, 1, seed);
    most = Math.max(most, seen.most);
    for (const { kind } of seen.fates) kinds.add(kind);
  }
  expect(most).toBe(2);
  expect([...kinds]).toEqual(
    expect.arrayContaining(["amnesiac", "refused", "crashed", "stopped", "started"]),
  );
});

test("a caller's mistake is told with what to do", () => {
  const refused = (change: object): Promise<unknown> =>
    (async () => simulate({ system: toySystem(), seed: "x", ...change }))();
  return Promise.all([
    expect(refused({ limits: { virtualMs: 0 } })).rejects.toThrow(SimulationError),
    expect(refused({ limits: { maxSteps: Number.NaN } })).rejects.toThrow(
      /"maxSteps" expected a positive number/,
    ),
    expect(refused({ limits: { mode: "fast" } })).rejects.toThrow(
      /"mode" expected safety or liveness, got fast/,
    ),
    expect(
      refused({
        system: {
          ...toySystem(),
          build: () => ({ nodes: [], nodeOf: () => null, watches: [] }),
        },
      }),
    ).rejects.toThrow(/"watches" of "toy" expected at least one/),
    expect(
      refused({ wire: "bytes", adversary: () => ({ name: "nobody", nodes: [], intercept: () => {} }) }),
    ).rejects.toThrow(/leave "nobody" out/),
  ]);
});
