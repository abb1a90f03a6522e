import type { Clock, ConsensusBinding, NodeId, Random, SlotLog, SnapshotStore } from "@eunomia/engine";
import type { Application } from "./application.ts";
import type { GatewayConfig } from "./gateway-types.ts";
import type { SnapshotEvent, SnapshotOrigin } from "./snapshot-keeper.ts";
import type { Delivery, ReplicaConfig, ReplicaOracles } from "./state.ts";
import type { TransferConfig } from "./transfer-types.ts";
import type { Member, Membership } from "./wire.ts";

/** What a node is put together from. */
export interface BroadcastNodeOptions {
  readonly replica: ReplicaConfig;
  /** Default: `gatewayDefaults`, as the process that is named like the replica with `/gateway` appended. */
  readonly gateway?: GatewayConfig;
  readonly oracles: Omit<ReplicaOracles, "validate">;
  /** The registry: the same names with the same meaning at every node. */
  readonly protocols: Readonly<Record<string, ConsensusBinding>>;
  /**
   * The node of a replica or of a consensus process, told from its name alone: it is asked about nodes that nobody has met, and
   * must answer the same at every node. Null: no name of that kind.
   */
  nodeOf(process: NodeId): NodeId | null;
  /** What else may speak against a membership, e.g. what its members say of themselves. The same answer at every node. */
  membershipProblem?(membership: Membership): string | null;
  readonly log: SlotLog;
  /** What the node does with the order. Its state outlives a life only through snapshots and the log. */
  readonly application?: Application;
  /** Without one the log is never truncated, and a node that lags replays it. Needs `transferOf` to be known to `nodeOf`. */
  readonly snapshots?: SnapshotStore;
  /**
   * The snapshot that this cluster begins with, where it was restored from another one (`restoreCluster`): the same at every node,
   * for ever. A first member without it does not start: it would begin from nothing, beside the others.
   */
  readonly origin?: SnapshotOrigin;
  /** So many slots stay in the log for subscribers and lagging replicas, beyond what snapshots need. Default 1000. */
  readonly keepSlots?: number;
  /** Default: `transferDefaults`. */
  readonly transfer?: Omit<TransferConfig, "self">;
  /** The process that carries snapshots beside a replica. Default: the replica's name with `/transfer` appended. */
  transferOf?(replica: NodeId): NodeId;
  readonly clock: Clock;
  /** For the numbers of reads, which no other life of this node may use. Default: that of the driver. */
  readonly random?: Random;
  /** The delivered log is made durable this often at most; consensus state is kept until then. Default 250. */
  readonly logSyncDelayMs?: number;
  /** Every slot, once what it rests on is durable here. */
  onDelivery?(delivery: Delivery): void;
  /**
   * Whom this node speaks with from now on: the members of all epochs that are not over. At the start, and at each change, before
   * anything is sent to a new one. Who is missing may still be heard for a while: one that was removed asks whether it is.
   */
  onMembership?(peers: readonly Member[]): void;
  /** This node is no member from slot `from` on, and the new members can do without it: it may end, and never comes back. */
  onRemoved?(from: number): void;
  onSnapshot?(event: SnapshotEvent): void;
  /** A process spoke for a client that is another's (see `ownerUntil` of the gateway), and was refused. */
  onForeign?(event: { readonly client: number; readonly process: NodeId }): void;
  /** Two processes disagree about a slot: an operator must look. */
  onAlarm?(alarm: {
    readonly process: NodeId;
    readonly instance: string;
    readonly slot: number;
    readonly reason: string;
  }): void;
  /** The log failed; the node must stop. */
  onFault(error: Error): void;
}
