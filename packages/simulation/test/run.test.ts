import { type RunPlan, simulate, stormProfile } from "@eunomia/simulation";
import { expect, test } from "vitest";
import { scribeSystem } from "./support/scribe-system.ts";
import { type Toy, toySystem, toyTwin } from "./support/toy-system.ts";

const plan = (seed: number): RunPlan<Toy> => ({
  system: toySystem(),
  seed: String(seed),
  profile: stormProfile,
  limits: { mode: "liveness", virtualMs: 2000 },
});

test("a run executed twice is identical, and so is the run of its choices", async () => {
  for (let seed = 0; seed < 8; seed += 1) {
    const first = await simulate(plan(seed));
    expect(first.outcome).toEqual({ kind: "ok" });
    expect(await simulate(plan(seed))).toEqual(first);
    const { config, choices } = first;
    expect(await simulate({ ...plan(seed), config: config as Toy, choices })).toEqual(first);
    expect((await simulate(plan(seed + 1000))).digest).not.toBe(first.digest);
  }
});

test("that holds for runs that fail, too", async () => {
  let failed = 0;
  for (let seed = 0; seed < 40 && failed < 3; seed += 1) {
    const twin: RunPlan<Toy> = { ...plan(seed), system: toySystem({ sequencer: toyTwin("forgetful") }) };
    const first = await simulate(twin);
    if (first.outcome.kind === "ok") continue;
    failed += 1;
    expect(await simulate(twin)).toEqual(first);
  }
  expect(failed).toBe(3);
});

test("missing choices are calm ones: any part of the choices is a legal run", async () => {
  const { config, choices } = await simulate(plan(1));
  for (const keep of [2, 3, 5]) {
    const some = choices.filter((_, at) => at % keep !== 0);
    const result = await simulate({ ...plan(1), config: config as Toy, choices: some });
    expect(result.outcome).toEqual({ kind: "ok" });
  }
});

test("as bytes in frames: damaged ones do not open, and the run is as good", async () => {
  let damaged = 0;
  for (let seed = 0; seed < 5; seed += 1) {
    const bytes: RunPlan<Toy> = {
      ...plan(seed),
      profile: { ...stormProfile, network: { ...stormProfile.network, corrupt: 0.1 } },
      wire: "bytes",
    };
    const first = await simulate(bytes);
    expect(first.outcome).toEqual({ kind: "ok" });
    expect(first.wire).toBe("bytes");
    expect(await simulate(bytes)).toEqual(first);
    for (const [what, count] of Object.entries(first.counts))
      if (what.startsWith("ignored: seal")) damaged += count;
  }
  expect(damaged).toBeGreaterThan(5);
});

test("nodes that wait for promises get them in an order that never varies; one that does not wait is found", async () => {
  const scribe = (seed: number, waits: boolean): RunPlan<null> => ({
    system: scribeSystem(waits),
    seed: `scribe ${seed}`,
    profile: { ...stormProfile, rates: { ...stormProfile.rates, crash: 0.03 } },
    limits: { virtualMs: 3000 },
  });
  let lies = 0;
  for (let seed = 0; seed < 8; seed += 1) {
    const first = await simulate(scribe(seed, true));
    expect(first.outcome).toEqual({ kind: "ok" });
    expect(await simulate(scribe(seed, true))).toEqual(first);
    if ((await simulate(scribe(seed, false))).outcome.kind === "violated") lies += 1;
  }
  expect(lies).toBeGreaterThan(0);
});
