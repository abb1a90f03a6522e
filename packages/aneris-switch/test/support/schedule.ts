import { SeededRandom } from "@eunomia/conformance";
import { step } from "@eunomia/engine";
import {
  type ReplicaConfig,
  type ReplicaMessage,
  type ReplicaOutput,
  type ReplicaTypes,
  replicaEngine,
} from "../../src/index.ts";
import { peersOf } from "../../src/membership.ts";
import { joinBatch } from "../../src/messages.ts";
import { AbstractConsensus, type Crew } from "./abstract-consensus.ts";
import { configOf, forged, type Make, oracles, swap } from "./lab.ts";
import { Monitors, Violation } from "./monitors.ts";
import { invent, type Plan } from "./plan.ts";
import { Node } from "./schedule-node.ts";

export interface ScheduleResult {
  readonly violation: Violation | null;
  /** Changes of protocol or members. */
  readonly swaps: number;
  readonly changes: number;
  /** Replicas that ended because they are no members any more. */
  readonly removed: number;
  readonly events: number;
  readonly crashes: number;
}

export interface ScheduleOptions {
  readonly make?: Make;
}

/** One random run of a few replicas over abstract consensus, followed by a fair end in which everything must arrive. */
export class Schedule {
  readonly random: SeededRandom;
  readonly plan: Plan;
  readonly nodes: Node[];
  readonly consensus: AbstractConsensus;
  readonly monitors: Monitors;
  bag: { from: string; to: string; message: ReplicaMessage }[] = [];
  /** Nobody crashes, and nobody says a thing twice: what one replica has taken in must arrive. */
  readonly calm: boolean;
  /** Replicas hear nothing of each other: consensus alone must do. */
  readonly partitioned: boolean;
  unsaid: Uint8Array[];
  events = 0;
  crashes = 0;
  removed = 0;

  constructor(seed: number, { make = replicaEngine }: ScheduleOptions = {}) {
    const random = new SeededRandom(seed);
    this.random = random;
    this.plan = invent(random);
    const { ids, memberships, commands, controls } = this.plan;
    this.calm = random.chance(0.5);
    this.partitioned = memberships.length === 1 && random.chance(0.3);
    const shared: Partial<ReplicaConfig> = {
      membership: memberships[0]!,
      alpha: random.pick([1, 2, 4, 8]),
      mode: { kind: random.chance(0.5) ? "cut" : "window" },
      fifo: random.chance(0.3),
      maxBatch: random.pick([1, 2, 8]),
      dutySpan: random.pick([0, 0, 1, 2]),
      sessionWindow: random.pick([4, 1024]),
      controlGap: this.calm ? 1 : random.pick([1, 1, 3]),
      gapTicks: 2,
    };
    this.monitors = new Monitors(shared.fifo ?? false);
    for (const { id, entry } of commands) this.monitors.broadcast(entry, id);
    for (const entry of controls) this.monitors.signed(entry);
    this.unsaid = [...commands.map(({ entry }) => entry), ...controls];
    this.consensus = new AbstractConsensus((replica, epoch) =>
      this.nodes.some(
        ({ id, up, spawned }) => id === replica && up && (this.partitioned || spawned.has(epoch)),
      ),
    );
    this.nodes = ids.map((id) => new Node(make, configOf({ ...shared, self: id }), oracles));
    for (const node of this.nodes) if (isIn(memberships[0]!, node.id)) this.#up(node);
  }

  static run(seed: number, options: ScheduleOptions = {}): ScheduleResult {
    const schedule = new Schedule(seed, options);
    const result = (violation: Violation | null): ScheduleResult => {
      const { events, crashes, removed, plan } = schedule;
      return {
        violation,
        swaps: plan.swaps,
        changes: plan.memberships.length - 1,
        removed,
        events,
        crashes,
      };
    };
    try {
      schedule.#faulty();
      schedule.#fair();
      schedule.#ended();
      return result(null);
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      return result(error);
    }
  }

