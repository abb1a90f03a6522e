import { expect, test } from "vitest";
import { runJointChains } from "./support/joint-chains.ts";

const runs = Number(process.env.EUNOMIA_JOINT_RUNS ?? 3);

test(`${runs} runs of two chains on hetero-paxos: both or neither, while a validator has two faces`, {
  timeout: 60_000 + 20_000 * runs,
}, () => {
  const sum = { moved: 0, messages: 0, crashes: 0, convicted: 0, abandoned: 0 };
  for (let seed = 1; seed <= runs; seed++) {
    const { verdict, convicted, messages, crashes, settled } = runJointChains(seed);
    expect(verdict.ok, `seed ${seed}: ${JSON.stringify(verdict)}`).toBe(true);
    expect(settled, `seed ${seed}`).toBe(true);
    expect(convicted.every((one) => one === ["s1", "s2", "s4"][seed % 3])).toBe(true);
    sum.messages += messages;
    sum.crashes += crashes;
    sum.convicted += convicted.length;
    for (const { fates, moves } of verdict.slots) {
      if (fates.red === "included") sum.moved += moves;
      if (fates.red === "abandoned") sum.abandoned++;
    }
  }
  console.log(JSON.stringify(sum));
  expect(sum.moved).toBeGreaterThan(0);
  expect(sum.abandoned).toBeGreaterThan(0);
  expect(sum.convicted).toBeGreaterThan(0);
});

test("the judge finds validators that vote for anything", { timeout: 120_000 }, () => {
  expect([1, 2, 3].some((seed) => !runJointChains(seed, true).verdict.ok)).toBe(true);
});
