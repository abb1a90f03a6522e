import {
  type RunPlan,
  readReplay,
  recordRun,
  replay,
  replayText,
  shrink,
  simulate,
  stormProfile,
} from "@eunomia/simulation";
import { expect, test } from "vitest";
import { type Toy, toySystem, toyTwin } from "./support/toy-system.ts";

const planOf = (name: string, seed: number): RunPlan<Toy> => ({
  system: toySystem({ sequencer: toyTwin(name) }),
  seed: `${name} ${seed}`,
  profile: stormProfile,
  limits: { virtualMs: 10_000 },
});

/** The first failing run of a twin. */
async function failing(
  name: string,
  from = 0,
): Promise<{ plan: RunPlan<Toy>; result: Awaited<ReturnType<typeof simulate>> }> {
  for (let seed = from; seed < from + 300; seed += 1) {
    const plan = planOf(name, seed);
    const result = await simulate(plan);
    if (result.outcome.kind !== "ok") return { plan, result };
  }
  throw new Error(`no run of ${name} failed`);
}

// Start of every node, the proposals, what the sequencer does with them: the least that shows each of the mistakes is below.
for (const [name, least] of [
  ["inventive", 5],
  ["late", 11],
  ["forgetful", 11],
] as const)
  test(`a failing run of a ${name} sequencer shrinks to what a person can read, and its file replays`, async () => {
    const { plan, result } = await failing(name);
    const small = await shrink(plan, result);
    expect(small.replays).toBeLessThanOrEqual(200);
    expect(small.result.outcome).toMatchObject({ kind: "violated", property: "agreement and validity" });
    expect(small.after.steps).toBeLessThanOrEqual(least + 12);
    expect(small.after.steps).toBeLessThanOrEqual(small.before.steps);
    const text = replayText(await recordRun(small.plan, { engines: "e", node: "v20", shrunk: true }));
    const file = readReplay(text, "e");
    expect(file.script).toEqual(small.plan.script);
    const again = await replay(file, { system: plan.system });
    expect(again.difference).toBeNull();
    expect(again.result.outcome).toEqual(small.result.outcome);
  });

test("a core that gets stuck shrinks to the faults that it takes, and stays stuck for the same reason", async () => {
  const stuck: RunPlan<Toy> = {
    system: toySystem({ learner: toyTwin("giving up", "r0") }),
    seed: "stuck",
    profile: stormProfile,
    limits: { mode: "liveness", virtualMs: 1000 },
  };
  const result = await simulate(stuck);
  expect(result.outcome.kind).toBe("stuck");
  const small = await shrink(stuck, result, { replays: 60 });
  expect(small.result.outcome).toMatchObject({ kind: "stuck", property: "the core makes progress" });
  expect(small.after.faults).toBeLessThan(small.before.faults / 2);
  expect((await simulate(small.plan)).digest).toBe(small.result.digest);
});

test("a run that is ok has nothing to shrink", async () => {
  const plan: RunPlan<Toy> = { ...planOf("late", 0), system: toySystem() };
  const result = await simulate(plan);
  expect((await shrink(plan, result)).replays).toBe(0);
});
