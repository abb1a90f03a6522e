import {
  type ReplicaConfig,
  type ReplicaOutput,
  replicaDefaults,
  replicaEngine,
} from "@eunomia/aneris-switch";
import { joinBatch, membershipOf } from "@eunomia/aneris-switch/messages";
import { toHex } from "@eunomia/codec";
import type { Vector, VectorAdapter, VectorEffect, VectorInput, VectorProcess } from "@eunomia/conformance";
import type { ConsensusOutput, Effect, EngineTypes } from "@eunomia/engine";
import { acceptorEngine, leaderEngine, learnerEngine } from "@eunomia/paxos";
import { majority } from "@eunomia/quorum-algebra";
import {
  learnerConfig,
  memberConfig,
  memberEngine,
  learnerEngine as memberLearnerEngine,
} from "@eunomia/two-thirds";
import { sealOf, sha256 } from "./simulated-node.ts";
import {
  cluster,
  type Epochs,
  entryOf,
  labels,
  Machine,
  monitor,
  Standing,
  type SystemConfig,
  sendEffect,
  type Tagged,
  type Written,
} from "./vector-machine.ts";

/** A replica and, for every epoch, the learner beside it; both bear the name of the replica. */
class ReplicaProcess extends Standing {
  readonly #self: string;
  readonly #config: SystemConfig;
  readonly #epochs: Epochs;
  readonly #replica: Machine;
  readonly #learners = new Map<number, Machine>();

  constructor(self: string, config: SystemConfig, epochs: Epochs) {
    super();
    this.#self = self;
    this.#config = config;
    this.#epochs = epochs;
    const own = replicaConfig(self, config);
    const oracles = {
      sha256,
      verify: (key: Uint8Array, domain: string, bytes: Uint8Array, signature: Uint8Array) =>
        Buffer.compare(sealOf(key, domain, bytes), signature) === 0,
      validate: ({ name }: { name: string }) => (["two-thirds", "paxos"].includes(name) ? null : "unknown"),
    };
    this.#replica = new Machine(replicaEngine(own, oracles), own);
    this.#fromReplica(this.#replica.first);
  }

  step(input: VectorInput): VectorEffect[] {
    if (input.kind !== "message") return [];
    const { message, real } = input;
    if (real === undefined) {
      const batch = joinBatch([entryOf(message.cmd as Written)]);
      return this.#fromReplica(this.#replica.command({ kind: "submit", batch }));
    }
    const { epoch, message: sent } = real as Tagged;
    const event = { kind: "message", from: message.from ?? "?", message: sent } as const;
    if (epoch < 0) return this.#fromReplica(this.#replica.take(event));
    return this.#fromLearner(epoch, this.#learners.get(epoch)?.take(event) ?? []);
  }

  #fromReplica(effects: readonly Effect<EngineTypes>[]): VectorEffect[] {
    return effects.flatMap((effect) => {
      if (effect.kind === "send") return [sendEffect(-1, effect)];
      if (effect.kind === "spawn") {
        const { from } = effect.config as { from: number };
        const epoch = Number(effect.key);
        this.#epochs.set(epoch, { protocol: effect.engine, from });
        const learner = learnerOf(this.#self, this.#config, effect.engine, from);
        this.#learners.set(epoch, learner);
        return this.#fromLearner(epoch, learner.first);
      }
      return effect.kind === "output" ? this.#fromOutput(effect.output as ReplicaOutput) : [];
    });
  }

  #fromOutput(output: ReplicaOutput): VectorEffect[] {
    if (output.kind === "deliver") {
      const { slot, protocol: proto, vector } = output;
      return [{ kind: "deliver", slot, proto, batch: labels(vector) }];
    }
    if (output.kind === "trim") {
      const effects = this.#learners.get(output.epoch)?.command({ kind: "trim", slot: output.slot }) ?? [];
      return this.#fromLearner(output.epoch, effects);
    }
    if (output.kind !== "propose") return [];
    const { epoch, slot, value } = output;
    const proto = this.#epochs.get(epoch)!.protocol;
    return [
      { kind: "propose", slot, epoch, proto, batch: labels(value) },
      ...this.#fromLearner(epoch, this.#learners.get(epoch)!.command({ kind: "propose", slot, value })),
    ];
  }

  #fromLearner(epoch: number, effects: readonly Effect<EngineTypes>[]): VectorEffect[] {
    return effects.flatMap((effect) => {
      if (effect.kind === "send") return [sendEffect(epoch, effect)];
      if (effect.kind !== "output") return [];
      const output = effect.output as ConsensusOutput;
      if (output.kind !== "decided") return [];
      const { slot, value } = output;
      return [
        { kind: "decide", epoch, slot, value: toHex(value) },
        ...this.#fromReplica(this.#replica.command({ kind: "decided", epoch, slot, value })),
      ];
    });
  }
}

