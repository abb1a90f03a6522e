import { expect, test } from "vitest";
import {
  consensusCases,
  consensusExample,
  consensusSchedules,
  consensusTwins,
  describeFailure,
  refusals,
} from "../src/index.ts";

test("the toy protocol passes every case", async () => {
  expect(await refusals(consensusCases, consensusExample)).toEqual([]);
});

for (const twin of consensusTwins)
  test(`the ${twin.name} twin is refused: ${twin.fault}`, async () => {
    const refused = await refusals(consensusCases, {
      ...twin.subject,
      runs: 60,
      fairSuffix: { virtualMs: 5000 },
    });
    expect(refused.length).toBeGreaterThan(0);
  });

test("a run is a function of its seed, and every kind of fault happens", () => {
  const options = {
    ...consensusExample,
    seeds: { from: 7, count: 300 },
    faults: { loss: 0.1, duplication: 0.1, crash: 0.03, compact: 0.02 },
  };
  const report = consensusSchedules(options);
  expect(consensusSchedules(options)).toEqual(report);
  expect(report.done).toBe(300);
  for (const count of [
    "delivered",
    "lost",
    "duplicated",
    "crashes",
    "restarts",
    "timers",
    "compactions",
    "effectsLost",
  ] as const)
    expect(report[count], count).toBeGreaterThan(10);
  console.log(JSON.stringify({ ...report, failures: report.failures.length }));
});

test("a failing run is made smaller, and its transcript tells the story", () => {
  const forgetful = consensusTwins.find((twin) => twin.name === "forgetful")!;
  const options = { ...forgetful.subject, seeds: { count: 500 }, faults: { crash: 0.03, loss: 0.05 } };
  const [failure] = consensusSchedules(options).failures;
  expect(failure?.property).toBe("agreement");
  expect(failure!.shrunkMoves).toBeLessThan(20);
  expect(failure!.shrunkMoves).toBeLessThan(failure!.moves / 4);
  expect(describeFailure(failure!)).toContain("s crashes");
  // The seed alone shows it again.
  const again = consensusSchedules({ ...options, seeds: { from: failure!.seed, count: 1 } });
  expect(again.failures).toEqual([failure]);
});
