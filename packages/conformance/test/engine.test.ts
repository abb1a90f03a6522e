import { expect, test } from "vitest";
import { plainStep, walk } from "../src/engine/walk.ts";
import { engineCases, engineExample, engineTwins, refusals } from "../src/index.ts";

test("the toy engines pass every case", async () => {
  expect(await refusals(engineCases, engineExample)).toEqual([]);
});

for (const twin of engineTwins)
  test(`the ${twin.name} twin is refused: ${twin.fault}`, async () => {
    const refused = await refusals(engineCases, twin.subject);
    expect(refused.length).toBeGreaterThan(0);
  });

test("walks reach every action but the answer to a read, whose nonce nobody guesses", () => {
  const fired = new Set<string>();
  for (let seed = 1; seed <= 12; seed += 1)
    for (const name of walk(engineExample, { seed, hostile: 0.15, restart: 0.05, stepper: plainStep }).fired)
      fired.add(name);
  expect([...fired].sort()).toEqual([
    "learner: ask again",
    "learner: learn",
    "learner: propose and trim",
    "sequencer: answer a read",
    "sequencer: restore",
    "sequencer: take",
    "sequencer: tell",
  ]);
});
