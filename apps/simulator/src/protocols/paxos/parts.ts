import type { AnyEngine } from "@eunomia/engine";
import {
  type AcceptorConfig,
  acceptorEngine,
  type LeaderConfig,
  type LearnerConfig,
  leaderEngine,
  learnerEngine,
} from "@eunomia/paxos";
import { type Expr, node, thresholdOf } from "@eunomia/quorum-algebra";
import { noop } from "../values.ts";

/** The shape of a Paxos cluster, as plain JSON. What is left out has the default in brackets. */
export interface PaxosShape {
  readonly acceptors: number;
  readonly leaders: number;
  readonly learners: number;
  /** How many promises begin a ballot, and how many acceptances choose. [majorities] */
  readonly q1?: number;
  readonly q2?: number;
  /** f + 1 learners retire a slot. [all of them] */
  readonly f?: number;
  /** [value] */
  readonly announce?: "value" | "reference";
  /** [all] */
  readonly proposeTo?: "all" | "active";
  /** [false] */
  readonly skipPhase1?: boolean;
  /** [1 MiB] */
  readonly pageBytes?: number;
  /** [64] */
  readonly maxAhead?: number;
  /** Stands before the names of processes. [nothing] */
  readonly prefix?: string;
  /** All waiting times of leaders and learners are multiplied by this. [1] */
  readonly pace?: number;
}

/** One process of a cluster. */
export interface Part {
  readonly engine: AnyEngine;
  readonly config: unknown;
}

const count = (letter: string, n: number, from: number): string[] =>
  Array.from({ length: n }, (_, i) => `${letter}${i + from}`);

/** Names of all processes: acceptors `a1`…, leaders `l0`…, learners `r0`…. */
export function paxosNames(shape: PaxosShape) {
  const { acceptors, leaders, learners, prefix = "" } = shape;
  return {
    acceptors: count(`${prefix}a`, acceptors, 1),
    leaders: count(`${prefix}l`, leaders, 0),
    learners: count(`${prefix}r`, learners, 0),
  };
}

const atLeast = (k: number, members: readonly string[]): Expr =>
  thresholdOf(
    k,
    members.map((id) => node(id)),
  );

const majorityOf = (members: readonly string[]): number => Math.floor(members.length / 2) + 1;

export function acceptorPart(shape: PaxosShape, self: string): Part {
  const { acceptors, leaders, learners } = paxosNames(shape);
  const config: AcceptorConfig = {
    self,
    leaders,
    learners,
    colocatedLearner: shape.announce === "reference" ? (learners[acceptors.indexOf(self)] ?? null) : null,
    fromSlot: 1,
    f: shape.f ?? learners.length - 1,
    maxAhead: shape.maxAhead ?? 64,
    pageBytes: shape.pageBytes ?? 1 << 20,
    acknowledgeDigests: false,
  };
  return { engine: acceptorEngine(config), config };
}

export function leaderPart(shape: PaxosShape, self: string): Part {
  const { acceptors, leaders, learners } = paxosNames(shape);
  const majority = majorityOf(acceptors);
  const pace = shape.pace ?? 1;
  const config: LeaderConfig = {
    self,
    leaders,
    learners,
    directLearners: shape.announce === "reference" ? learners.slice(acceptors.length) : [],
    phase1: atLeast(shape.q1 ?? majority, acceptors),
    phase2: atLeast(shape.q2 ?? majority, acceptors),
    announce: shape.announce ?? "value",
    fromSlot: 1,
    f: shape.f ?? learners.length - 1,
    maxAhead: shape.maxAhead ?? 64,
    noop,
    skipPhase1: shape.skipPhase1 ?? false,
    heartbeatMs: 25 * pace,
    retryMs: 100 * pace,
    suspectMinMs: 120 * pace,
    suspectMaxMs: 2_000 * pace,
    shrinkMs: 5,
    stallMs: 1_000 * pace,
  };
  return { engine: leaderEngine(config), config };
}

export function learnerPart(shape: PaxosShape, self: string): Part {
  const { acceptors, leaders } = paxosNames(shape);
  const pace = shape.pace ?? 1;
  const config: LearnerConfig = {
    self,
    leaders,
    acceptors,
    readQuorum: atLeast(shape.q1 ?? majorityOf(acceptors), acceptors),
    proposeTo: shape.proposeTo ?? "all",
    fromSlot: 1,
    maxAhead: shape.maxAhead ?? 64,
    fetchMax: 8,
    retryMs: 100 * pace,
    silenceMs: 400 * pace,
  };
  return { engine: learnerEngine(config), config };
}
