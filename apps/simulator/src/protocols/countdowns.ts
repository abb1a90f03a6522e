import type { CountdownGoal, CountdownOptions, Model } from "@eunomia/checker";
import { TwoThirdsMessage } from "@eunomia/two-thirds";
import { namesIn } from "./aneris/delivered.ts";
import { type AnerisParams, anerisModel } from "./aneris/model.ts";
import { ledger } from "./ledger.ts";
import { type PaxosParams, paxosModel } from "./paxos/model.ts";
import { proposerEngine } from "./proposer.ts";
import { memberPart, twoThirdsNames } from "./two-thirds/parts.ts";
import { bytesOf } from "./values.ts";

/** A question of the form: after stabilisation, within how many synchronous periods? */
export interface Countdown {
  readonly shows: string;
  readonly model: () => Model;
  readonly goal: CountdownGoal;
  readonly options: CountdownOptions;
}

const decides = (process: string): CountdownGoal => ({
  name: `${process} decides`,
  process,
  reached: ({ history }) => history.decided.length > 0,
});

/** Leaders are told to start ballots before stabilisation; afterwards their own timers do. */
const paxos =
  (params: PaxosParams): Countdown["model"] =>
  () => ({ ...paxosModel(params), delays: "keep" });

/** Four members, some of which never came up; the first is offered y, the others x. */
const twoThirds = (up: number, graceMs: number): Countdown["model"] => {
  const shape = { members: 4, learners: 1, graceMs, retryMs: 200, headMs: 0, relay: "lazy" } as const;
  const members = twoThirdsNames(shape).members.slice(0, up);
  const offers = members.map((to, i) => ({ to, slot: 1, value: bytesOf(i === 0 ? "y" : "x") }));
  const voting = members.map((id) => [id, { ...memberPart(shape, id), history: ledger }] as const);
  const offering = {
    engine: proposerEngine(TwoThirdsMessage),
    config: { self: "r0", choices: [offers] },
    inputs: { go: { commands: [{ kind: "go" }] } },
  };
  return () => ({
    name: "two-thirds",
    processes: { ...Object.fromEntries(voting), r0: offering },
    network: { order: "bag", ignored: "stay" },
    delays: "keep",
    invariants: [],
    witnesses: [],
  });
};

const aneris =
  (params: AnerisParams): Countdown["model"] =>
  () => ({ ...anerisModel(params), delays: "keep" });

/** The replica has delivered the command of its client and the swap. */
const delivers: CountdownGoal = {
  name: "n0 delivers c1:1 and the swap",
  process: "n0",
  reached({ history }) {
    const names = history.slots.flatMap(({ vector }: { readonly vector: Uint8Array }) => namesIn(vector));
    return names.includes("c1:1") && names.some((name: string) => name.startsWith("ctl1"));
  },
};

const swap: AnerisParams = { replicas: 2, commands: [[1], [1]], controls: ["two-thirds"] };

/** Every countdown by name: a protocol, and what is different about the scope. */
export const countdowns: Readonly<Record<string, Countdown>> = {
  "paxos/3a1b": {
    shows: "one leader, any two acceptors",
    model: paxos({ acceptors: 3, ballots: [1], learners: 1 }),
    goal: decides("r1"),
    options: {
      cores: [
        ["a1", "a2", "l0", "r0", "r1"],
        ["a1", "a3", "l0", "r0", "r1"],
        ["a2", "a3", "l0", "r0", "r1"],
      ],
    },
  },
  "paxos/2a2b": {
    shows: "the leader that is left has to find out that the other is gone",
    model: paxos({ acceptors: 2, ballots: [1, 1], learners: 1 }),
    goal: decides("r1"),
    options: {
      cores: [
        ["a1", "a2", "l0", "r0", "r1"],
        ["a1", "a2", "l1", "r0", "r1"],
      ],
    },
  },
  "paxos/2a2b-both": {
    shows: "two leaders that both stay",
    model: paxos({ acceptors: 2, ballots: [1, 1], learners: 1 }),
    goal: decides("r1"),
    options: { cores: [["a1", "a2", "l0", "l1", "r0", "r1"]] },
  },
  "two-thirds/3of4": {
    shows: "one of four members is down and two values collide; the others wait for it a while",
    model: twoThirds(3, 100),
    goal: decides("m0"),
    options: { cores: [["m0", "m1", "m2", "r0"]] },
  },
  "two-thirds/3of4-hasty": {
    shows: "the same without waiting",
    model: twoThirds(3, 0),
    goal: decides("m0"),
    options: { cores: [["m0", "m1", "m2", "r0"]] },
  },
  "two-thirds/4m": {
    shows: "two values collide among four members of which any one may fail; the first 50,000 states",
    model: twoThirds(4, 100),
    goal: decides("m0"),
    options: {
      cores: [
        ["m0", "m1", "m2", "r0"],
        ["m0", "m1", "m3", "r0"],
        ["m0", "m2", "m3", "r0"],
      ],
      states: 50_000,
    },
  },
  "aneris/2r1s": {
    shows: "the other replica fails around the swap",
    model: aneris(swap),
    goal: delivers,
    options: { cores: [["n0", "d0", "register"]] },
  },
  "aneris/2r1s-both": {
    shows: "both replicas stay",
    model: aneris(swap),
    goal: delivers,
    options: { cores: [["n0", "d0", "n1", "d1", "register"]] },
  },
};
