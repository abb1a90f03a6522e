import { SeededRandom } from "@eunomia/conformance";
import { type Engine, step } from "@eunomia/engine";
import {
  type ReplicaConfig,
  type ReplicaMessage,
  type ReplicaRecord,
  type ReplicaState,
  type ReplicaTypes,
  replicaEngine,
} from "../../src/index.ts";
import { joinBatch, membershipOf } from "../../src/messages.ts";
import { AbstractConsensus } from "./abstract-consensus.ts";
import { command, configOf, forged, labels, type Make, modeChange, oracles, swap } from "./lab.ts";
import { Monitors, Violation } from "./monitors.ts";

interface Node {
  readonly id: string;
  readonly config: ReplicaConfig;
  readonly engine: Engine<ReplicaTypes>;
  state: ReplicaState;
  /** The delivered log; what lies behind `durable` may be lost with the machine. */
  log: ReplicaRecord[];
  durable: number;
  up: boolean;
  spawned: Set<number>;
}

export interface ScheduleResult {
  readonly violation: Violation | null;
  readonly swaps: number;
  readonly events: number;
  readonly crashes: number;
}

export interface ScheduleOptions {
  readonly make?: Make;
  /** Fixes parts of the configuration that are otherwise drawn. */
  readonly fix?: Partial<ReplicaConfig>;
  readonly replicas?: number;
  /** No node dies for good. */
  readonly allSurvive?: boolean;
}

/** One random run of a few replicas over abstract consensus, followed by a fair end in which everything must arrive. */
export class Schedule {
  readonly random: SeededRandom;
  readonly nodes: Node[] = [];
  readonly consensus: AbstractConsensus;
  readonly monitors: Monitors;
  readonly commands: Uint8Array[] = [];
  readonly controls: Uint8Array[] = [];
  bag: { from: string; to: string; message: ReplicaMessage }[] = [];
  /** Nobody crashes, and nobody says a thing twice: what one replica has taken in must arrive. */
  readonly calm: boolean;
  /** Replicas hear nothing of each other: consensus alone must do. */
  readonly partitioned: boolean;
  unsaid: Uint8Array[] = [];
  events = 0;
  crashes = 0;

  constructor(seed: number, { make = replicaEngine, fix = {}, replicas }: ScheduleOptions = {}) {
    const random = new SeededRandom(seed);
    this.random = random;
    const ids = Array.from({ length: replicas ?? 1 + random.below(3) }, (_, i) => `r${i}`);
    const f = random.below(ids.length);
    this.calm = random.chance(0.5);
    this.partitioned = random.chance(0.3);
    const shared: Partial<ReplicaConfig> = {
      membership: membershipOf(ids, f),
      alpha: random.pick([1, 2, 4, 8]),
      mode: { kind: random.chance(0.5) ? "cut" : "window" },
      fifo: random.chance(0.3),
      maxBatch: random.pick([1, 2, 8]),
      dutySpan: random.pick([0, 0, 1, 2]),
      sessionWindow: random.pick([4, 1024]),
      controlGap: this.calm ? 1 : random.pick([1, 1, 3]),
      gapTicks: 2,
      ...fix,
    };
    this.monitors = new Monitors(shared.fifo ?? false);
    this.consensus = new AbstractConsensus(ids, f + 1);
    this.#invent();
    this.unsaid = [...this.commands, ...this.controls];
    for (const id of ids) {
      const config = configOf({ ...shared, self: id });
      const engine = make(config, oracles);
      const state = engine.init(config);
      const node: Node = { id, config, engine, state, log: [], durable: 0, up: true, spawned: new Set() };
      this.nodes.push(node);
      this.#start(node);
    }
  }

  static run(seed: number, options: ScheduleOptions = {}): ScheduleResult {
    const schedule = new Schedule(seed, options);
    try {
      schedule.#faulty();
      schedule.#fair(options.allSurvive ?? false);
      schedule.monitors.quiesced(
        schedule.live.map(({ id }) => id),
        schedule.controls.length,
      );
      for (const { id, state } of schedule.live)
        if (state.slotOut < state.epochs.at(-1)!.from)
          throw new Violation("P4 termination", `at ${id} the last swap does not take effect`);
      const swaps = schedule.controls.filter((entry) => !labels(joinBatch([entry]))[0]!.endsWith("mode"));
      return { violation: null, swaps: swaps.length, events: schedule.events, crashes: schedule.crashes };
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      return { violation: error, swaps: 0, events: schedule.events, crashes: schedule.crashes };
    }
  }

