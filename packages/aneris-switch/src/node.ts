import { decode, encode } from "@eunomia/codec";
import type {
  Address,
  Clock,
  ConsensusBinding,
  ConsensusOutput,
  Driver,
  DriverOptions,
  NodeId,
  SlotLog,
} from "@eunomia/engine";
import { gatewayDefaults, SwitchError } from "./config.ts";
import { gatewayEngine } from "./gateway.ts";
import type { GatewayCommand, GatewayConfig, GatewayOutput } from "./gateway-types.ts";
import { replicaEngine } from "./replica.ts";
import {
  type Delivery,
  type ReplicaCommand,
  type ReplicaConfig,
  type ReplicaOracles,
  type ReplicaOutput,
  ReplicaRecord,
  type ReplicaState,
} from "./state.ts";

export interface BroadcastNodeOptions {
  readonly replica: ReplicaConfig;
  /** Default: `gatewayDefaults`, as the process that is named like the replica with `/gateway` appended. */
  readonly gateway?: GatewayConfig;
  readonly oracles: Omit<ReplicaOracles, "validate">;
  /** The registry: the same names with the same meaning at every node. */
  readonly protocols: Readonly<Record<string, ConsensusBinding>>;
  readonly log: SlotLog;
  readonly clock: Clock;
  /** The delivered log is made durable this often at most; consensus state is kept until then. Default 250. */
  readonly logSyncDelayMs?: number;
  /** Every slot, once what it rests on is durable here. */
  onDelivery?(delivery: Delivery): void;
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

/** The instance of what outlives epochs: replica and gateway. */
export const lasting = "";

type Consensus =
  | ConsensusOutput
  | { readonly kind: "alarm"; readonly slot: number; readonly reason?: string };

/**
 * Puts a replica, its gateway, the protocols of its epochs and its log together over one driver. No platform in it: the same
 * composition runs on real ports and in simulation.
 *
 * @example
 * const node = new BroadcastNode(options);
 * const driver = new Driver(ports, { nodeOf, onFault, ...node.handlers });
 * driver.open(records);
 * node.start(driver);
 */
export class BroadcastNode {
  readonly #options: BroadcastNodeOptions;
  readonly #learners = new Map<string, NodeId>();
  readonly #replica: Address;
  readonly #gateway: Address;
  readonly #gatewayConfig: GatewayConfig;
  #driver: Driver | null = null;
  #logSyncWanted = false;
  #logSyncing = false;
  #stopped = false;

  constructor(options: BroadcastNodeOptions) {
    this.#options = options;
    this.#replica = { process: options.replica.self, instance: lasting };
    this.#gatewayConfig = options.gateway ?? { ...gatewayDefaults, self: `${options.replica.self}/gateway` };
    this.#gateway = { process: this.#gatewayConfig.self, instance: lasting };
  }

  /** To be given to the driver. */
  readonly handlers: Pick<DriverOptions, "onOutput" | "onSpawn" | "keepRecord"> = {
    onOutput: (from, output) => this.#route(from, output),
    onSpawn: (_from, engine, key, config) =>
      this.#spawn(engine, key, config as { from: number; params: Uint8Array }),
    keepRecord: (from, record) => this.#keep(from, record as ReplicaRecord),
  };

  /**
   * Starts replica and gateway from the log.
   * @throws SwitchError `log` when the log is unreadable: it must be repaired or replaced by an operator, never ignored.
   */
  start(driver: Driver): void {
    this.#driver = driver;
    const { replica, oracles, protocols, log } = this.#options;
    const opened = log.open();
    if (opened.kind === "unreadable")
      throw new SwitchError(
        "log",
        "a readable log of delivered slots; restore it from a copy, or start this node anew under another identity",
        `${opened.file} at byte ${opened.offset}: ${opened.reason}`,
      );
    const engine = replicaEngine(replica, {
      ...oracles,
      validate: ({ name, params }) =>
        protocols[name]?.validate(params) ?? (protocols[name] ? null : `"${name}" is not in the registry`),
    });
    driver.start(this.#replica, engine, replica, this.#restored());
    driver.start(this.#gateway, gatewayEngine, this.#gatewayConfig, []);
  }

  /** The log may be closed: it is asked for nothing any more. Goes before the end of the driver. */
  stop(): void {
    this.#stopped = true;
  }

  /** Hands a command to the replica, e.g. entries that do not come over the gateway. */
  submit(batch: Uint8Array): void {
    this.#toReplica({ kind: "submit", batch });
  }

  /** A client or subscriber has disconnected. */
  gone(process: NodeId): void {
    this.#toGateway({ kind: "gone", process });
  }

  /** The state of the replica, for reading. */
  get state(): Readonly<ReplicaState> | undefined {
    return this.#driver?.peek(this.#replica) as ReplicaState | undefined;
  }

  #restored(): ReplicaRecord[] {
    const { log } = this.#options;
    const records: ReplicaRecord[] = [];
    for (let next = 1; next <= log.last; ) {
      const part = log.read(next, 8 << 20);
      for (const { bytes } of part) records.push(decode(ReplicaRecord, bytes));
      next += part.length;
    }
    return records;
  }

  #spawn(protocol: string, key: string, { from, params }: { from: number; params: Uint8Array }): void {
    const binding = this.#options.protocols[protocol];
    // Only protocols that `validate` knows get into the order.
    if (binding === undefined) return;
    const { learner, processes } = binding.epoch(from, params);
    this.#learners.set(key, learner);
    for (const { process, engine, config } of processes)
      this.#driver?.spawn({ process, instance: key }, engine, config);
  }

