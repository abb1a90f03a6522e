import type { Address, ConsensusOutput, Driver, DriverOptions, NodeId } from "@eunomia/engine";
import { gatewayDefaults } from "./config.ts";
import { EpochKeeper } from "./epoch-keeper.ts";
import { gatewayEngine } from "./gateway.ts";
import type { GatewayCommand, GatewayConfig, GatewayOutput } from "./gateway-types.ts";
import { LogKeeper } from "./log-keeper.ts";
import { type EpochConfig, isMember } from "./membership.ts";
import type { BroadcastNodeOptions } from "./node-options.ts";
import { ReadKeeper } from "./read-keeper.ts";
import { replicaEngine } from "./replica.ts";
import { SnapshotKeeper } from "./snapshot-keeper.ts";
import type { Delivery, ReplicaCommand, ReplicaOutput, ReplicaRecord, ReplicaState } from "./state.ts";
import { transferDefaults, transferEngine } from "./transfer.ts";
import type { TransferOutput } from "./transfer-types.ts";
import type { DeliveredSlot, Member } from "./wire.ts";

/** The instance of what outlives epochs: replica, gateway and transfer. */
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
  readonly #epochs: EpochKeeper;
  readonly #replica: Address;
  readonly #gateway: Address;
  readonly #gatewayConfig: GatewayConfig;
  readonly #transfer: Address;
  readonly #log: LogKeeper;
  readonly #keeper: SnapshotKeeper | null;
  readonly #reads: ReadKeeper;
  #driver: Driver | null = null;

  constructor(options: BroadcastNodeOptions) {
    this.#options = options;
    this.#epochs = new EpochKeeper(options);
    this.#replica = { process: options.replica.self, instance: lasting };
    this.#gatewayConfig = options.gateway ?? { ...gatewayDefaults, self: `${options.replica.self}/gateway` };
    this.#gateway = { process: this.#gatewayConfig.self, instance: lasting };
    this.#transfer = { process: this.#transferOf(options.replica.self), instance: lasting };
    this.#log = new LogKeeper({
      log: options.log,
      clock: options.clock,
      syncDelayMs: options.logSyncDelayMs ?? 250,
      onStable: (slot) => this.#toReplica({ kind: "stable", slot }),
      onFault: options.onFault,
    });
    this.#keeper = this.#makeKeeper();
    const { application = null, clock } = options;
    this.#reads = new ReadKeeper({
      application,
      clock,
      random: () => options.random ?? this.#driver!.random,
      ask: (nonce) => this.#toReplica({ kind: "readIndex", nonce }),
      toGateway: (command) => this.#toGateway(command),
    });
  }

  #makeKeeper(): SnapshotKeeper | null {
    const { snapshots: store, application = null, log, keepSlots = 1000, onSnapshot } = this.#options;
    if (store === undefined) return null;
    return new SnapshotKeeper({
      store,
      application,
      log,
      keepSlots,
      onEvent: (event) => onSnapshot?.(event),
      toTransfer: (command) => void this.#driver?.command(this.#transfer, command),
      install: (checkpoint) => this.#toReplica({ kind: "install", checkpoint }),
    });
  }

  #transferOf(replica: NodeId): NodeId {
    return this.#options.transferOf?.(replica) ?? `${replica}/transfer`;
  }

  /** To be given to the driver. */
  readonly handlers: Pick<DriverOptions, "onOutput" | "onSpawn" | "keepRecord"> = {
    onOutput: (from, output) => this.#route(from, output),
    onSpawn: (_from, engine, key, config) => {
      if (this.#driver !== null) this.#epochs.spawn(this.#driver, engine, key, config as EpochConfig);
    },
    keepRecord: (from, record) => this.#keep(from, record as ReplicaRecord),
  };

  /**
   * Starts replica and gateway from the newest snapshot and the log.
   * @throws SwitchError `log` or `snapshots` when the log is unreadable or begins behind all whole snapshots: an operator must
   * repair or replace them; they are never ignored.
   */
  start(driver: Driver): void {
    this.#driver = driver;
    const { replica, oracles } = this.#options;
    this.#log.open();
    const engine = replicaEngine(replica, {
      ...oracles,
      validate: (protocol, membership) => this.#epochs.validate(protocol, membership),
    });
    const records = this.#restored();
    driver.start(this.#replica, engine, replica, records);
    driver.start(this.#gateway, gatewayEngine, this.#gatewayConfig, []);
    if (this.#keeper === null) return;
    const transfer = { ...(this.#options.transfer ?? transferDefaults), self: this.#transfer.process };
    driver.start(this.#transfer, transferEngine(transfer), transfer, []);
  }

  #setPeers(peers: readonly Member[]): void {
    this.#options.onMembership?.(peers);
    const replicas = [...peers.map(({ replica }) => replica), ...this.#options.replica.contacts];
    const processes = replicas.map((replica) => this.#transferOf(replica));
    if (this.#keeper !== null) this.#driver?.command(this.#transfer, { kind: "peers", processes });
  }

  /** The log may be closed: it is asked for nothing any more. Goes before the end of the driver. */
  stop(): void {
    this.#log.stop();
    this.#keeper?.stop();
  }

  /** Hands a command to the replica, e.g. entries that do not come over the gateway. */
  submit(batch: Uint8Array): void {
    this.#toReplica({ kind: "submit", batch });
  }

  /** A client or subscriber has disconnected. */
  gone(process: NodeId): void {
    this.#reads.gone(process);
    this.#toGateway({ kind: "gone", process });
  }

  /** The state of the replica, for reading. */
  get state(): Readonly<ReplicaState> | undefined {
    return this.#driver?.peek(this.#replica) as ReplicaState | undefined;
  }

  #restored(): ReplicaRecord[] {
    const { replica, origin } = this.#options;
    const checkpoint = this.#keeper?.open() ?? null;
    if (origin !== undefined) this.#keeper?.mustDescend(origin, isMember(replica.membership, replica.self));
    const records = this.#log.records(checkpoint?.slotOut ?? 1);
    if (checkpoint !== null) {
      records.unshift({ kind: "checkpoint", ...checkpoint });
      this.#reads.applied(checkpoint.slotOut - 1);
    }
    return records;
  }

  #keep(from: Address, record: ReplicaRecord): boolean {
    if (from.instance !== lasting || from.process !== this.#replica.process || record.kind !== "delivered")
      return false;
    this.#driver?.afterDurable(() => this.#log.append(record.slot, record));
    return true;
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
    else if (from.process === this.#transfer.process) this.#keeper?.transfer(output as TransferOutput);
    else this.#fromGateway(output as GatewayOutput);
  }

  #fromGateway(output: GatewayOutput): void {
    if (output.kind === "submit" || output.kind === "request") this.#toReplica(output);
    else if (output.kind === "query") this.#reads.take(output);
    else
      this.#read(output.from, output.maxBytes, (slots) => {
        const { to } = output;
        if (slots !== null) this.#toGateway({ kind: "slots", to, slots });
        else this.#toGateway({ kind: "trimmed", to, first: this.#options.log.first });
      });
  }

  #fromConsensus(from: Address, output: Consensus): void {
    const epoch = Number(from.instance);
    switch (output.kind) {
      case "decided":
        return this.#toReplica({ kind: "decided", epoch, slot: output.slot, value: output.value });
      case "trimmed":
        return this.#toReplica({ kind: "trimmed", epoch, floor: output.floor });
      case "highest":
        return this.#toReplica({ kind: "highest", epoch, nonce: output.nonce, slot: output.slot });
      case "duty":
        return this.#toReplica({
          kind: "duty",
          epoch,
          replica: this.#epochs.onDuty(epoch, output.process),
        });
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
      case "trim":
      case "highest":
        return this.#toConsensus(output);
      case "readable":
        return this.#driver?.afterDurable(() => this.#reads.readable(output.nonces));
      case "unreadable":
        return this.#reads.unreadable(output.nonces, output.reason);
      case "deliver":
        this.#toGateway({ ...output, kind: "delivered" });
        this.#driver?.afterDurable(() => {
          this.#apply(output);
          this.#options.onDelivery?.(output);
        });
        return;
      case "replayed":
        return this.#apply(output);
      case "checkpoint":
        return this.#driver?.afterDurable(() => this.#keeper?.checkpoint(output));
      case "installed":
        this.#toGateway({ ...output, kind: "restored" });
        return this.#driver?.afterDurable(() => {
          this.#keeper?.installed(output.delivered);
          this.#reads.applied(output.delivered);
        });
      case "reply":
      case "rejected":
      case "controlRejected":
      case "attached":
      case "restored":
        return this.#toGateway(output);
      case "foreign":
        this.#options.onForeign?.(output);
        return this.#toGateway(output);
      case "read":
        return this.#read(output.from, output.maxBytes, (slots) => {
          const { to } = output;
          if (slots !== null) this.#toReplica({ kind: "serve", to, last: this.#options.log.last, slots });
          else this.#keeper?.offer(this.#transferOf(to));
        });
      case "retire":
        if (this.#driver !== null) this.#epochs.retire(this.#driver, output.epoch);
        return;
      case "peers":
        return this.#setPeers(output.members);
      case "removed":
        return this.#driver?.afterDurable(() => this.#options.onRemoved?.(output.from));
      case "alarm":
        this.#options.onAlarm?.({ ...this.#replica, slot: output.slot, reason: output.reason });
    }
  }

  #apply(delivery: Delivery): void {
    this.#options.application?.apply(delivery);
    this.#keeper?.delivered(delivery.slot);
    this.#reads.applied(delivery.slot);
  }

  #toConsensus({
    epoch,
    ...command
  }: Extract<ReplicaOutput, { kind: "propose" | "trim" | "highest" }>): void {
    const learner = this.#epochs.learnerOf(epoch);
    if (learner !== null) this.#driver?.command(learner, command);
  }

  /** Reads after all slots that were delivered before have been appended. Null: the log begins later. */
  #read(from: number, maxBytes: number, answer: (slots: DeliveredSlot[] | null) => void): void {
    this.#driver?.afterDurable(() => answer(this.#log.read(from, maxBytes)));
  }
}
