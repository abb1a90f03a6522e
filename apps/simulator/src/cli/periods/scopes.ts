import type { CountdownGoal, Model, ModelProcess } from "@eunomia/checker";
import { namesIn } from "../../protocols/aneris/delivered.ts";
import { anerisModel } from "../../protocols/aneris/model.ts";
import { ledger } from "../../protocols/ledger.ts";
import {
  acceptorPart,
  leaderPart,
  learnerPart,
  type PaxosShape,
  paxosNames,
} from "../../protocols/paxos/parts.ts";
import { memberPart, twoThirdsNames, learnerPart as voteLearner } from "../../protocols/two-thirds/parts.ts";
import { bytesOf } from "../../protocols/values.ts";

/** A question: after how many synchronous periods has a process decided, at the latest, from any state of a scope? */
export interface PeriodScope {
  readonly name: string;
  readonly shows: string;
  readonly model: Model;
  readonly goal: CountdownGoal;
  /** Sets of processes of which one is up and connected in the end. */
  readonly cores: readonly (readonly string[])[];
}

const offer = (value: string) => ({
  offer: { commands: [{ kind: "propose", slot: 1, value: bytesOf(value) }] },
});
const decided: Pick<CountdownGoal, "reached"> = {
  reached: ({ history }) => history.decided.length > 0,
};

/** Paxos with leaders that may start a ballot each before the world becomes synchronous, and a learner that proposes. */
function paxosScope(leaders: number, crashes: number): PeriodScope {
  const shape: PaxosShape = { acceptors: 3, leaders, learners: 1, f: 0 };
  const names = paxosNames(shape);
  const processes: Record<string, ModelProcess> = {};
  for (const id of names.acceptors) processes[id] = acceptorPart(shape, id);
  for (const id of names.leaders)
    processes[id] = { ...leaderPart(shape, id), inputs: { lead: { commands: [{ kind: "lead" }] } } };
  processes.r0 = { ...learnerPart(shape, "r0"), inputs: offer("v"), history: ledger };
  const pairs = [
    ["a1", "a2"],
    ["a1", "a3"],
    ["a2", "a3"],
  ];
  return {
    name: `paxos/3a${leaders}l${crashes > 0 ? "-crash" : ""}`,
    shows: `3 acceptors, ${leaders} leaders with a ballot each${crashes > 0 ? ", a crash" : ""}; the core has 2 acceptors and 1 leader`,
    model: {
      name: "paxos",
      processes,
      network: { order: "bag", ignored: "stay" },
      ...(crashes > 0 ? { faults: { crashes, recover: true, splitFlush: false } } : {}),
      delays: "keep",
      invariants: [],
      witnesses: [],
    },
    goal: { name: "r0 decides", process: "r0", ...decided },
    cores: pairs.flatMap((pair) => names.leaders.map((leader) => [...pair, leader, "r0"])),
  };
}

/** 2/3-consensus with two learners that propose different values. */
function twoThirdsScope(members: number): PeriodScope {
  const shape = { members, learners: 2 };
  const names = twoThirdsNames(shape);
  const processes: Record<string, ModelProcess> = {};
  for (const id of names.members) processes[id] = memberPart(shape, id);
  for (const [i, id] of names.learners.entries())
    processes[id] = { ...voteLearner(shape, id), inputs: offer(i === 0 ? "x" : "y"), history: ledger };
  return {
    name: `two-thirds/${members}m`,
    shows: `${members} members, two values; the core lacks one member`,
    model: {
      name: "two-thirds",
      processes,
      network: { order: "bag", ignored: "stay" },
      delays: "keep",
      invariants: [],
      witnesses: [],
    },
    goal: { name: "r0 decides", process: "r0", ...decided },
    cores: names.members.map((absent) => [...names.members.filter((id) => id !== absent), "r0"]),
  };
}

const swap = "two-thirds";

/** A swap under way between replicas over consensus as its door promises it. */
function anerisScope(crashes: number): PeriodScope {
  const made = anerisModel({
    replicas: 2,
    commands: [[1], crashes > 0 ? [] : [1]],
    controls: [swap],
    crashes,
  });
  const wanted = ["c1:1", `ctl1=${swap}`];
  const alone = ["register", "n0", "d0"];
  return {
    name: `aneris/2r-swap${crashes > 0 ? "-crash" : ""}`,
    shows: `2 replicas, a swap${crashes > 0 ? ", a crash" : ""}; consensus decides what arrives first; the core may lack a replica`,
    model: { ...made, delays: "keep" },
    goal: {
      name: "n0 delivers its command and the swap",
      process: "n0",
      reached: ({ history }) => {
        const slots: readonly { readonly vector: Uint8Array }[] = history.slots;
        const names = slots.flatMap(({ vector }) => namesIn(vector));
        return wanted.every((name) => names.includes(name));
      },
    },
    cores: [alone, [...alone, "n1", "d1"]],
  };
}

/** For each protocol small scopes without and with faults. */
export const periodScopes: readonly PeriodScope[] = [
  paxosScope(1, 0),
  paxosScope(1, 1),
  paxosScope(2, 0),
  twoThirdsScope(4),
  anerisScope(0),
  anerisScope(1),
];
