import * as all from "@eunomia/simulation";
import {
  type Adversary,
  calmProfile,
  type Draw,
  drawAdversary,
  type RunResult,
  simulate,
  twins,
} from "@eunomia/simulation";
import { expect, test } from "vitest";
import { type Toy, toySystem } from "./support/toy-system.ts";

const peers = ["s", "r0", "r1"];

const run = (seed: string, adversary: (draw: Draw) => Adversary): Promise<RunResult> =>
  simulate<Toy>({
    system: toySystem(),
    seed,
    config: { learners: 2 },
    profile: calmProfile,
    wire: "value",
    adversary: (_config, draw) => adversary(draw),
    limits: { virtualMs: 1000 },
  });

/** In how many of eight runs the adversary's packets left its node, and agreement or validity broke. */
async function score(adversary: (draw: Draw) => Adversary): Promise<{ acted: number; broke: number }> {
  let [acted, broke] = [0, 0];
  for (let seed = 0; seed < 8; seed += 1) {
    const { outcome, counts } = await run(`${seed}`, adversary);
    if ((counts["byzantine packets"] ?? 0) > 0) acted += 1;
    if (outcome.kind === "violated") {
      expect(outcome.property).toBe("agreement and validity");
      broke += 1;
    }
  }
  return { acted, broke };
}

const by = (make: () => all.Strategy) => () => all.following("one", ["s"], make());

test("a sequencer whose messages are changed breaks a protocol that trusts it", async () => {
  const { acted, broke } = await score(by(() => all.mutation()));
  expect(acted).toBe(8);
  expect(broke).toBeGreaterThanOrEqual(6);
});

test("a sequencer that runs twice does so where its twins talk to different learners", async () => {
  const { broke } = await score((draw) => twins(draw, ["s"], peers));
  expect(broke).toBeGreaterThanOrEqual(2);
  expect(broke).toBeLessThan(8);
});

test.each([
  ["silence", () => all.silence()],
  ["delay", () => all.delaying(200)],
  ["resending", () => all.resending()],
  ["flooding", () => all.flooding()],
])("%s alone acts and says nothing false: agreement holds", async (_name, make) => {
  expect(await score(by(make as () => all.Strategy))).toEqual({ acted: 8, broke: 0 });
});

test.each([
  ["selective silence", all.selectiveSilence],
  ["withholding", all.withholding],
])("%s silences some for ever and others never", async (_name, make) => {
  const { acted, broke } = await score(by(make));
  expect(broke).toBe(0);
  expect(acted).toBeGreaterThan(0);
});

test("a drawn adversary is part of the run: its choices make it again", async () => {
  const draw = (of: Draw): Adversary => drawAdversary(of, ["s"], peers);
  for (let seed = 0; seed < 8; seed += 1) {
    const first = await run(`drawn ${seed}`, draw);
    expect(await run(`drawn ${seed}`, draw)).toEqual(first);
  }
});
