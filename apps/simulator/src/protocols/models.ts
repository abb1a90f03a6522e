import type { Model } from "@eunomia/checker";
import { mutantOf } from "../mutants/all.ts";
import { type Substitution, substitutionOf, unchanged } from "../mutants/mutant.ts";
import { type AnerisParams, anerisModel } from "./aneris/model.ts";
import { type PaxosParams, paxosModel } from "./paxos/model.ts";
import { type TwoThirdsParams, twoThirdsModel } from "./two-thirds/model.ts";

/** When a scope is checked: with every pull request, on the main branch, every night. */
export type Tier = "pull" | "main" | "nightly";

/** One scope: a protocol, its bounds, and what its verdict is worth. Plain JSON. */
export type Scope = { readonly tier: Tier; readonly shows: string } & (
  | { readonly protocol: "paxos"; readonly params: PaxosParams }
  | { readonly protocol: "two-thirds"; readonly params: TwoThirdsParams }
  | { readonly protocol: "aneris"; readonly params: AnerisParams }
);

const paxos = (tier: Tier, shows: string, params: PaxosParams): Scope => ({
  protocol: "paxos",
  tier,
  shows,
  params,
});
const twoThirds = (tier: Tier, shows: string, params: TwoThirdsParams): Scope => ({
  protocol: "two-thirds",
  tier,
  shows,
  params,
});
const aneris = (tier: Tier, shows: string, params: AnerisParams): Scope => ({
  protocol: "aneris",
  tier,
  shows,
  params,
});

