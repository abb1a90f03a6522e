import type { ReductionName, Scope, Tier } from "../scope.ts";
import type { PaxosParams } from "./model.ts";

const paxos = (
  tier: Tier,
  shows: string,
  params: PaxosParams,
  reductions: readonly ReductionName[] = [],
): Scope => ({ protocol: "paxos", tier, shows, params, reductions });

const less = ["inert", "symmetry", "quorum"] as const;

/** Scopes of Paxos by name. */
export const paxosScopes: Readonly<Record<string, Scope>> = {
  "paxos/3a2b": paxos("pull", "two leaders contend", { acceptors: 3, ballots: [1, 1] }),
  "paxos/3a2b-learner": paxos(
    "main",
    "a learner hears of both leaders",
    {
      acceptors: 3,
      ballots: [1, 1],
      learners: 1,
      order: "soup",
      refusals: false,
    },
    less,
  ),
  "paxos/3a3b": paxos("endless", "three leaders contend", { acceptors: 3, ballots: [1, 1, 1] }),
  "paxos/3a3b-soup": paxos(
    "main",
    "three leaders contend; messages come again and again, refusals never",
    { acceptors: 3, ballots: [1, 1, 1], order: "soup", refusals: false },
    less,
  ),
  "paxos/3a3b-2l": paxos(
    "main",
    "a leader comes back with a third ballot",
    {
      acceptors: 3,
      ballots: [2, 1],
      order: "soup",
      refusals: false,
    },
    less,
  ),
  "paxos/4a2b": paxos("endless", "majorities of four", { acceptors: 4, ballots: [1, 1] }),
  "paxos/4a2b-soup": paxos(
    "main",
    "majorities of four; messages come again and again, refusals never",
    { acceptors: 4, ballots: [1, 1], order: "soup", refusals: false },
    less,
  ),
  "paxos/5a2b": paxos("endless", "majorities of five", { acceptors: 5, ballots: [1, 1] }),
  "paxos/5a2b-soup": paxos(
    "main",
    "majorities of five; messages come again and again, refusals never",
    { acceptors: 5, ballots: [1, 1], order: "soup", refusals: false },
    less,
  ),
  "paxos/4a2b-flexible": paxos(
    "main",
    "four acceptors, three promise, two accept",
    {
      acceptors: 4,
      ballots: [1, 1],
      q1: 3,
      q2: 2,
      order: "soup",
      refusals: false,
    },
    less,
  ),
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
  "paxos/2a3b-one-promise": paxos("main", "a leader comes back, one promise begins a ballot", {
    acceptors: 2,
    ballots: [2, 1],
    q1: 1,
    q2: 2,
  }),
  "paxos/2a4b-one-promise": paxos(
    "main",
    "two leaders come back, one promise begins a ballot",
    {
      acceptors: 2,
      ballots: [2, 2],
      q1: 1,
      q2: 2,
    },
    less,
  ),
  "paxos/2a2b-trims": paxos(
    "main",
    "a slot is retired while leaders contend for two acceptors",
    {
      acceptors: 2,
      ballots: [1, 1],
      q1: 2,
      q2: 1,
      learners: 1,
      trims: true,
    },
    less,
  ),
  "paxos/2a2b-crash": paxos("pull", "one crash and recovery", { acceptors: 2, ballots: [1, 1], crashes: 1 }),
  "paxos/2a2b-crash-split": paxos("main", "one crash between any two effects", {
    acceptors: 2,
    ballots: [1, 1],
    crashes: 1,
    splitFlush: true,
  }),
  "paxos/3a2b-crash": paxos(
    "main",
    "one crash and recovery",
    { acceptors: 3, ballots: [1, 1], crashes: 1 },
    less,
  ),
  "paxos/3a2b-crash-split": paxos("endless", "one crash between any two effects", {
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
  "paxos/3a2b-soup": paxos(
    "main",
    "every message may be lost or come again and again",
    { acceptors: 3, ballots: [1, 1], order: "soup" },
    less,
  ),
  "paxos/3a2b-duplicates": paxos("endless", "one message comes twice", {
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
  "paxos/3a2b-trims": paxos(
    "main",
    "a slot is retired while leaders contend",
    {
      acceptors: 3,
      ballots: [1, 1],
      learners: 1,
      trims: true,
      order: "soup",
      refusals: false,
    },
    less,
  ),
};
