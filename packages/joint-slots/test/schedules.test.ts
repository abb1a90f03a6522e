import type { GraphInput } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import { run } from "./runs.ts";
import { twins } from "./twins.ts";
import type { WorldOptions } from "./world.ts";

/** Random schedules per kind; a longer campaign sets JOINT_SLOTS_SCHEDULES. */
const count = Number(process.env.JOINT_SLOTS_SCHEDULES ?? 20);

interface Sum {
  runs: number;
  included: number;
  abandoned: number;
  moved: number;
  heights: number;
}

/** Runs of many seeds. @returns what they came to, and the first that went wrong. */
function campaign(
  options: (seed: number) => WorldOptions,
  runs = count,
): { sum: Sum; failure: string | null } {
  const sum: Sum = { runs: 0, included: 0, abandoned: 0, moved: 0, heights: 0 };
  for (let seed = 1; seed <= runs; seed++) {
    const { problem, world, ...counts } = run(options(seed));
    if (problem !== null) return { sum, failure: `seed ${seed}: ${problem}` };
    sum.runs++;
    sum.included += counts.included;
    sum.abandoned += counts.abandoned;
    sum.moved += counts.moved;
    for (const log of Object.values(world.logs)) sum.heights += log.length;
  }
  return { sum, failure: null };
}

function mustHold(name: string, options: (seed: number) => WorldOptions): Sum {
  const { sum, failure } = campaign(options);
  expect(failure).toBeNull();
  console.log(`${name}: ${JSON.stringify(sum)}`);
  return sum;
}

const suspects = ["r", "b", "s1", "s3"];
const byzantine = (seed: number): readonly string[] => [suspects[seed % suspects.length]!];
/** Of three joint slots one is decided by all, one by one chain alone, and one by nobody. */
const halfStuck = (slot: number, chain: string): boolean => (slot + (chain === "red" ? 0 : 1)) % 3 !== 0;
const stuck = (slot: number, chain: string): boolean => slot % 2 === 0 && halfStuck(slot / 2, chain);

const shared = "s1, s2, s3, s4, s5";
const label = `{${shared}} >= 3`;
const three: GraphInput = {
  learners: Object.fromEntries(
    ["blue", "green", "red"].map((name) => [name, `{${name[0]}, ${shared}} >= 5`]),
  ),
  edges: [
    { between: ["blue", "green"], label },
    { between: ["green", "red"], label },
    { between: ["blue", "red"], label },
  ],
};

test("both or neither, whatever one validator does", () => {
  const sum = mustHold("one Byzantine validator", (seed) => ({ seed, byzantine: byzantine(seed) }));
  expect(sum.moved).toBeGreaterThan(2 * count);
});

test("a joint slot that is stuck stops no chain, and is settled", () => {
  const sum = mustHold("stuck slots", (seed) => ({
    seed,
    byzantine: byzantine(seed),
    decides: stuck,
    options: { lead: 1 + (seed % 3) },
  }));
  expect(sum.abandoned).toBeGreaterThan(count / 2);
  expect(sum.moved).toBeGreaterThan(count / 2);
});

test("assets go and come back while one chain knows of a slot and the other one waits", () => {
  const chains = ["blue", "red"].map((chain) => ({ chain, first: 2, every: 3, patience: 12 }));
  const sum = mustHold("patient chains", (seed) => ({
    seed,
    byzantine: byzantine(seed),
    decides: (slot, chain) => slot % 2 === 0 || (slot % 4 === 1) === (chain === "red"),
    options: { lead: 3, chains },
  }));
  expect(sum.moved).toBeGreaterThan(count);
});

test("three chains, with stuck slots and one Byzantine validator", () => {
  const sum = mustHold("three chains", (seed) => ({
    seed,
    graph: three,
    names: ["blue", "green", "red"],
    byzantine: byzantine(seed),
    decides: stuck,
  }));
  expect(sum.abandoned).toBeGreaterThan(count / 2);
  expect(sum.moved).toBeGreaterThan(count / 2);
});

test("where no safe set of the edge is safe, atomicity fails: the promise needs its condition", () => {
  const { failure } = campaign((seed) => ({ seed, byzantine: ["s1", "s2", "s3"] }), 200);
  expect(failure).toMatch(/lost|doubled|forged|split/);
});

test.each(twins.map((twin) => [twin.fault, twin] as const))(
  "the schedules find a validator that %s",
  (_fault, twin) => {
    const { failure } = campaign(
      (seed) => ({
        seed,
        twin,
        byzantine: byzantine(seed),
        decides: stuck,
        ...(twin.judgeBase === undefined && twin.judgeJoint === undefined
          ? { tools: { leaves: () => true } }
          : {}),
      }),
      400,
    );
    expect(failure).toMatch(/lost|doubled|forged|split|alarm/);
  },
);
