import type { Clock, ConsensusBinding, NodeId, SlotLog, SnapshotStore } from "@eunomia/engine";
import type { Application } from "./application.ts";
import type { GatewayConfig } from "./gateway-types.ts";
import type { SnapshotEvent } from "./snapshot-keeper.ts";
import type { Delivery, ReplicaConfig, ReplicaOracles } from "./state.ts";
import type { TransferConfig } from "./transfer-types.ts";

/** What a node is put together from. */
export interface BroadcastNodeOptions {
  readonly replica: ReplicaConfig;
  /** Default: `gatewayDefaults`, as the process that is named like the replica with `/gateway` appended. */
  readonly gateway?: GatewayConfig;
  readonly oracles: Omit<ReplicaOracles, "validate">;
  /** The registry: the same names with the same meaning at every node. */
  readonly protocols: Readonly<Record<string, ConsensusBinding>>;
  readonly log: SlotLog;
  /** What the node does with the order. Its state outlives a life only through snapshots and the log. */
  readonly application?: Application;
  /** Without one the log is never truncated, and a node that lags replays it. Needs `transferOf` to be known to `nodeOf`. */
  readonly snapshots?: SnapshotStore;
  /** So many slots stay in the log for subscribers and lagging replicas, beyond what snapshots need. Default 1000. */
  readonly keepSlots?: number;
  /** Default: `transferDefaults`. */
  readonly transfer?: Omit<TransferConfig, "self">;
  /** The process that carries snapshots beside a replica. Default: the replica's name with `/transfer` appended. */
  transferOf?(replica: NodeId): NodeId;
  readonly clock: Clock;
  /** The delivered log is made durable this often at most; consensus state is kept until then. Default 250. */
  readonly logSyncDelayMs?: number;
  /** Every slot, once what it rests on is durable here. */
  onDelivery?(delivery: Delivery): void;
  onSnapshot?(event: SnapshotEvent): void;
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