  /** Begins a life. A node that was never up before has nothing but the configuration, and an operator who knows the members. */
  #up(node: Node): void {
    const newest = this.nodes
      .map(({ state }) => state)
      .reduce((one, other) => (other.slotOut > one.slotOut ? other : one));
    node.begin(peersOf(newest).map(({ replica }) => replica));
    this.consensus.restart(node.id);
    this.monitors.recovered(node.id, node.log.length);
    this.#take(node, { kind: "start", records: node.log });
  }

  #take(node: Node, event: Parameters<typeof step<ReplicaTypes>>[3]): void {
    this.events += 1;
    for (const effect of step(node.engine, node.config, node.state, event).effects) {
      if (effect.kind === "persist") node.log.push(effect.record);
      else if (effect.kind === "spawn") {
        node.spawned.add(Number(effect.key));
        const agreed = this.consensus.begin(Number(effect.key), effect.config as Crew);
        if (!agreed) throw new Violation("P7 one epoch per slot", `epoch ${effect.key} has two memberships`);
      } else if (effect.kind === "send")
        for (const to of this.partitioned ? [] : effect.to)
          this.bag.push({ from: node.id, to, message: effect.message });
      else if (effect.kind === "output") this.#hear(node, effect.output);
    }
    node.mustBeBounded(this.plan.controls.length);
  }

  #hear(node: Node, output: ReplicaOutput): void {
    if (output.kind === "deliver") this.monitors.deliver(node.id, output);
    else if (output.kind === "propose") {
      if (!this.consensus.isMember(node.id, output.epoch))
        throw new Violation("P7 one epoch per slot", `${node.id} proposes in epoch ${output.epoch}`);
      this.consensus.propose(node.id, output.epoch, output.slot, output.value);
    } else if (output.kind === "trim") this.consensus.trim(node.id, output.epoch, output.slot);
    else if (output.kind === "retire") {
      node.spawned.delete(output.epoch);
      this.#mustBeHeld(node);
    } else if (output.kind === "removed") {
      this.#mustBeHeld(node);
      this.monitors.left(node.id, output.from);
      this.removed += 1;
      node.needed = false;
      if (!this.calm && this.random.chance(0.5)) node.up = false;
    } else if (output.kind === "alarm") throw new Violation("no alarm", output.reason);
    else if (output.kind === "read") {
      const slots = node.slotsFrom(output.from).slice(0, 3);
      this.#take(node, {
        kind: "commands",
        commands: [{ kind: "serve", to: output.to, last: node.log.length, slots }],
      });
    }
  }

  /** What ends the epochs before one: f + 1 of its own members, or of a later one, have on their disks what went before. */
  #mustBeHeld({ id, state }: Node): void {
    const first = state.epochs[0]!;
    const has = (replica: string): boolean =>
      this.nodes.some((node) => node.id === replica && node.durable >= first.from - 1);
    if (!this.consensus.crewsFrom(first.id).some(({ members, f }) => members.filter(has).length > f))
      throw new Violation("old epochs end when the new hold all", `${id} ends those before ${first.from}`);
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

  /** One entry comes in: from a client or monitor that repeats itself at will, or once for all, where it is not in vain. */
  #say(node: Node): void {
    const { random } = this;
    const { commands, controls, revivals } = this.plan;
    if (!this.calm)
      return this.#submit(node, [
        random.pick([...commands.map(({ entry }) => entry), ...controls, ...revivals]),
      ]);
    if (!node.takesPart) return;
    const [entry] = this.unsaid.splice(random.below(this.unsaid.length), 1);
    if (entry !== undefined) this.#submit(node, [entry]);
  }

  #submit(node: Node, entries: readonly Uint8Array[]): void {
    if (entries.length > 0)
      this.#take(node, { kind: "commands", commands: [{ kind: "submit", batch: joinBatch(entries) }] });
  }

  #corrupt(): void {
    const { random } = this;
    const { controls, revivals, commands } = this.plan;
    const state = random.pick(this.nodes).state;
    const slot = state.slotOut + random.below(4);
    const any = (): Uint8Array => random.pick(commands).entry;
    const lies = [
      joinBatch([swap(random.pick([1, 2, 3]), "paxos", forged)]),
      joinBatch([swap(state.nextControl, "quux")]),
      Uint8Array.of(random.below(256)),
      ...[...controls, ...revivals].map((entry) => joinBatch([entry])),
      joinBatch([any(), any()]),
      ...controls.map((entry) => joinBatch([any(), entry])),
    ];
    this.consensus.inject(random.below(controls.length + 1), slot, random.pick(lies));
  }

  #faulty(): void {
    const { random } = this;
    const steps = 40 + random.below(80) + 40 * (this.plan.memberships.length - 1);
    for (let i = 0; i < steps; i += 1) {
      const node = random.pick(this.nodes);
      const lot = random.below(100);
      if (lot < 4) this.#corrupt();
      else if (!node.needed && !node.up) continue;
      else if (lot < 7) this.#crash(node);
      else if (!node.up) this.#up(node);
      else if (lot < 22) this.#say(node);
      else if (lot < 40) this.consensus.advance(random, 0.5);
      else if (lot < 65) this.#report(node, random.chance(0.3));
      else if (lot < 70) this.partitioned || this.#stable(node);
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
    node.crash(this.random);
  }

  #stable(node: Node): void {
    const slot = node.log.length;
    if (slot <= node.durable) return;
    node.durable = slot;
    this.#take(node, { kind: "commands", commands: [{ kind: "stable", slot }] });
  }

  /** Some die for good: never more of a membership than it bears. */
  #bury(): Set<string> {
    const dead = new Set<string>();
    if (!this.random.chance(0.3) || this.calm) return dead;
    const first = this.random.below(this.nodes.length);
    for (let i = 0; i < this.nodes.length; i += 1) {
      const { id } = this.nodes[(first + i) % this.nodes.length]!;
      const bearable = this.plan.memberships.every(
        (membership) =>
          !isIn(membership, id) ||
          membership.members.filter(({ replica }) => dead.has(replica)).length < membership.f,
      );
      if (bearable) dead.add(id);
    }
    return dead;
  }

  /** Nothing is lost any more; clients and monitors repeat themselves until everybody has everything. */
  #fair(): void {
    const { random } = this;
    const dead = this.#bury();
    for (const node of this.nodes) {
      if (dead.has(node.id)) {
        this.#crash(node);
        node.needed = false;
      } else if (!node.up && node.needed) this.#up(node);
    }
    for (let round = 0; round < 250 && !this.#finished(); round += 1)
      for (const node of this.live) {
        if (round % 8 === 0 && !this.calm)
          this.#submit(node, [...this.plan.commands.map(({ entry }) => entry), ...this.plan.controls]);
        if (this.calm) this.#say(node);
        // Whose peers are all gone needs to be told who is there now.
        if (round % 40 === 39 && node.isLost(this.live)) this.#up(node);
        this.#take(node, { kind: "timeout", timer: "tick" });
        if (!this.partitioned) this.#stable(node);
        this.consensus.advance(random, 0.9);
        while (node.up && this.#report(node, false));
        for (let n = this.bag.length; n > 0; n -= 1) this.#deliver(0);
      }
  }

  get live(): Node[] {
    return this.nodes.filter(({ up }) => up);
  }

  /** Those who must have everything in the end. */
  get #last(): Node[] {
    const last = this.plan.memberships.at(-1)!;
    return this.live.filter(({ id }) => isIn(last, id));
  }

  #finished(): boolean {
    const { commands, controls } = this.plan;
    if (this.live.some((node) => !this.#isSettled(node))) return false;
    const ledgers = this.#last.map(({ id }) => this.monitors.ledger(id));
    return ledgers.every(
      ({ next, places, nextControl }) =>
        next === ledgers[0]!.next && places.size === commands.length && nextControl === controls.length + 1,
    );
  }

  /**
   * The last change has taken effect here, or this replica knows that it is no member any more; and what was before it has
   * ended, if enough of the last members are there to hold it.
   */
  #isSettled(node: Node): boolean {
    const last = this.plan.memberships.at(-1)!;
    const { slotOut, epochs } = node.state;
    const held = !this.partitioned && this.#last.length > last.f;
    return isIn(last, node.id)
      ? slotOut >= epochs.at(-1)!.from && (epochs.length === 1 || !held)
      : !node.needed || !held;
  }

  #ended(): void {
    this.monitors.quiesced(
      this.#last.map(({ id }) => id),
      this.plan.controls.length,
    );
    for (const node of this.live)
      if (!this.#isSettled(node))
        throw new Violation("P4 termination", `at ${node.id} the last change does not take effect`);
  }
}

const isIn = ({ members }: Plan["memberships"][number], id: string): boolean =>
  members.some(({ replica }) => replica === id);