/** Every scope by name. */
export const scopes: Readonly<Record<string, Scope>> = {
  "paxos/3a2b": paxos("pull", "two leaders contend", { acceptors: 3, ballots: [1, 1] }),
  "paxos/3a2b-learner": paxos("main", "a learner hears of both leaders", {
    acceptors: 3,
    ballots: [1, 1],
    learners: 1,
  }),
  "paxos/3a3b": paxos("main", "three leaders contend", { acceptors: 3, ballots: [1, 1, 1] }),
  "paxos/3a3b-2l": paxos("main", "a leader comes back with a third ballot", {
    acceptors: 3,
    ballots: [2, 1],
  }),
  "paxos/4a2b": paxos("main", "majorities of four", { acceptors: 4, ballots: [1, 1] }),
  "paxos/5a2b": paxos("nightly", "majorities of five", { acceptors: 5, ballots: [1, 1] }),
  "paxos/4a2b-flexible": paxos("main", "four acceptors, three promise, two accept", {
    acceptors: 4,
    ballots: [1, 1],
    q1: 3,
    q2: 2,
  }),
  "paxos/3a2b-grid": paxos("pull", "all promise, one accepts", {
    acceptors: 3,
    ballots: [1, 1],
    q1: 3,
    q2: 1,
  }),
  "paxos/1a2b-crash-split": paxos("pull", "the only acceptor crashes between any two effects", {
    acceptors: 1,
    ballots: [1, 1],
    crashes: 1,
    splitFlush: true,
  }),
  "paxos/2a2b-flexible": paxos("pull", "both promise, one accepts", {
    acceptors: 2,
    ballots: [1, 1],
    q1: 2,
    q2: 1,
  }),
  "paxos/2a2b-flexible-soup": paxos("pull", "the same, with messages that come again and again", {
    acceptors: 2,
    ballots: [1, 1],
    q1: 2,
    q2: 1,
    order: "soup",
  }),
  "paxos/2a2b-one-promise-soup": paxos("main", "one promises, both accept, messages come again and again", {
    acceptors: 2,
    ballots: [1, 1],
    q1: 1,
    q2: 2,
    order: "soup",
  }),
  "paxos/2a3b-flexible": paxos("pull", "a leader comes back with a third ballot", {
    acceptors: 2,
    ballots: [2, 1],
    q1: 2,
    q2: 1,
  }),
  "paxos/2a4b-one-promise": paxos("main", "two leaders come back, one promise begins a ballot", {
    acceptors: 2,
    ballots: [2, 2],
    q1: 1,
    q2: 2,
  }),
  "paxos/2a2b-trims": paxos("main", "a slot is retired while leaders contend for two acceptors", {
    acceptors: 2,
    ballots: [1, 1],
    q1: 2,
    q2: 1,
    learners: 1,
    trims: true,
  }),
  "paxos/2a2b-crash": paxos("pull", "one crash and recovery", { acceptors: 2, ballots: [1, 1], crashes: 1 }),
  "paxos/2a2b-crash-split": paxos("main", "one crash between any two effects", {
    acceptors: 2,
    ballots: [1, 1],
    crashes: 1,
    splitFlush: true,
  }),
  "paxos/3a2b-crash": paxos("main", "one crash and recovery", { acceptors: 3, ballots: [1, 1], crashes: 1 }),
  "paxos/3a2b-crash-split": paxos("nightly", "one crash between any two effects", {
    acceptors: 3,
    ballots: [1, 1],
    crashes: 1,
    splitFlush: true,
  }),
  "paxos/1a-crash-leader": paxos("pull", "a leader that comes back uses a new round", {
    acceptors: 1,
    ballots: [2],
    slots: 1,
    crashes: 1,
    splitFlush: true,
  }),
  "paxos/3a2b-soup": paxos("main", "every message may be lost or come again and again", {
    acceptors: 3,
    ballots: [1, 1],
    order: "soup",
  }),
  "paxos/3a2b-duplicates": paxos("main", "one message comes twice", {
    acceptors: 3,
    ballots: [1, 1],
    duplicates: 1,
  }),
  "paxos/2a2b-pages": paxos("main", "two slots, one value to a page", {
    acceptors: 2,
    ballots: [1, 1],
    slots: 2,
    pageBytes: 1,
  }),
  "paxos/3a2b-trims": paxos("main", "a slot is retired while leaders contend", {
    acceptors: 3,
    ballots: [1, 1],
    learners: 1,
    trims: true,
  }),
  "two-thirds/3of4m2r": twoThirds("pull", "one of four members is away", {
    members: 4,
    away: 1,
    rounds: 2,
    inputs: "all",
    relay: "lazy",
  }),
  "two-thirds/4m1r-crashes": twoThirds("main", "two members crash within a round and hear both values", {
    members: 4,
    rounds: 1,
    inputs: 1,
    contested: true,
    crashes: 2,
    relay: "lazy",
  }),
  "two-thirds/4m2r": twoThirds("main", "two rounds, all inputs", {
    members: 4,
    rounds: 2,
    inputs: "all",
    relay: "lazy",
  }),
  "two-thirds/4m3r": twoThirds("main", "three rounds, all inputs", {
    members: 4,
    rounds: 3,
    inputs: "all",
    relay: "lazy",
  }),
  "two-thirds/4m2r-eager": twoThirds("main", "decisions are relayed", {
    members: 4,
    rounds: 2,
    inputs: 2,
    relay: "eager",
  }),
  "two-thirds/4m2r-learner": twoThirds("main", "a learner hears of all members", {
    members: 4,
    rounds: 2,
    inputs: 2,
    learners: 1,
    relay: "lazy",
  }),
  "two-thirds/4m2r-contested": twoThirds("nightly", "both values come to everybody", {
    members: 4,
    rounds: 2,
    inputs: 2,
    contested: true,
    relay: "lazy",
  }),
  "two-thirds/7m2r": twoThirds("nightly", "seven members, two rounds", {
    members: 7,
    rounds: 2,
    inputs: "all",
    relay: "lazy",
  }),
  "two-thirds/4m2r-crash": twoThirds("main", "one crash and recovery", {
    members: 4,
    rounds: 2,
    inputs: 2,
    crashes: 1,
    relay: "lazy",
  }),
  "two-thirds/4m2r-crash-split": twoThirds("nightly", "one crash between any two effects", {
    members: 4,
    rounds: 2,
    inputs: 2,
    crashes: 1,
    splitFlush: true,
    relay: "lazy",
  }),
  "two-thirds/4m2r-duplicates": twoThirds("main", "one message comes twice", {
    members: 4,
    rounds: 2,
    inputs: 2,
    duplicates: 1,
    relay: "lazy",
  }),
  "aneris/2r2v1s": aneris("pull", "two replicas, two commands, a swap", {
    replicas: 2,
    commands: [[1], [1]],
    controls: ["two-thirds"],
  }),
  "aneris/2r2v1s-window": aneris("main", "the swap takes effect when the pipeline has drained", {
    replicas: 2,
    commands: [[1], [1]],
    controls: ["two-thirds"],
    alpha: 2,
    mode: "window",
  }),
  "aneris/2r2v1s-cut": aneris("main", "the swap voids a slot that is open", {
    replicas: 2,
    commands: [[1], [1]],
    controls: ["two-thirds"],
    alpha: 2,
  }),
  "aneris/2r1v1s": aneris("pull", "a command of one replica, a swap of the other", {
    replicas: 2,
    commands: [[], [1]],
    controls: ["two-thirds"],
  }),
  "aneris/2r1v1s-cut": aneris("pull", "the same with two slots open", {
    replicas: 2,
    commands: [[], [1]],
    controls: ["two-thirds"],
    alpha: 2,
  }),
  "aneris/2r1v1s-window": aneris("pull", "the same in window mode", {
    replicas: 2,
    commands: [[], [1]],
    controls: ["two-thirds"],
    alpha: 2,
    mode: "window",
  }),
  "aneris/3r1v1s": aneris("main", "three replicas, a command, a swap", {
    replicas: 3,
    commands: [[1], [], []],
    controls: ["two-thirds"],
  }),
  "aneris/2r-aware": aneris("main", "replicas that know of each other", {
    replicas: 2,
    commands: [[1], []],
    controls: ["two-thirds"],
    aware: true,
  }),
  "aneris/2r-two-swaps": aneris("main", "there and back again", {
    replicas: 2,
    commands: [[1], []],
    controls: ["two-thirds", "paxos"],
  }),
  "aneris/2r-modes": aneris("nightly", "the mode changes before the swap", {
    replicas: 2,
    commands: [[1], []],
    controls: ["window", "two-thirds"],
    alpha: 2,
  }),
  "aneris/2r-lies": aneris("pull", "a proposer without rules changes nothing", {
    replicas: 2,
    commands: [[1], []],
    controls: ["two-thirds"],
    lies: ["forged swap", "unknown protocol", "second number", "repeated command", "late swap"],
  }),
  "aneris/1r-gap": aneris("pull", "two swaps keep their distance", {
    replicas: 1,
    commands: [[1, 2]],
    controls: ["two-thirds", "paxos"],
    controlGap: 3,
  }),
  "aneris/2r-fifo": aneris("main", "commands of a client in the order of their numbers", {
    replicas: 2,
    commands: [[1, 2], []],
    alpha: 2,
    fifo: true,
  }),
  "aneris/1r-out-of-turn": aneris("pull", "a control command whose turn never comes stands in nobody's way", {
    replicas: 1,
    commands: [[1, 2]],
    controls: ["two-thirds"],
    firstControl: 2,
  }),
  "aneris/1r-crash": aneris("pull", "one crash between any two effects", {
    replicas: 1,
    commands: [[1]],
    controls: ["two-thirds"],
    crashes: 1,
    splitFlush: true,
  }),
  "aneris/2r-crash": aneris("main", "one crash and recovery", {
    replicas: 2,
    commands: [[1], []],
    controls: ["two-thirds"],
    crashes: 1,
  }),
  "aneris/2r-real": aneris("main", "from the real Paxos to the real 2/3-consensus", {
    replicas: 2,
    commands: [[1], []],
    controls: ["two-thirds"],
    consensus: "real",
  }),
};

/** The model of a scope, with parts of it replaced. */
export function modelOfScope(
  name: string,
  scope: Scope,
  substitution: Partial<Substitution> = unchanged,
): Model {
  const made =
    scope.protocol === "paxos"
      ? paxosModel(scope.params, substitution)
      : scope.protocol === "two-thirds"
        ? twoThirdsModel(scope.params, substitution)
        : anerisModel(scope.params, substitution);
  return { ...made, name };
}

/**
 * The model that a name stands for, perhaps with a mutant in it: what workers and replay files ask for.
 * @throws Error with the names there are.
 */
export function openModel({ scope, mutant }: { readonly scope: string; readonly mutant?: string }): Model {
  const found = scopes[scope];
  if (found === undefined)
    throw new Error(`no scope "${scope}"; there are ${Object.keys(scopes).join(", ")}`);
  return modelOfScope(scope, found, mutant === undefined ? unchanged : substitutionOf(mutantOf(mutant)));
}