/** A member, leader or acceptor: one machine for every epoch of its protocol, made when the first message comes. */
class ConsensusProcess extends Standing {
  readonly #epochs: Epochs;
  readonly #make: (from: number) => Machine;
  readonly #leads: boolean;
  readonly #machines = new Map<number, Machine>();
  readonly #led = new Set<number>();

  /** @param leads it starts a ballot on the first proposal of an epoch */
  constructor(epochs: Epochs, make: (from: number) => Machine, leads = false) {
    super();
    this.#epochs = epochs;
    this.#make = make;
    this.#leads = leads;
  }

  step(input: VectorInput): VectorEffect[] {
    if (input.kind !== "message") return [];
    const { epoch, message } = input.real as Tagged;
    const effects: Effect<EngineTypes>[] = [];
    let machine = this.#machines.get(epoch);
    if (machine === undefined) {
      machine = this.#make(this.#epochs.get(epoch)!.from);
      this.#machines.set(epoch, machine);
      effects.push(...machine.first);
    }
    if (this.#leads && message.kind === "propose" && !this.#led.has(epoch)) {
      this.#led.add(epoch);
      effects.push(...machine.command({ kind: "lead" }));
    }
    effects.push(...machine.take({ kind: "message", from: input.message.from ?? "?", message }));
    return effects.flatMap((effect) => (effect.kind === "send" ? [sendEffect(epoch, effect)] : []));
  }
}

const replicaConfig = (self: string, { replicas, alpha, initial }: SystemConfig): ReplicaConfig => ({
  ...replicaDefaults,
  cluster,
  self,
  membership: membershipOf(replicas, replicas.length - 1),
  alpha,
  staticClients: 64,
  initial: { name: initial, params: new Uint8Array() },
  controllers: { threshold: 1, principals: [monitor] },
});

/** Nothing in these vectors waits for a timer. */
const never = 1_000_000;

function learnerOf(self: string, config: SystemConfig, protocol: string, fromSlot: number): Machine {
  if (protocol === "two-thirds") {
    const own = learnerConfig({ self, members: config.tt.members, fromSlot });
    return new Machine(memberLearnerEngine(own), own);
  }
  const own = {
    self,
    ...config.paxos,
    readQuorum: majority(config.paxos.acceptors),
    proposeTo: "all" as const,
    fromSlot,
    maxAhead: 64,
    fetchMax: 16,
    retryMs: never,
    silenceMs: never,
  };
  return new Machine(learnerEngine(own), own);
}

function consensusProcesses(config: SystemConfig, epochs: Epochs): [string, VectorProcess][] {
  const { tt, paxos, replicas } = config;
  const shared = {
    leaders: [...paxos.leaders],
    learners: [...replicas],
    f: replicas.length - 1,
    maxAhead: 64,
  };
  const member = (self: string) => (fromSlot: number) => {
    const own = memberConfig({
      self,
      members: tt.members,
      learners: replicas,
      f: tt.f,
      fromSlot,
      graceMs: 0,
      headMs: 0,
    });
    return new Machine(memberEngine(own), own);
  };
  const acceptor = (self: string) => (fromSlot: number) => {
    const own = {
      ...shared,
      self,
      colocatedLearner: null,
      fromSlot,
      pageBytes: 1 << 20,
      acknowledgeDigests: false,
    };
    return new Machine(acceptorEngine(own), own);
  };
  const leader = (self: string) => (fromSlot: number) => {
    const quorum = majority(paxos.acceptors);
    const own = {
      ...shared,
      self,
      directLearners: [],
      phase1: quorum,
      phase2: quorum,
      announce: "value" as const,
      fromSlot,
      noop: new Uint8Array([0x80]),
      skipPhase1: false,
      heartbeatMs: never,
      retryMs: never,
      suspectMinMs: never,
      suspectMaxMs: never,
      shrinkMs: 0,
      stallMs: never,
    };
    return new Machine(leaderEngine(own), own);
  };
  return [
    ...tt.members.map((id): [string, VectorProcess] => [id, new ConsensusProcess(epochs, member(id))]),
    ...paxos.acceptors.map((id): [string, VectorProcess] => [id, new ConsensusProcess(epochs, acceptor(id))]),
    ...paxos.leaders.map((id, index): [string, VectorProcess] => [
      id,
      new ConsensusProcess(epochs, leader(id), index === 0),
    ]),
  ];
}

/** Replicas and both protocols, put together as the vectors of the whole system ask for. */
export function systemAdapter(): VectorAdapter {
  return {
    create: (vector: Vector) => {
      const config = vector.config as unknown as SystemConfig;
      const epochs: Epochs = new Map();
      return new Map<string, VectorProcess>([
        ...config.replicas.map((id): [string, VectorProcess] => [id, new ReplicaProcess(id, config, epochs)]),
        ...consensusProcesses(config, epochs),
      ]);
    },
  };
}