  /** What clients and monitors will say. */
  #invent(): void {
    const { random } = this;
    for (let client = 1; client <= 1 + random.below(3); client += 1)
      for (let seq = 1; seq <= 1 + random.below(4); seq += 1) {
        const entry = command(client, seq, random.chance(0.3) ? "equal" : undefined);
        this.commands.push(entry);
        this.monitors.broadcast(entry, `c${client}:${seq}`);
      }
    for (let n = 1; n <= random.below(4); n += 1) {
      const entry = random.chance(0.25)
        ? modeChange(n, random.chance(0.5) ? "cut" : "window")
        : swap(n, random.pick(["paxos", "two-thirds"]));
      this.controls.push(entry);
      this.monitors.signed(entry);
    }
  }

  #start(node: Node): void {
    node.state = node.engine.init(node.config);
    node.spawned = new Set();
    this.consensus.restart(node.id);
    this.monitors.recovered(node.id, node.log.length);
    this.#take(node, { kind: "start", records: node.log });
  }

  #take(node: Node, event: Parameters<typeof step<ReplicaTypes>>[3]): void {
    this.events += 1;
    for (const effect of step(node.engine, node.config, node.state, event).effects) {
      if (effect.kind === "persist") node.log.push(effect.record);
      else if (effect.kind === "spawn") node.spawned.add(Number(effect.key));
      else if (effect.kind === "send")
        for (const to of this.partitioned ? [] : effect.to)
          this.bag.push({ from: node.id, to, message: effect.message });
      else if (effect.kind === "output") {
        const { output } = effect;
        if (output.kind === "deliver") this.monitors.deliver(node.id, output);
        else if (output.kind === "propose")
          this.consensus.propose(node.id, output.epoch, output.slot, output.value);
        else if (output.kind === "trim") this.consensus.trim(node.id, output.epoch, output.slot);
        else if (output.kind === "retire") node.spawned.delete(output.epoch);
        else if (output.kind === "alarm") throw new Violation("no alarm", output.reason);
        else if (output.kind === "read") {
          const slots = node.log.flatMap((entry) =>
            entry.kind === "delivered" && entry.slot >= output.from ? [entry] : [],
          );
          const part = slots
            .slice(0, 3)
            .map(({ slot, epoch, vector, chain }) => ({ slot, epoch, vector, chain }));
          this.#take(node, {
            kind: "commands",
            commands: [{ kind: "serve", to: output.to, last: node.log.length, slots: part }],
          });
        }
      }
    }
    this.#bounded(node);
  }

  /** P12. */
  #bounded({ id, config, state }: Node): void {
    const { inflight, known, pending, slotOut, epochs } = state;
    const holds =
      inflight.keys.length <= config.alpha + 1 &&
      known.keys.every((slot) => slot >= slotOut && slot <= slotOut + config.maxAhead) &&
      known.values.every((list) => list.length <= 5) &&
      pending.length <= config.maxPending + config.alpha * config.maxBatch &&
      epochs.length <= this.controls.length + 1;
    if (!holds) throw new Violation("P12 bounded state", `${id} holds too much`);
  }

  #report(node: Node, unknownToo: boolean): boolean {
    const report = this.consensus.report(
      node.id,
      this.random,
      (epoch) => unknownToo || node.spawned.has(epoch),
    );
    if (report === null) return false;
    const commands = this.random.chance(0.2) ? [report, report] : [report];
    this.#take(node, { kind: "commands", commands });
    return true;
  }

  #deliver(at: number): void {
    const [{ from, to, message }] = this.bag.splice(at, 1) as [(typeof this.bag)[number]];
    const node = this.nodes.find(({ id }) => id === to);
    if (node?.up) this.#take(node, { kind: "message", from, message });
  }

  /** One entry comes in: from a client or monitor that repeats itself at will, or once for all. */
  #say(node: Node): void {
    const { random } = this;
    if (!this.calm) return this.#submit(node, [random.pick([...this.commands, ...this.controls])]);
    const [entry] = this.unsaid.splice(random.below(this.unsaid.length), 1);
    if (entry !== undefined) this.#submit(node, [entry]);
  }

  #submit(node: Node, entries: Uint8Array[]): void {
    this.#take(node, { kind: "commands", commands: [{ kind: "submit", batch: joinBatch(entries) }] });
  }

  #corrupt(): void {
    const { random } = this;
    const state = random.pick(this.nodes).state;
    const slot = state.slotOut + random.below(4);
    const lies = [
      joinBatch([swap(random.pick([1, 2, 3]), "paxos", forged)]),
      joinBatch([swap(state.nextControl, "quux")]),
      Uint8Array.of(random.below(256)),
      ...this.controls.map((entry) => joinBatch([entry])),
      joinBatch([random.pick(this.commands), random.pick(this.commands)]),
      ...this.controls.map((entry) => joinBatch([random.pick(this.commands), entry])),
    ];
    this.consensus.inject(random.below(this.controls.length + 1), slot, random.pick(lies));
  }

  #faulty(): void {
    const { random } = this;
    const steps = 40 + random.below(80);
    for (let i = 0; i < steps; i += 1) {
      const node = random.pick(this.nodes);
      const lot = random.below(100);
      if (lot < 4) this.#corrupt();
      else if (lot < 7) this.#crash(node);
      else if (!node.up) this.#up(node);
      else if (lot < 22) this.#say(node);
      else if (lot < 40) this.consensus.advance(random, 0.5);
      else if (lot < 65) this.#report(node, random.chance(0.3));
      else if (lot < 70) this.partitioned || this.#stable(node, node.log.length);
      else if (lot < 78) this.#take(node, { kind: "timeout", timer: "tick" });
      else if (lot < 82) this.#duty(node);
      else if (this.bag.length > 0) {
        const at = random.below(this.bag.length);
        if (!this.calm && random.chance(0.15)) this.bag.splice(at, 1);
        else {
          if (random.chance(0.15)) this.bag.push(this.bag[at]!);
          this.#deliver(at);
        }
      }
    }
  }

  #duty(node: Node): void {
    const replica = this.random.pick([null, ...this.nodes.map(({ id }) => id)]);
    const epoch = node.state.epochs.at(-1)!.id;
    this.#take(node, { kind: "commands", commands: [{ kind: "duty", epoch, replica }] });
  }

  #crash(node: Node): void {
    if (!node.up || this.calm) return;
    this.crashes += 1;
    node.up = false;
    node.log = node.log.slice(0, node.durable + this.random.below(node.log.length - node.durable + 1));
  }

  #up(node: Node): void {
    node.up = true;
    node.durable = node.log.length;
    this.#start(node);
  }

  #stable(node: Node, slot: number): void {
    if (slot <= node.durable) return;
    node.durable = slot;
    this.#take(node, { kind: "commands", commands: [{ kind: "stable", slot }] });
  }

  /** Nothing is lost any more; clients and monitors repeat themselves until everybody has everything. */
  #fair(allSurvive: boolean): void {
    const { random } = this;
    while (this.unsaid.length > 0 && this.calm) this.#say(random.pick(this.nodes));
    const deaths = !allSurvive && random.chance(0.3) ? this.nodes[0]!.config.membership.f : 0;
    const first = random.below(this.nodes.length);
    for (const [i, node] of this.nodes.entries()) {
      const dies = (i - first + this.nodes.length) % this.nodes.length < deaths;
      if (dies) this.#crash(node);
      else if (!node.up) this.#up(node);
    }
    for (let round = 0; round < 150 && !this.#finished(); round += 1)
      for (const node of this.live) {
        if (round % 8 === 0 && !this.calm) this.#submit(node, [...this.commands, ...this.controls]);
        this.#take(node, { kind: "timeout", timer: "tick" });
        this.consensus.advance(random, 0.9);
        while (this.#report(node, false));
        for (let n = this.bag.length; n > 0; n -= 1) this.#deliver(0);
      }
  }

  get live(): Node[] {
    return this.nodes.filter(({ up }) => up);
  }

  #finished(): boolean {
    if (this.live.some(({ state }) => state.slotOut < state.epochs.at(-1)!.from)) return false;
    const ledgers = this.live.map(({ id }) => this.monitors.ledger(id));
    return ledgers.every(
      ({ next, places, nextControl }) =>
        next === ledgers[0]!.next &&
        places.size === this.commands.length &&
        nextControl === this.controls.length + 1,
    );
  }
}
