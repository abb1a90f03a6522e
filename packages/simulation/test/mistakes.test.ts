import { calmProfile, type RunResult, type StrategyName, simulate } from "@eunomia/simulation";
import { describe, expect, test } from "vitest";
import type { Mistake } from "./support/poll.ts";
import { pollSystem } from "./support/poll-system.ts";

const seeds = 12;

/** One process of four follows the strategy; messages are quick and arrive otherwise. Null: everybody keeps to the protocol. */
const run = (mistake: Mistake, strategy: StrategyName | null, seed: number): Promise<RunResult> =>
  simulate({
    system: pollSystem(mistake),
    seed: String(seed),
    profile: calmProfile,
    wire: "value",
    limits: { mode: "liveness", virtualMs: 600 },
    ...(strategy !== null && { adversary: { strategy, nodes: null } }),
  });

interface Score {
  acted: number;
  /** By property. */
  broke: Record<string, number>;
}

async function score(mistake: Mistake, strategy: StrategyName | null): Promise<Score> {
  const sum: Score = { acted: 0, broke: {} };
  for (let seed = 0; seed < seeds; seed += 1) {
    const { outcome, counts, promised } = await run(mistake, strategy, seed);
    expect(promised).toBe(true);
    if (Object.keys(counts).some((name) => name.startsWith("byzantine: "))) sum.acted += 1;
    if (outcome.kind !== "ok") sum.broke[outcome.property] = (sum.broke[outcome.property] ?? 0) + 1;
  }
  return sum;
}

/** Each strategy that does not lie, a mistake that rests on nobody doing so, and how it is noticed. */
const pairs: readonly (readonly [StrategyName, Mistake, string])[] = [
  ["silence", "waits for everybody", "the core makes progress"],
  ["selective-silence", "does not pass results on", "the core makes progress"],
  ["withholding", "waits for those that promised", "the core makes progress"],
  ["delay", "decides by its clock", "verdicts agree"],
  ["resending", "counts votes", "a quorum carries"],
  ["flooding", "keeps every vote", "votes that are kept are few"],
];

describe("a process that does what a network could do", () => {
  test.each(pairs)("%s is borne, and finds a protocol that %s", async (strategy, mistake, property) => {
    const sound = await score("none", strategy);
    expect(sound.broke).toEqual({});
    expect(sound.acted).toBeGreaterThanOrEqual(seeds / 2);
    const broken = await score(mistake, strategy);
    expect(broken.broke[property] ?? 0).toBeGreaterThanOrEqual(2);
    // Without it the mistake does no harm: it is the strategy that finds it.
    expect(await score(mistake, null)).toEqual({ acted: 0, broke: {} });
  });
});