  #keep(from: Address, record: ReplicaRecord): boolean {
    if (from.instance !== lasting || from.process !== this.#replica.process || record.kind !== "delivered")
      return false;
    this.#driver?.afterDurable(() => {
      this.#options.log.append(record.slot, encode(ReplicaRecord, record));
      this.#syncLog();
    });
    return true;
  }

  /** One sync at a time, and not more often than asked for: nothing waits for it but the release of consensus state. */
  #syncLog(): void {
    this.#logSyncWanted = true;
    if (this.#logSyncing) return;
    this.#logSyncing = true;
    this.#options.clock.after(this.#options.logSyncDelayMs ?? 250, () => {
      if (this.#stopped) return;
      this.#logSyncWanted = false;
      this.#options.log.sync().then(
        (slot) => {
          this.#logSyncing = false;
          this.#toReplica({ kind: "stable", slot });
          if (this.#logSyncWanted) this.#syncLog();
        },
        (error: Error) => {
          if (!this.#stopped) this.#options.onFault(error);
        },
      );
    });
  }

  #toReplica(command: ReplicaCommand): void {
    this.#driver?.command(this.#replica, command);
  }

  #toGateway(command: GatewayCommand): void {
    this.#driver?.command(this.#gateway, command);
  }

  #route(from: Address, output: unknown): void {
    if (from.instance !== lasting) this.#fromConsensus(from, output as Consensus);
    else if (from.process === this.#replica.process) this.#fromReplica(output as ReplicaOutput);
    else this.#fromGateway(output as GatewayOutput);
  }

  #fromGateway(output: GatewayOutput): void {
    if (output.kind === "submit") this.#toReplica({ kind: "submit", batch: output.batch });
    else
      this.#read(output.from, output.maxBytes, (slots) =>
        this.#toGateway({ kind: "slots", to: output.to, slots }),
      );
  }

  #fromConsensus(from: Address, output: Consensus): void {
    const epoch = Number(from.instance);
    switch (output.kind) {
      case "decided":
        return this.#toReplica({ kind: "decided", epoch, slot: output.slot, value: output.value });
      case "trimmed":
        return this.#toReplica({ kind: "trimmed", epoch, floor: output.floor });
      case "duty":
        return this.#toReplica({ kind: "duty", epoch, process: output.process });
      case "alarm":
        this.#options.onAlarm?.({
          ...from,
          slot: output.slot,
          reason: output.reason ?? "two values for one slot",
        });
    }
  }

  #fromReplica(output: ReplicaOutput): void {
    switch (output.kind) {
      case "propose":
      case "trim": {
        const instance = String(output.epoch);
        const process = this.#learners.get(instance);
        if (process === undefined) return;
        const { slot } = output;
        const command =
          output.kind === "propose" ? { kind: "propose", slot, value: output.value } : { kind: "trim", slot };
        this.#driver?.command({ process, instance }, command);
        return;
      }
      case "deliver":
        this.#toGateway({ ...output, kind: "delivered" });
        if (this.#options.onDelivery) this.#driver?.afterDurable(() => this.#options.onDelivery?.(output));
        return;
      case "reply":
      case "rejected":
      case "controlRejected":
      case "restored":
        return this.#toGateway(output);
      case "read":
        return this.#read(output.from, output.maxBytes, (slots) =>
          this.#toReplica({ kind: "serve", to: output.to, last: this.#options.log.last, slots }),
        );
      case "retire":
        this.#learners.delete(String(output.epoch));
        return this.#driver?.retire(String(output.epoch));
      case "alarm":
        this.#options.onAlarm?.({ ...this.#replica, slot: output.slot, reason: output.reason });
    }
  }

  /** Reads after all slots that were delivered before have been appended. */
  #read(
    from: number,
    maxBytes: number,
    answer: (slots: Extract<ReplicaCommand, { kind: "serve" }>["slots"]) => void,
  ): void {
    this.#driver?.afterDurable(() => {
      const slots = [];
      for (const { bytes } of this.#options.log.read(from, maxBytes)) {
        const record = decode(ReplicaRecord, bytes);
        if (record.kind === "delivered")
          slots.push({ slot: record.slot, epoch: record.epoch, vector: record.vector, chain: record.chain });
      }
      answer(slots);
    });
  }
}
