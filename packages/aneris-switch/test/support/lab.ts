import { createHash } from "node:crypto";
import { encode, utf8Encode } from "@eunomia/codec";
import { type Effect, type Engine, step } from "@eunomia/engine";
import {
  type Delivery,
  type ReplicaCommand,
  type ReplicaConfig,
  type ReplicaMessage,
  type ReplicaOracles,
  type ReplicaOutput,
  type ReplicaRecord,
  type ReplicaState,
  type ReplicaTypes,
  replicaDefaults,
  replicaEngine,
} from "../../src/index.ts";
import {
  controlDomain,
  controlSigningBytes,
  encodeCommand,
  encodeControl,
  joinBatch,
  type Membership,
  membershipOf,
  Operation,
  readBatch,
  readOperation,
} from "../../src/messages.ts";

/** The native one: schedules spend most of their time in it. */
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(bytes).digest());

const monitor = { id: "monitor", key: utf8Encode("the key of the monitor") };

/** Stands for a signature: whoever knows the key can make it, and here everybody is honest about which key it used. */
const seal = (key: Uint8Array, domain: string, bytes: Uint8Array): Uint8Array =>
  sha256(Uint8Array.of(...key, 0, ...utf8Encode(domain), 0, ...bytes));

export const oracles: ReplicaOracles = {
  sha256,
  verify: (key, domain, bytes, signature) =>
    Buffer.compare(seal(key, domain, bytes), Buffer.from(signature)) === 0,
  validate: ({ name }) => (name === "two-thirds" || name === "paxos" ? null : `"${name}" is unknown`),
};

export const protocol = (name: string) => ({ name, params: new Uint8Array() });

export function configOf(over: Partial<ReplicaConfig> = {}): ReplicaConfig {
  return {
    ...replicaDefaults,
    cluster: "test",
    self: "r0",
    membership: membershipOf(["r0"], 0),
    alpha: 1,
    staticClients: 64,
    initial: protocol("two-thirds"),
    controllers: { threshold: 1, principals: [monitor] },
    ...over,
  };
}

/** A command whose body is its own label unless another is given. */
export function command(client: number, seq: number, body = `c${client}:${seq}`, ack = 0): Uint8Array {
  return encodeCommand(client, seq, ack, utf8Encode(body));
}

export interface ControlOptions {
  readonly key?: Uint8Array;
  readonly by?: string;
  readonly notAfter?: number;
  readonly cluster?: string;
}

export function control(n: number, operation: Operation, options: ControlOptions = {}): Uint8Array {
  const { key = monitor.key, by = monitor.id, notAfter = 1_000_000, cluster = "test" } = options;
  const bytes = controlSigningBytes(cluster, n, notAfter, encode(Operation, operation));
  return encodeControl(n, notAfter, operation, [
    { principal: by, signature: seal(key, controlDomain, bytes) },
  ]);
}

export const swap = (n: number, name: string, options?: ControlOptions): Uint8Array =>
  control(n, { kind: "swap", protocol: protocol(name) }, options);

export const reconfigure = (
  n: number,
  name: string,
  membership: Membership,
  options?: ControlOptions,
): Uint8Array => control(n, { kind: "reconfigure", protocol: protocol(name), membership }, options);

export const forged: ControlOptions = { key: utf8Encode("a key of nobody") };

export const modeChange = (n: number, kind: "cut" | "window"): Uint8Array =>
  control(n, { kind: "mode", mode: { kind } });

/** A batch as words: `c1:2`, `ctl1=paxos`, `ctl2=keys`, `register`. */
export function labels(batch: Uint8Array): string[] {
  return (readBatch(batch) ?? []).map((entry) => {
    if (entry.kind === "command") return `c${entry.client}:${entry.seq}`;
    if (entry.kind === "register") return "register";
    const operation = readOperation(entry.operation);
    if (operation?.kind === "reconfigure")
      return `ctl${entry.n}=${operation.membership.members.map(({ replica }) => replica).join("+")}`;
    return `ctl${entry.n}=${operation?.kind === "swap" ? operation.protocol.name : operation?.kind}`;
  });
}

