import { controllersProblem } from "./control.ts";
import type { GatewayConfig } from "./gateway-types.ts";
import { membershipProblem } from "./membership.ts";
import type { ReplicaConfig, ReplicaOracles } from "./state.ts";
import { entriesPerSlotMax, firstRegisteredClient } from "./wire.ts";

/** A caller's mistake. Match on `code`. */
export class SwitchError extends Error {
  readonly code: "config" | "log" | "snapshots";
  /** The field of the configuration. */
  readonly field: string;
  constructor(field: string, expected: string, got: unknown) {
    super(`"${field}" expected ${expected}, got ${String(got)}`);
    this.name = "SwitchError";
    this.code = field === "log" || field === "snapshots" ? field : "config";
    this.field = field;
  }
}

/** Everything of a replica configuration but the names: how it batches, pipelines, waits and remembers. */
export const replicaDefaults: Omit<
  ReplicaConfig,
  "cluster" | "self" | "membership" | "initial" | "controllers"
> = {
  alpha: 2,
  maxBatch: 4096,
  maxBatchBytes: 512 * 1024,
  sessionWindow: 1024,
  mode: { kind: "cut" },
  staticClients: 0,
  fifo: false,
  controlGap: 1,
  sessionTtlSlots: 1_000_000,
  tickMs: 50,
  forwardTicks: 8,
  backupTicks: 4,
  gapTicks: 3,
  maxPending: 65_536,
  maxAhead: 8192,
  catchUpBytes: 512 * 1024,
  checkpointSlots: 10_000,
  checkpointBytes: 256 << 20,
  dutySpan: 0,
  contacts: [],
};

/** What of a gateway's configuration has a sensible default. Sizes in bytes. */
export const gatewayDefaults: Omit<GatewayConfig, "self"> = {
  maxSubscribers: 1024,
  maxClients: 65_536,
  readBytes: 1 << 20,
  ownerUntil: "",
};

const positive = [
  "alpha",
  "maxBatch",
  "maxBatchBytes",
  "sessionWindow",
  "controlGap",
  "sessionTtlSlots",
  "tickMs",
  "forwardTicks",
  "backupTicks",
  "gapTicks",
  "maxPending",
  "maxAhead",
  "catchUpBytes",
  "checkpointSlots",
  "checkpointBytes",
] as const;

/** @throws SwitchError on the first field that cannot work. */
export function validateConfig(config: ReplicaConfig, oracles: ReplicaOracles): void {
  for (const field of positive)
    if (!(config[field] >= 1)) throw new SwitchError(field, "an integer of at least 1", config[field]);
  if (config.cluster === "")
    throw new SwitchError("cluster", "a name that is the same at every node of this cluster only", '""');
  const membership = membershipProblem(config.membership);
  if (membership !== null)
    throw new SwitchError("membership", "distinct members, more than f of them", membership);
  if (config.maxBatch > entriesPerSlotMax)
    throw new SwitchError("maxBatch", `at most ${entriesPerSlotMax}`, config.maxBatch);
  if (config.staticClients > firstRegisteredClient)
    throw new SwitchError("staticClients", `at most ${firstRegisteredClient}`, config.staticClients);
  const controllers = controllersProblem(config.controllers);
  if (controllers !== null)
    throw new SwitchError("controllers", "distinct principals and a threshold among them", controllers);
  const protocol = oracles.validate(config.initial, config.membership);
  if (protocol !== null)
    throw new SwitchError(
      "initial",
      "a protocol of the registry with parameters that are right for the members",
      `${config.initial.name}: ${protocol}`,
    );
}
