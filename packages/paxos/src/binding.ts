import { DecodeError, decode, encode, type Infer, nat, record } from "@eunomia/codec";
import type { ConsensusBinding, Epoch, EpochPlan } from "@eunomia/engine";
import { flexible } from "@eunomia/quorum-algebra";
import { acceptorEngine } from "./acceptor.ts";
import type { AcceptorConfig } from "./acceptor-types.ts";
import { leaderEngine } from "./leader.ts";
import type { LeaderConfig } from "./leader-types.ts";
import { learnerEngine } from "./learner.ts";
import type { LearnerConfig } from "./learner-types.ts";

/** What a node runs of Paxos; a process is named `node/role`. */
export const paxosRoles = ["acceptor", "leader", "paxos-learner"] as const;

const QuorumSizes = record({
  /** How many promises begin a ballot. */
  phase1: nat(),
  /** How many acceptances choose a value; with `phase1` more than all nodes. */
  phase2: nat(),
});

/** The parameters of an epoch whose quorums have other sizes than majorities: those are meant by empty parameters. */
export const paxosParams = (sizes: Infer<typeof QuorumSizes>): Uint8Array => encode(QuorumSizes, sizes);

/** Paxos on nodes that are acceptor, leader and learner each. What is left out has the default in brackets. */
export interface PaxosBindingOptions {
  readonly self: string;
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

/** What the parameters say; a text: why they say nothing. */
function sizesOf({ params, nodes }: EpochPlan): Infer<typeof QuorumSizes> | string {
  const majority = Math.floor(nodes.length / 2) + 1;
  if (params.length === 0) return { phase1: majority, phase2: majority };
  try {
    return decode(QuorumSizes, params);
  } catch (error) {
    if (error instanceof DecodeError) return "expected no parameters, or the sizes of two kinds of quorums";
    throw error;
  }
}

/** Whether every two quorums that must meet do, and quorums of both phases are left when `f` nodes are down. */
function problemOf(plan: EpochPlan): string | null {
  const { nodes, f } = plan;
  const n = nodes.length;
  const sizes = sizesOf(plan);
  if (typeof sizes === "string") return sizes;
  const { phase1, phase2 } = sizes;
  const said = `got ${phase1} and ${phase2} of ${n}`;
  if (Math.min(phase1, phase2) < 1 || Math.max(phase1, phase2) > n)
    return `expected quorums of 1 to ${n} nodes, ${said}`;
  if (phase1 + phase2 <= n)
    return `expected quorums of more than ${n} nodes together, so that they meet, ${said}`;
  return Math.max(phase1, phase2) <= n - f
    ? null
    : `expected quorums of at most ${n - f} nodes, so that ${f} may be down, ${said}`;
}

/** Of a plan that was found valid. */
function configsOf(options: PaxosBindingOptions, plan: Epoch): Configs {
  const { self } = options;
  const { nodes, f, from: fromSlot } = plan;
  const { phase1, phase2 } = sizesOf(plan) as Infer<typeof QuorumSizes>;
  const of = (role: (typeof paxosRoles)[number]): string[] => nodes.map((node) => `${node}/${role}`);
  const acceptors = of("acceptor");
  const leaders = of("leader");
  const learners = of("paxos-learner");
  const quorums = flexible(acceptors, phase1, phase2);
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
 * every node once. The place of a node in the plan is its leader index.
 *
 * @throws PaxosConfigError when an option is out of its range.
 * @example
 * const protocols = { paxos: paxosBinding({ self: "a" }) };
 */
export function paxosBinding(options: PaxosBindingOptions): ConsensusBinding {
  // What is wrong whatever the nodes are is found here, not when an epoch begins.
  leaderEngine(
    configsOf(options, { params: new Uint8Array(), nodes: [options.self], f: 0, epoch: 0, from: 1 }).leader,
  );
  return {
    validate: problemOf,
    epoch(plan) {
      const { acceptor, leader, learner } = configsOf(options, plan);
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
