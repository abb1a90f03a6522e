import { simulate } from "@eunomia/simulation";
import { expect, test } from "vitest";
import { systemNames, systemOf } from "../../src/protocols/systems.ts";

const runs = 6;
const limits = { mode: "liveness", virtualMs: 1_500, maxSteps: 200_000 } as const;

/** Of each system, what at least one of the runs must have gone through. */
const marks: Readonly<Record<string, readonly string[]>> = {
  paxos: ["a ballot begins with values of another", "a slot is retired"],
  "two-thirds": ["a round ends without a decision", "a slot is retired"],
  "two-thirds-byzantine": ["a coordinator is followed", "a slot is retired"],
  "hetero-paxos": ["a decision after the first ballot", "acceptors hear what is needed no more"],
  aneris: ["commands behind a swap"],
};

for (const name of systemNames)
  test(`${name}: faults break nothing, and in the end everything arrives`, { timeout: 60_000 }, async () => {
    const reached = new Set<string>();
    let accepted = 0;
    let somewhere = 0;
    for (let seed = 1; seed <= runs; seed += 1) {
      const result = await simulate({ system: systemOf(name), seed: String(seed), limits });
      expect(result.outcome, `seed ${seed}`).toEqual({ kind: "ok" });
      for (const mark of Object.keys(result.marks)) reached.add(mark);
      for (const request of Object.values(result.requests)) accepted += request.accepted;
      if (result.steps > 200) somewhere += 1;
    }
    expect(somewhere).toBe(runs);
    expect(accepted).toBeGreaterThan(10 * runs);
    for (const mark of marks[name]!) expect(reached).toContain(mark);
  });

test("the same seed is the same run", { timeout: 60_000 }, async () => {
  for (const name of systemNames) {
    const plan = { system: systemOf(name), seed: "7", limits };
    const [one, two] = [await simulate(plan), await simulate(plan)];
    expect(two.digest).toBe(one.digest);
    expect(two.choices).toEqual(one.choices);
  }
});

test("a system that is not there is answered with those that are", () => {
  expect(() => systemOf("raft")).toThrow(/paxos, two-thirds, two-thirds-byzantine, hetero-paxos, aneris/);
});
