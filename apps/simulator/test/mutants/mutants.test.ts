import { gatewayEngine } from "@eunomia/aneris-switch";
import { membershipOf } from "@eunomia/aneris-switch/messages";
import type { AnyEngine } from "@eunomia/engine";
import { expect, test } from "vitest";
import { mutantOf, mutants } from "../../src/mutants/all.ts";
import { tryAlone } from "../../src/mutants/alone.ts";
import { tryHistories } from "../../src/mutants/hetero-histories.ts";
import { type Attempt, attempts, hunt } from "../../src/mutants/hunt.ts";
import { replicaPart } from "../../src/protocols/aneris/parts.ts";
import { graphOf } from "../../src/protocols/hetero-paxos/graphs.ts";
import { heteroPart } from "../../src/protocols/hetero-paxos/parts.ts";
import { scopes } from "../../src/protocols/models.ts";
import { acceptorPart, leaderPart, learnerPart } from "../../src/protocols/paxos/parts.ts";
import { memberPart, learnerPart as twoThirdsLearner } from "../../src/protocols/two-thirds/parts.ts";
import { byzantineLearnerPart, byzantineMemberPart } from "../../src/protocols/two-thirds-byzantine/parts.ts";

const byzantine = { members: 6, learners: 2 };
const hetero = { graph: graphOf("crash", 0), proposers: 1, learners: 1 };
const paxos = { acceptors: 3, leaders: 2, learners: 2 };
const twoThirds = { members: 4, learners: 2 };
const engines: readonly AnyEngine[] = [
  acceptorPart(paxos, "a1").engine,
  leaderPart(paxos, "l0").engine,
  learnerPart(paxos, "r0").engine,
  memberPart(twoThirds, "m0").engine,
  twoThirdsLearner(twoThirds, "r0").engine,
  byzantineMemberPart(byzantine, "m0").engine,
  byzantineLearnerPart(byzantine, "r0").engine,
  ...["p1", "z0", "w0"].map((self) => heteroPart(hetero, self).engine),
  replicaPart({ self: "n0", membership: membershipOf(["n0"], 0) }).engine,
  gatewayEngine,
];

test("every mutant fits its engine, has a name of its own, and says what it breaks or why it breaks nothing", () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  for (const mutant of mutants) {
    const engine = engines.find(({ name }) => name === mutant.engine);
    expect(engine, mutant.name).toBeDefined();
    expect(mutant.change(engine!).schema, mutant.name).toBe(engine!.schema);
    expect(mutant.why === undefined, mutant.name).toBe(mutant.breaks !== "nothing");
    expect(mutant.change(engine!) !== engine || mutant.oracles !== undefined, mutant.name).toBe(true);
  }
});

test("every engine but the gateway of a protocol has mutants for most of its rules", () => {
  for (const { name } of engines)
    expect(mutants.filter((mutant) => mutant.engine === name).length, name).toBeGreaterThanOrEqual(6);
});

test("a mutant changes its engine and no other", () => {
  const [acceptor] = engines;
  const { change } = mutantOf("paxos/acceptor/accepts-below-promise");
  expect(change(acceptor!).actions.map(({ name }) => name)).toEqual(
    acceptor!.actions.map(({ name }) => name),
  );
  expect(() => change(engines[1]!)).toThrow(/no action/);
});

test("a name that is not there is answered with those that are near", () => {
  expect(() => mutantOf("q1-one")).toThrow(/paxos\/leader\/q1-one-short/);
});

test("every model that hunts is a scope", () => {
  for (const attempt of Object.values(attempts).flat())
    if (attempt.tool === "model") expect(Object.keys(scopes)).toContain(attempt.scope);
});

test("right judgement of messages makes no history in which learners disagree", () => {
  expect(tryHistories("hetero-paxos acceptor", (same) => same, 1_000)).toBeNull();
});

test("the right engines owe nothing by themselves", () => {
  for (const engine of engines)
    expect(
      tryAlone(engine.name, (same) => same),
      engine.name,
    ).toBeNull();
});

const cheap: Readonly<Record<string, readonly Attempt[]>> = {
  "paxos/acceptor/acceptance-recorded-late": [
    { tool: "model", scope: "paxos/1a2b-crash-split", states: 50_000, reduced: false },
  ],
  "two-thirds/learner/reports-twice": [
    { tool: "simulation", firstSeed: 1, runs: 10, virtualMs: 1_000, crashes: false },
  ],
  "two-thirds/member/short-compaction": [{ tool: "alone" }],
  "two-thirds-byzantine/member/lone-status-moves": [{ tool: "alone" }],
  "two-thirds-byzantine/member/votes-forgotten": [
    { tool: "simulation", firstSeed: 1, runs: 10, virtualMs: 2_000, crashes: false },
  ],
  "hetero-paxos/judge/any-label-buries": [{ tool: "histories", runs: 400 }],
  "hetero-paxos/judge/connected-with-itself-alone": [{ tool: "histories", runs: 100 }],
  "hetero-paxos/judge/edges-not-closed": [{ tool: "histories", runs: 800 }],
  "hetero-paxos/judge/no-growth-rule": [{ tool: "histories", runs: 100 }],
  "hetero-paxos/judge/ballots-compared": [{ tool: "alone" }],
  "hetero-paxos/judge/caught-as-in-2020": [{ tool: "alone" }],
  "aneris/replica/decision-of-a-coming-epoch-refused": [
    { tool: "ends", scope: "aneris/2r1v1s", states: 10_000 },
  ],
  "aneris/replica/delivery-not-recorded": [
    { tool: "model", scope: "aneris/1r-crash", states: 10_000, reduced: false },
  ],
};

for (const [name, tools] of Object.entries(cheap))
  test(`caught: ${name}`, async () => {
    const fate = await hunt(mutantOf(name), () => 0, tools);
    expect(fate).toMatchObject({ mutant: name, asExpected: true });
    expect(fate.caught).not.toBeNull();
  });

test("an equivalent mutant that survives is as it should be, another one is not", async () => {
  const tools: readonly Attempt[] = [
    { tool: "model", scope: "paxos/2a2b-flexible", states: 10_000, reduced: false },
  ];
  const equal = await hunt(mutantOf("paxos/acceptor/promise-recorded-twice"), () => 0, tools);
  expect(equal).toMatchObject({ caught: null, asExpected: true });
  const survivor = await hunt(mutantOf("paxos/learner/reports-twice"), () => 0, tools);
  expect(survivor).toMatchObject({ caught: null, asExpected: false });
});
