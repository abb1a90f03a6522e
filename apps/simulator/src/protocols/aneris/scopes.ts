import type { Scope, Tier } from "../scope.ts";
import type { AnerisParams } from "./model.ts";

const aneris = (tier: Tier, shows: string, params: AnerisParams): Scope => ({
  protocol: "aneris",
  tier,
  shows,
  params,
});

/** Scopes of the replica by name. */
export const anerisScopes: Readonly<Record<string, Scope>> = {
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
  "aneris/2r-reads": aneris("pull", "a replica reads while another one writes, across a swap", {
    replicas: 2,
    commands: [[1], []],
    controls: ["two-thirds"],
    reads: true,
  }),
  "aneris/2r-reads-window": aneris("main", "the same in window mode", {
    replicas: 2,
    commands: [[1], []],
    controls: ["two-thirds"],
    alpha: 2,
    mode: "window",
    reads: true,
  }),
  "aneris/2r-real-reads": aneris(
    "endless",
    "the same over the real protocols, where an answer may come twice",
    {
      replicas: 2,
      commands: [[1], []],
      controls: ["two-thirds"],
      consensus: "real",
      reads: true,
      duplicates: 1,
    },
  ),
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
