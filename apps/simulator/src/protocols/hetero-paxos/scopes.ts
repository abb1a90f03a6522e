import type { Scope, Tier } from "../scope.ts";
import type { HeteroParams } from "./model.ts";

const hetero = (tier: Tier, shows: string, params: HeteroParams): Scope => ({
  protocol: "hetero-paxos",
  tier,
  shows,
  params,
});

/** Scopes of Heterogeneous Paxos by name: acceptors, learners, ballots. */
export const heteroScopes: Readonly<Record<string, Scope>> = {
  "hetero-paxos/3a1b": hetero("pull", "a majority of three, one ballot", {
    graph: "crash",
    ballots: ["A"],
  }),
  "hetero-paxos/3a2l1b": hetero("pull", "two learners with quorums of their own, one ballot", {
    graph: "gap",
    ballots: ["A"],
  }),
  "hetero-paxos/2a2l2b": hetero("pull", "two learners that must agree, two ballots with two values", {
    graph: "two",
    ballots: ["A", "B"],
  }),
  "hetero-paxos/2a2l2b-refute": hetero("pull", "the same with the rule that refutes old votes", {
    graph: "two",
    ballots: ["A", "B"],
    unlock: "refute",
  }),
  "hetero-paxos/2a2l1b-twin": hetero("pull", "one of the two acceptors runs twice", {
    graph: "two",
    ballots: ["A"],
    liar: "a",
  }),
  "hetero-paxos/2a2l2b-twin": hetero("main", "one of two acceptors runs twice, two ballots", {
    graph: "two",
    ballots: ["A", "B"],
    liar: "a",
  }),
  "hetero-paxos/2a2l3b": hetero("main", "two learners that must agree, three ballots", {
    graph: "two",
    ballots: ["A", "B", "A"],
  }),
  "hetero-paxos/2a3b": hetero("main", "two acceptors that both are needed, three ballots", {
    graph: "both",
    ballots: ["A", "B", "B"],
  }),
  "hetero-paxos/2a3b-refute": hetero(
    "main",
    "the same with the rule that refutes old votes, which frees some",
    {
      graph: "both",
      ballots: ["A", "B", "B"],
      unlock: "refute",
    },
  ),
  "hetero-paxos/3a2b": hetero("main", "a majority of three, two ballots with two values", {
    graph: "crash",
    ballots: ["A", "B"],
  }),
  "hetero-paxos/3a2l2b": hetero(
    "nightly",
    "two learners with quorums of their own, two ballots with two values",
    {
      graph: "gap",
      ballots: ["A", "B"],
    },
  ),
  "hetero-paxos/3a2l2b-refute": hetero("nightly", "the same with the rule that refutes old votes", {
    graph: "gap",
    ballots: ["A", "B"],
    unlock: "refute",
  }),
  "hetero-paxos/3a3l2b": hetero(
    "endless",
    "the first and the last of three learners agree by way of the second",
    {
      graph: "line",
      ballots: ["A", "B"],
    },
  ),
  "hetero-paxos/3a2l2b-gap": hetero(
    "endless",
    "does not hold: an honest run leaves a learner behind; test/golden/hetero-paxos-gap.jsonl is one",
    { graph: "gap", ballots: ["A", "B"], watcher: true, ends: true },
  ),
  "hetero-paxos/3a2l2b-gap-refute": hetero("endless", "the same with the rule that refutes old votes", {
    graph: "gap",
    ballots: ["A", "B"],
    watcher: true,
    ends: true,
    unlock: "refute",
  }),
};
