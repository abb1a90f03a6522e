import { describeFailure } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { atLeast, leaderConfig, soundMakers } from "./support/cluster.ts";
import { explore, type Schedule } from "./support/explore.ts";
import { forgetsVotes, unchecked, volatileRound } from "./support/mutants.ts";

/** More with `PAXOS_SCHEDULES=100000 npx vitest run test/explore.test.ts`. */
const seeds = Number(process.env.PAXOS_SCHEDULES ?? 2_000);
const share = (part: number): number => Math.ceil(seeds * part);

const sound: readonly [string, Schedule, number][] = [
  ["3 acceptors, majorities, by value", { shape: { acceptors: 3, q1: 2, q2: 2 } }, 0.3],
  [
    "3 acceptors, by reference, active leader only, phase 1 skipped",
    { shape: { acceptors: 3, q1: 2, q2: 2, announce: "reference", proposeTo: "active", skipPhase1: true } },
    0.3,
  ],
  [
    "4 acceptors, q1 = 3, q2 = 2, pages of one value",
    { shape: { acceptors: 4, q1: 3, q2: 2, pageBytes: 1 }, slots: 3 },
    0.2,
  ],
  [
    "5 acceptors, q1 = 4, q2 = 2, digests, 3 learners of which 2 retire slots",
    { shape: { acceptors: 5, q1: 4, q2: 2, acknowledgeDigests: true, learners: 3, f: 1 } },
    0.2,
  ],
];

describe("no schedule violates agreement, validity, integrity, one value per ballot, liveness", () => {
  for (const [name, schedule, part] of sound)
    test(name, { timeout: 3_600_000 }, () => {
      const { failure, ...total } = explore({ ...schedule, shrinkReplays: 1_000 }, share(part));
      console.log(`${name}: ${JSON.stringify(total)}`);
      expect(failure === null ? null : describeFailure(failure)).toBeNull();
      expect(total.done).toBe(total.runs);
      expect(total.contended).toBeGreaterThan(total.runs / 2);
      expect(total.retired).toBeGreaterThan(0);
      if (schedule.shape.learners === 3) expect(total.transfers).toBeGreaterThan(0);
      expect(total.crashes).toBeGreaterThan(total.runs);
      // Not everything is left to the fair suffix: slots are decided amid the faults too.
      const amid = explore({ ...schedule, safetyOnly: true }, share(part / 4));
      expect(amid.done).toBeGreaterThan(amid.runs / 20);
    });
});

describe("the explorer finds what is broken", () => {
  const majorities = { acceptors: 3, q1: 2, q2: 2 };
  const broken: readonly [string, Schedule][] = [
    ["4 acceptors with q1 = q2 = 2", { shape: { acceptors: 4, q1: 2, q2: 2 }, makers: unchecked(2, 2) }],
    ["volatile roundHi (F19)", { shape: majorities, makers: volatileRound }],
    ["amnesiac acceptors (F19)", { shape: majorities, amnesia: true, crash: 0.02 }],
    ["acceptors that forget votes (F19)", { shape: majorities, makers: forgetsVotes, crash: 0.02 }],
  ];
  for (const [name, schedule] of broken)
    test(name, () => {
      const { failure } = explore({ ...schedule, safetyOnly: true }, 20_000);
      console.log(`${name}: found by seed ${failure?.seed}: ${failure?.reason}`);
      expect(failure?.reason).toMatch(/agreement|ballot reuse|two decisions/);
    });

  test("the first of them cannot be made with the public constructor", () => {
    const config = { ...leaderConfig(majorities, "l0") };
    const four = atLeast(2, ["a1", "a2", "a3", "a4"]);
    expect(() => soundMakers.leader({ ...config, phase1: four, phase2: four })).toThrow(/share no acceptor/);
  });
});
