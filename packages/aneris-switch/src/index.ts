/**
 * Ordered broadcast that changes its consensus protocol while it runs: the Aneris replica and the gateway beside it, as
 * engines over the `Consensus` door. `@eunomia/aneris-switch/messages` has what clients need.
 */
export type { Application } from "./application.ts";
export { gatewayDefaults, replicaDefaults, SwitchError } from "./config.ts";
export { EpochKeeper, type EpochKeeperOptions } from "./epoch-keeper.ts";
export { gatewayEngine } from "./gateway.ts";
export type {
  GatewayCommand,
  GatewayConfig,
  GatewayOutput,
  GatewayState,
  GatewayTypes,
} from "./gateway-types.ts";
export { BroadcastNode, lasting } from "./node.ts";
export type { BroadcastNodeOptions } from "./node-options.ts";
export { replicaEngine } from "./replica.ts";
export { type RestoredSnapshot, restoreCluster } from "./restore.ts";
export type { SnapshotEvent, SnapshotOrigin } from "./snapshot-keeper.ts";
export { type OpenedSnapshot, openSnapshot, SnapshotDamage } from "./snapshot-pieces.ts";
export type {
  Checkpoint,
  Delivery,
  ReplicaCommand,
  ReplicaConfig,
  ReplicaMessage,
  ReplicaOracles,
  ReplicaOutput,
  ReplicaRecord,
  ReplicaState,
  ReplicaTypes,
} from "./state.ts";
export { transferDefaults, transferEngine } from "./transfer.ts";
export type {
  TransferCommand,
  TransferConfig,
  TransferMessage,
  TransferOutput,
  TransferState,
  TransferTypes,
} from "./transfer-types.ts";
