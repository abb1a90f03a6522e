import type { AnyEngine, NodeId } from "@eunomia/engine";
import { type Expr, node, thresholdOf } from "@eunomia/quorum-algebra";
import {
  type AcceptorConfig,
  acceptorEngine,
  type LeaderConfig,
  type LearnerConfig,
  leaderEngine,
  learnerEngine,
} from "../../src/index.ts";

/** The text of a value, and back: values in tests are short ASCII texts. */
export const valueFrom = (text: string): Uint8Array =>
  Uint8Array.from(text, (letter) => letter.charCodeAt(0));
export const textOf = (value: Uint8Array): string => String.fromCharCode(...value);
export const noop = valueFrom("NOOP");

export interface Makers {
  readonly acceptor: (config: AcceptorConfig) => AnyEngine;
  readonly leader: (config: LeaderConfig) => AnyEngine;
  readonly learner: (config: LearnerConfig) => AnyEngine;
}
export const soundMakers: Makers = { acceptor: acceptorEngine, leader: leaderEngine, learner: learnerEngine };

export interface Shape {
  readonly acceptors: number;
  readonly q1: number;
  readonly q2: number;
  readonly leaders?: number;
  readonly learners?: number;
  /** f+1 learners retire a slot; all of them unless it is given. */
  readonly f?: number;
  readonly announce?: "value" | "reference";
  readonly proposeTo?: "all" | "active";
  readonly skipPhase1?: boolean;
  readonly pageBytes?: number;
  readonly maxAhead?: number;
  readonly acknowledgeDigests?: boolean;
}
export interface Process {
  readonly engine: AnyEngine;
  readonly config: unknown;
}

export const atLeast = (k: number, members: readonly NodeId[]): Expr =>
  thresholdOf(
    k,
    members.map((id) => node(id)),
  );

export function names(shape: Shape) {
  const { acceptors, leaders = 2, learners = 2 } = shape;
  return {
    acceptors: Array.from({ length: acceptors }, (_, i) => `a${i + 1}`),
    leaders: Array.from({ length: leaders }, (_, i) => `l${i}`),
    learners: Array.from({ length: learners }, (_, i) => `r${i}`),
  };
}

export function acceptorConfig(shape: Shape, self: string): AcceptorConfig {
  const { acceptors, leaders, learners } = names(shape);
  const beside = learners[acceptors.indexOf(self)] ?? null;
  return {
    self,
    leaders,
    learners,
    colocatedLearner: shape.announce === "reference" ? beside : null,
    fromSlot: 1,
    f: shape.f ?? learners.length - 1,
    maxAhead: shape.maxAhead ?? 64,
    pageBytes: shape.pageBytes ?? 1 << 20,
    acknowledgeDigests: shape.acknowledgeDigests ?? false,
  };
}

export function leaderConfig(shape: Shape, self: string): LeaderConfig {
  const { acceptors, leaders, learners } = names(shape);
  return {
    self,
    leaders,
    learners,
    directLearners: learners.slice(acceptors.length),
    phase1: atLeast(shape.q1, acceptors),
    phase2: atLeast(shape.q2, acceptors),
    announce: shape.announce ?? "value",
    fromSlot: 1,
    f: shape.f ?? learners.length - 1,
    maxAhead: shape.maxAhead ?? 64,
    noop,
    skipPhase1: shape.skipPhase1 ?? false,
    heartbeatMs: 20,
    retryMs: 50,
    suspectMinMs: 100,
    suspectMaxMs: 2_000,
    shrinkMs: 10,
    stallMs: 1_000,
  };
}

export function learnerConfig(shape: Shape, self: string): LearnerConfig {
  const { acceptors, leaders } = names(shape);
  return {
    self,
    leaders,
    acceptors,
    readQuorum: leaderConfig(shape, leaders[0]!).phase1,
    proposeTo: shape.proposeTo ?? "all",
    fromSlot: 1,
    maxAhead: shape.maxAhead ?? 64,
    fetchMax: 8,
    retryMs: 70,
    silenceMs: 200,
  };
}

/** A process per role and name. */
export function cluster(shape: Shape, makers: Makers = soundMakers): Map<NodeId, Process> {
  const { acceptors, leaders, learners } = names(shape);
  const processes = new Map<NodeId, Process>();
  for (const id of acceptors) {
    const config = acceptorConfig(shape, id);
    processes.set(id, { engine: makers.acceptor(config), config });
  }
  for (const id of leaders) {
    const config = leaderConfig(shape, id);
    processes.set(id, { engine: makers.leader(config), config });
  }
  for (const id of learners) {
    const config = learnerConfig(shape, id);
    processes.set(id, { engine: makers.learner(config), config });
  }
  return processes;
}
