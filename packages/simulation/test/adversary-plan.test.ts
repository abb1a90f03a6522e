import {
  type AdversaryPlan,
  calmProfile,
  planOfReplay,
  type RunPlan,
  readReplay,
  recordRun,
  replay,
  replayText,
  type StrategyName,
  shrink,
  simulate,
  strategies,
} from "@eunomia/simulation";
import { describe, expect, test } from "vitest";
import { echoSystem } from "./support/echo-system.ts";
import { pollSystem } from "./support/poll-system.ts";

const names = Object.keys(strategies) as StrategyName[];
const about = { engines: "these", node: "here" };

const plan = (adversary: AdversaryPlan, needed = 3, seed = "1"): RunPlan<null> => ({
  system: echoSystem(needed),
  seed,
  profile: calmProfile,
  limits: { virtualMs: 300 },
  adversary,
});

describe("a replay file holds its adversary", () => {
  test.each(names)("%s is made again from it, record by record", async (strategy) => {
    const given = plan({ strategy, nodes: null }, 3, "2");
    const file = readReplay(replayText(await recordRun(given, about)), about.engines);
    expect(file.header.adversary).toEqual({ strategy, nodes: null });
    expect(file.header.wire).toBe(strategies[strategy].sees ?? file.header.wire);
    const { difference, result } = await replay(file, { system: given.system });
    expect(difference).toBeNull();
    expect(result.outcome).toEqual({ kind: "ok" });
    expect(result.promised).toBe(true);
    if (strategy !== "drawn")
      expect(Object.keys(result.counts).some((name) => name.startsWith("byzantine: "))).toBe(true);
  });

  test("and without it the run is another", async () => {
    const given = plan({ strategy: "collusion", nodes: null });
    const text = replayText(await recordRun(given, about));
    const honest = text.replace('"adversary":{"strategy":"collusion","nodes":null},', "");
    const { difference } = await replay(readReplay(honest, about.engines), { system: given.system });
    expect(difference).not.toBeNull();
  });

  test("also when the run was made small", async () => {
    for (let seed = 0; ; seed += 1) {
      const failing = plan({ strategy: "collusion", nodes: 1 }, 2, String(seed));
      const result = await simulate(failing);
      if (result.outcome.kind === "ok") continue;
      const small = await shrink(failing, result);
      const file = readReplay(replayText(await recordRun(small.plan, about)), about.engines);
      const again = await replay(file, { system: failing.system });
      expect(again.difference).toBeNull();
      expect(again.result.outcome.kind).toBe("violated");
      return;
    }
  });
});

test("adversaries that nobody knows are refused, with what to do", async () => {
  const text = replayText(await recordRun(plan({ strategy: "silence", nodes: 1 }), about));
  const changed = (to: string) => () =>
    readReplay(text.replace('{"strategy":"silence","nodes":1}', to), about.engines);
  for (const wrong of ['{"strategy":"flattery","nodes":1}', '{"strategy":"silence","nodes":0}', "7"])
    expect(changed(wrong)).toThrow(expect.objectContaining({ code: "replay-adversary" }));
  expect(changed('{"strategy":"flattery","nodes":1}')).toThrow(
    /silence, .* got "flattery": replay it with the version/,
  );
  const named = changed('"mine"')();
  expect(() => planOfReplay(named, { system: echoSystem() })).toThrow(/hand it over as "adversary"/);
  expect(
    planOfReplay(named, { system: echoSystem(), adversary: { strategy: "silence", nodes: 1 } }).seed,
  ).toBe("1");
  const own = {
    ...plan({ strategy: "silence", nodes: 1 }),
    adversary: () => ({ name: "mine", nodes: ["d"] }),
  };
  await expect(recordRun(own, about)).rejects.toThrow(/expected a name for the replay file, got none/);
  const { header } = await recordRun(own, { ...about, adversary: "mine" });
  expect(header.adversary).toBe("mine");
});

test.each([
  [{ strategy: "flattery", nodes: 1 }, /"adversary" expected a strategy among/],
  [{ strategy: "silence", nodes: 1.5 }, /expected a number of Byzantine nodes from 1 or null, got 1.5/],
  [{ strategy: "silence", nodes: 4 }, /expected fewer than the 4 nodes of this cluster, got 4/],
])("%j is refused", async (adversary, says) => {
  await expect(simulate(plan(adversary as AdversaryPlan))).rejects.toThrow(says);
});

test("liars beyond the budget are promised nothing, and a violation is excused unless it rests on one node alone", async () => {
  let excused = 0;
  for (let seed = 0; seed < 8; seed += 1) {
    const { promised, outcome, ...result } = await simulate(
      plan({ strategy: "collusion", nodes: 2 }, 3, String(seed)),
    );
    expect(promised).toBe(false);
    expect(result.excused).toBe(outcome.kind === "violated");
    if (result.excused) excused += 1;
  }
  expect(excused).toBeGreaterThan(0);
  // One liar of four is within what three echoes bear: with two echoes it is found, and nothing excuses it.
  const within = await Promise.all(
    Array.from({ length: 8 }, (_, seed) =>
      simulate(plan({ strategy: "collusion", nodes: 1 }, 2, String(seed))),
    ),
  );
  expect(within.some(({ outcome }) => outcome.kind === "violated")).toBe(true);
  for (const { promised, excused: none } of within) expect([promised, none]).toEqual([true, false]);
  // Polls bear no liar at all, but what a process keeps is up to itself.
  const flood = { system: pollSystem("keeps every vote"), profile: calmProfile, wire: "value" } as const;
  const both: boolean[] = [];
  for (let seed = 0; seed < 16; seed += 1) {
    const run = await simulate({
      ...flood,
      seed: String(seed),
      limits: { virtualMs: 400 },
      adversary: { strategy: "drawn", nodes: 1 },
    });
    if (run.outcome.kind === "violated" && run.outcome.property === "votes that are kept are few")
      both.push(run.promised || !run.excused);
  }
  expect(both.length).toBeGreaterThan(0);
  expect(both).not.toContain(false);
});
