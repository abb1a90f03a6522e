import type { ConsensusBinding } from "@eunomia/engine";
import { flexible } from "@eunomia/quorum-algebra";
import { acceptorEngine } from "./acceptor.ts";
import type { AcceptorConfig } from "./acceptor-types.ts";
import { leaderEngine } from "./leader.ts";
import type { LeaderConfig } from "./leader-types.ts";
import { learnerEngine } from "./learner.ts";
import type { LearnerConfig } from "./learner-types.ts";

/** What a node runs of Paxos; a process is named `node/role`. */
export const paxosRoles = ["acceptor", "leader", "paxos-learner"] as const;

/** Paxos on nodes that are acceptor, leader and learner each. What is left out has the default in brackets. */
export interface PaxosBindingOptions {
  readonly self: string;
  /** All nodes; the place in the list is the leader index. */
  readonly nodes: readonly string[];
  /** Nodes that may be down. [as many as majorities bear] */
  readonly f?: number;
  /** How many promises begin a ballot. [a majority] */
  readonly phase1?: number;
  /** How many acceptances choose a value; with `phase1` more than all nodes. [a majority] */
  readonly phase2?: number;
  /** What fills gaps: the empty batch of the broadcast. [0x80] */
  readonly noop?: Uint8Array;
  readonly leader?: Partial<
    Pick<LeaderConfig, "heartbeatMs" | "retryMs" | "suspectMinMs" | "suspectMaxMs" | "shrinkMs" | "stallMs">
  >;
}

/** Slots above the floor that are taken: far more than a pipeline opens, and a bound all the same. */
const maxAhead = 4096;

interface Configs {
  readonly acceptor: AcceptorConfig;
  readonly leader: LeaderConfig;
  readonly learner: LearnerConfig;
}

function configsOf(options: PaxosBindingOptions, fromSlot: number): Configs {
  const { self, nodes } = options;
  const majority = Math.floor(nodes.length / 2) + 1;
  const f = options.f ?? nodes.length - majority;
  const of = (role: (typeof paxosRoles)[number]): string[] => nodes.map((node) => `${node}/${role}`);
  const acceptors = of("acceptor");
  const leaders = of("leader");
  const learners = of("paxos-learner");
  const quorums = flexible(acceptors, options.phase1 ?? majority, options.phase2 ?? majority);
  return {
    acceptor: {
      self: `${self}/acceptor`,
      leaders,
      learners,
      colocatedLearner: `${self}/paxos-learner`,
      fromSlot,
      f,
      maxAhead,
      pageBytes: 1 << 20,
      acknowledgeDigests: false,
    },
    leader: {
      self: `${self}/leader`,
      leaders,
      learners,
      directLearners: [],
      ...quorums,
      announce: "reference",
      fromSlot,
      f,
      maxAhead,
      noop: options.noop ?? new Uint8Array([0x80]),
      skipPhase1: true,
      heartbeatMs: 25,
      retryMs: 100,
      suspectMinMs: 120,
      suspectMaxMs: 2000,
      shrinkMs: 5,
      stallMs: 1000,
      ...options.leader,
    },
    learner: {
      self: `${self}/paxos-learner`,
      leaders,
      acceptors,
      readQuorum: quorums.phase1,
      proposeTo: "active",
      fromSlot,
      maxAhead,
      fetchMax: 16,
      retryMs: 100,
      silenceMs: 400,
    },
  };
}

/**
 * Makes what a broadcast's registry needs to run Paxos in an epoch: decisions travel by reference, so that a value goes to
 * every node once.
 *
 * @throws PaxosConfigError when the quorums do not meet, with two that do not.
 * @example
 * const protocols = { paxos: paxosBinding({ self: "a", nodes: ["a", "b", "c"] }) };
 */
export function paxosBinding(options: PaxosBindingOptions): ConsensusBinding {
  // Quorums that do not meet are found here, not when an epoch begins.
  leaderEngine(configsOf(options, 1).leader);
  return {
    validate: (params) => (params.length === 0 ? null : "expected no parameters: they stand in the registry"),
    epoch(fromSlot) {
      const { acceptor, leader, learner } = configsOf(options, fromSlot);
      return {
        learner: learner.self,
        processes: [
          { process: acceptor.self, engine: acceptorEngine(acceptor), config: acceptor },
          { process: leader.self, engine: leaderEngine(leader), config: leader },
          { process: learner.self, engine: learnerEngine(learner), config: learner },
        ],
      };
    },
  };
}
