import { gatewayDefaults, type ReplicaConfig, replicaDefaults } from "@eunomia/aneris-switch";
import { membershipOf, type ProtocolSpec } from "@eunomia/aneris-switch/messages";
import type { ConsensusBinding, NodeId } from "@eunomia/engine";
import { paxosBinding, paxosParams, paxosRoles } from "@eunomia/paxos";
import { twoThirdsBinding, twoThirdsRoles } from "@eunomia/two-thirds";
import { cluster, replicaPart } from "./parts.ts";
import { strangerSession } from "./stranger.ts";

/** What varies between runs of a whole broadcast. Plain JSON. */
export interface AnerisRun {
  readonly nodes: number;
  readonly f: number;
  readonly initial: "paxos" | "two-thirds";
  readonly phase1: number;
  readonly phase2: number;
  readonly graceMs: number;
  readonly alpha: number;
  readonly mode: "cut" | "window";
  readonly fifo: boolean;
  readonly maxBatch: number;
  readonly controlGap: number;
  readonly dutySpan: number;
  readonly digestAboveBytes: number | null;
  readonly logSyncDelayMs: number;
  readonly compactAboveBytes: number;
  /** Commands of all clients together, and control commands. */
  readonly commands: number;
  readonly controls: number;
  /** Reads beside the order, of all readers together. */
  readonly reads: number;
  /** How far a session may run ahead of its oldest command. */
  readonly sessionWindow: number;
  /** What a gateway may send ahead of a subscriber. */
  readonly creditBytes: number;
}

/** The processes of a node are named `node/role`, as those of a real one. */
const roles = ["replica", "gateway", ...paxosRoles, ...twoThirdsRoles] as const;
export const processOf = (node: NodeId, role: (typeof roles)[number]): NodeId => `${node}/${role}`;

export const nodesOf = (run: AnerisRun): NodeId[] => Array.from({ length: run.nodes }, (_, i) => `n${i}`);

/** Which node runs a process; null for a client. */
export function directoryOf(run: AnerisRun): (process: NodeId) => NodeId | null {
  const homes = new Map(
    nodesOf(run).flatMap((node) => roles.map((role) => [processOf(node, role), node] as const)),
  );
  return (process) => homes.get(process) ?? null;
}

export function registryOf(run: AnerisRun, self: NodeId): Readonly<Record<string, ConsensusBinding>> {
  const { graceMs, digestAboveBytes } = run;
  return {
    paxos: paxosBinding({ self }),
    "two-thirds": twoThirdsBinding({ self, graceMs, retryMs: 100, digestAboveBytes }),
  };
}

/** A protocol with the quorums of a run. */
export const specOf = ({ phase1, phase2 }: AnerisRun, name: "paxos" | "two-thirds"): ProtocolSpec => ({
  name,
  params: name === "paxos" ? paxosParams({ phase1, phase2 }) : new Uint8Array(),
});

export function replicaOf(run: AnerisRun, self: NodeId): ReplicaConfig {
  const nodes = nodesOf(run);
  const { f, alpha, mode, fifo, maxBatch, controlGap, dutySpan, initial } = run;
  return replicaPart({
    self: processOf(self, "replica"),
    membership: membershipOf(
      nodes.map((node) => processOf(node, "replica")),
      f,
    ),
    alpha,
    mode: { kind: mode },
    fifo,
    maxBatch,
    maxBatchBytes: replicaDefaults.maxBatchBytes,
    controlGap,
    dutySpan,
    staticClients: strangerSession + 1,
    sessionWindow: run.sessionWindow,
    initial: specOf(run, initial),
  }).config;
}

export const gatewayOf = (self: NodeId) => ({
  ...gatewayDefaults,
  self: processOf(self, "gateway"),
  readBytes: 1 << 12,
});

export { cluster };