export type ReplicaEffect = Effect<ReplicaTypes>;
export type Make = (config: ReplicaConfig, oracles: ReplicaOracles) => Engine<ReplicaTypes>;

/** One replica by itself: a life on records, and everything that it said. */
export class Life {
  readonly config: ReplicaConfig;
  readonly engine: Engine<ReplicaTypes>;
  state: ReplicaState;
  readonly records: ReplicaRecord[] = [];
  readonly outputs: ReplicaOutput[] = [];
  readonly sent: { to: readonly string[]; message: ReplicaMessage }[] = [];
  readonly spawned: string[] = [];

  constructor(over: Partial<ReplicaConfig> = {}, make: Make = replicaEngine, with_ = oracles) {
    this.config = configOf(over);
    this.engine = make(this.config, with_);
    this.state = this.engine.init(this.config);
    this.#take({ kind: "start", records: [] });
  }

  restart(records: readonly ReplicaRecord[] = [...this.records]): ReplicaEffect[] {
    this.state = this.engine.init(this.config);
    return this.#take({ kind: "start", records });
  }

  commands(...commands: ReplicaCommand[]): ReplicaEffect[] {
    return this.#take({ kind: "commands", commands });
  }

  submit(...entries: Uint8Array[]): ReplicaEffect[] {
    return this.commands({ kind: "submit", batch: joinBatch(entries) });
  }

  decided(slot: number, entries: readonly Uint8Array[], epoch = 0): ReplicaEffect[] {
    return this.commands({ kind: "decided", epoch, slot, value: joinBatch(entries) });
  }

  message(from: string, message: ReplicaMessage): ReplicaEffect[] {
    return this.#take({ kind: "message", from, message });
  }

  tick(times = 1): ReplicaEffect[] {
    const effects: ReplicaEffect[] = [];
    for (let i = 0; i < times; i += 1) effects.push(...this.#take({ kind: "timeout", timer: "tick" }));
    return effects;
  }

  get deliveries(): Delivery[] {
    return this.outputs.flatMap((output) => (output.kind === "deliver" ? [output] : []));
  }

  /** Slot, protocol and labels of everything delivered. */
  get log(): [number, string, string[]][] {
    return this.deliveries.map(({ slot, protocol: name, vector }) => [slot, name, labels(vector)]);
  }

  /** Epoch, slot and labels of everything proposed. */
  get proposed(): [number, number, string[]][] {
    return this.outputs.flatMap((output) =>
      output.kind === "propose" ? [[output.epoch, output.slot, labels(output.value)] as const] : [],
    ) as [number, number, string[]][];
  }

  /** Decides the oldest open proposals as they are until none is open. Answers how many. */
  decideAll(max = 1000): number {
    for (let count = 0; count < max; count += 1) {
      const slot = this.state.inflight.keys[0];
      if (slot === undefined) return count;
      const { epoch, entries } = this.state.inflight.values[0]!;
      this.decided(
        slot,
        entries.map((entry) => entry.bytes),
        epoch,
      );
    }
    return max;
  }

  outputsOf<K extends ReplicaOutput["kind"]>(kind: K): Extract<ReplicaOutput, { kind: K }>[] {
    return this.outputs.filter(
      (output): output is Extract<ReplicaOutput, { kind: K }> => output.kind === kind,
    );
  }

  #take(event: Parameters<typeof step<ReplicaTypes>>[3]): ReplicaEffect[] {
    const { effects } = step(this.engine, this.config, this.state, event);
    for (const effect of effects) {
      if (effect.kind === "persist") this.records.push(effect.record);
      else if (effect.kind === "output") this.outputs.push(effect.output);
      else if (effect.kind === "send") this.sent.push({ to: effect.to, message: effect.message });
      else if (effect.kind === "spawn") this.spawned.push(`${effect.engine} ${effect.key}`);
    }
    return [...effects];
  }
}
