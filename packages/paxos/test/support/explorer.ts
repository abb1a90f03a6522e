import { type AnyEngine, type Effect, type Event, step } from "@eunomia/engine";
import type { PaxosMessage } from "../../src/index.ts";
import { cluster, names, soundMakers, textOf, valueFrom } from "./cluster.ts";
import { type Run, randomFrom, type Schedule } from "./schedule.ts";

// biome-ignore lint/suspicious/noExplicitAny: engines of three kinds run side by side
type AnyEffect = Effect<any>;
interface Life {
  readonly id: string;
  readonly engine: AnyEngine;
  readonly config: unknown;
  state: unknown;
  alive: boolean;
  records: unknown[];
  /** Effects that have not happened yet: a crash loses them. */
  pending: AnyEffect[];
  timers: Map<string, number>;
  /** Slots that a learner reported in this life. */
  readonly reported: Set<number>;
  /** Durable at a replica: slots through it are in its own log. */
  checkpoint: number;
}
interface Packet {
  readonly from: string;
  readonly to: string;
  readonly message: PaxosMessage;
}
/**
 * One random schedule: loss, duplication, reordering, timers at any moment, crashes between any two effects, restarts from
 * the durable records; then a fair suffix on a virtual clock, in which everybody lives and every message arrives.
 */
export class Explorer {
  readonly #random: (n: number) => number;
  readonly #schedule: Schedule;
  readonly #lives = new Map<string, Life>();
  readonly #order: Life[] = [];
  #packets: Packet[] = [];
  #now = 0;
  #violation: string | null = null;
  #steps = 0;
  #crashes = 0;
  #lost = 0;
  #retired = 0;
  #transfers = 0;
  #early = 0;
  readonly #ballots = new Set<string>();
  readonly #chosen = new Map<number, string>();
  readonly #proposed = new Set<string>(["NOOP"]);
  readonly #byBallot = new Map<string, string>();
  readonly #learned = new Map<string, Set<number>>();

  constructor(seed: number, schedule: Schedule) {
    this.#random = randomFrom(seed);
    this.#schedule = schedule;
    for (const [id, { engine, config }] of cluster(schedule.shape, schedule.makers ?? soundMakers)) {
      const life: Life = {
        id,
        engine,
        config,
        state: null,
        alive: false,
        records: [],
        pending: [],
        timers: new Map(),
        checkpoint: 0,
        reported: new Set(),
      };
      this.#lives.set(id, life);
      this.#order.push(life);
      this.#restart(life);
    }
  }

  run(): Run {
    const { chaosSteps = 400 } = this.#schedule;
    for (let i = 0; i < chaosSteps && this.#violation === null; i++) this.#chaos();
    this.#early = this.#chosen.size;
    if (this.#violation === null) this.#settle();
    const learners = names(this.#schedule.shape).learners;
    const decided = this.#slots().filter((slot) =>
      learners.every((id) => this.#learned.get(id)?.has(slot)),
    ).length;
    if (this.#violation === null && !this.#schedule.safetyOnly && decided < this.#slots().length)
      this.#violation = `liveness: ${decided} slots decided at every learner after the fair suffix`;
    const ballots = this.#ballots.size;
    return {
      violation: this.#violation,
      decided,
      steps: this.#steps,
      crashes: this.#crashes,
      lost: this.#lost,
      ballots,
      early: this.#early,
      retired: this.#retired,
      transfers: this.#transfers,
    };
  }

  #slots(): number[] {
    return Array.from({ length: this.#schedule.slots ?? 2 }, (_, i) => i + 1);
  }

  #restart(life: Life): void {
    life.alive = true;
    life.pending = [];
    life.reported.clear();
    life.timers.clear();
    life.state = life.engine.init(life.config);
    if (this.#schedule.amnesia && life.id.startsWith("a")) life.records = [];
    this.#learned.set(life.id, new Set(this.#through(life.checkpoint)));
    this.#step(life, { kind: "start", records: [...life.records] });
    if (life.checkpoint > 0) this.#trim(life, life.checkpoint);
  }

  #through(slot: number): number[] {
    return Array.from({ length: slot }, (_, i) => i + 1);
  }

  /** The replica above has the slots in its own durable log. */
  #trim(life: Life, slot: number): void {
    life.checkpoint = slot;
    this.#step(life, { kind: "commands", commands: [{ kind: "trim", slot }] });
  }

  #checkpoint(life: Life): void {
    const learned = this.#learned.get(life.id) ?? new Set();
    let slot = life.checkpoint;
    while (learned.has(slot + 1)) slot++;
    if (slot > life.checkpoint) this.#trim(life, slot);
  }

  /** State transfer: what a floor covers must have been decided, and comes from another replica. */
  #transfer(life: Life, floor: number): void {
    const missing = this.#through(floor).find((slot) => !this.#chosen.has(slot));
    if (missing !== undefined)
      this.#violation ??= `floor ${floor} at ${life.id} covers slot ${missing}, undecided`;
    for (const slot of this.#through(floor)) this.#learned.get(life.id)?.add(slot);
    this.#transfers++;
    this.#trim(life, Math.max(floor, life.checkpoint));
  }

  #crash(life: Life): void {
    life.alive = false;
    life.pending = [];
    life.timers.clear();
    this.#crashes++;
  }

  // biome-ignore lint/suspicious/noExplicitAny: engines of three kinds run side by side
  #step(life: Life, event: Event<any>): void {
    this.#steps++;
    try {
      life.pending.push(...step(life.engine, life.config, life.state as never, event).effects);
    } catch (error) {
      this.#violation ??= `${life.id} threw ${String(error)}`;
    }
  }

  #flush(life: Life, count: number): void {
    for (let i = 0; i < count; i++) {
      const effect = life.pending.shift();
      if (effect === undefined) return;
      this.#happen(life, effect);
    }
  }

  #happen(life: Life, effect: AnyEffect): void {
    if (effect.kind === "persist") {
      life.records.push(effect.record);
      if (effect.record.kind === "floor") this.#retired = Math.max(this.#retired, effect.record.floor);
    } else if (effect.kind === "arm")
      life.timers.set(effect.timer, this.#now + effect.delayMs + this.#random(effect.jitterMs + 1));
    else if (effect.kind === "disarm") life.timers.delete(effect.timer);
    else if (effect.kind === "output") this.#observe(life, effect.output);
    else if (effect.kind === "send") {
      for (const to of effect.to) this.#packets.push({ from: life.id, to, message: effect.message });
      this.#inspect(effect.message);
    }
  }

  #observe(
    life: Life,
    output: { kind: string; slot: number; value: Uint8Array; floor: number; reason?: string },
  ): void {
    if (output.kind === "alarm") this.#violation ??= `alarm at ${life.id}: ${output.reason}`;
    if (output.kind === "trimmed") this.#transfer(life, output.floor);
    if (output.kind !== "decided") return;
    const value = textOf(output.value);
    const known = this.#chosen.get(output.slot);
    if (known !== undefined && known !== value)
      this.#violation ??= `agreement: slot ${output.slot} is ${known} and, at ${life.id}, ${value}`;
    this.#chosen.set(output.slot, value);
    if (!this.#proposed.has(value)) this.#violation ??= `validity: ${value} was never proposed`;
    if (!life.id.startsWith("r")) return;
    if (life.reported.has(output.slot))
      this.#violation ??= `integrity: ${life.id} reports slot ${output.slot} twice`;
    life.reported.add(output.slot);
    this.#learned.get(life.id)!.add(output.slot);
  }

  #inspect(message: PaxosMessage): void {
    if (message.kind !== "p2a" && message.kind !== "p1a") return;
    const ballot = `${message.ballot.round}.${message.ballot.leader}`;
    this.#ballots.add(ballot);
    if (message.kind === "p1a") return;
    const key = `${ballot}/${message.slot}`;
    const value = textOf(message.value);
    const known = this.#byBallot.get(key);
    if (known !== undefined && known !== value)
      this.#violation ??= `ballot reuse: ${key} is ${known} and ${value}`;
    this.#byBallot.set(key, value);
  }

  #deliver(packet: Packet): void {
    const life = this.#lives.get(packet.to);
    if (life?.alive) this.#step(life, { kind: "message", from: packet.from, message: packet.message });
  }

  #propose(life: Life): void {
    const slot = this.#slots()[this.#random(this.#slots().length)]!;
    this.#offer(life, slot);
  }

  #offer(life: Life, slot: number): void {
    const value = `${life.id}.${slot}`;
    this.#proposed.add(value);
    this.#step(life, { kind: "commands", commands: [{ kind: "propose", slot, value: valueFrom(value) }] });
  }

  #chaos(): void {
    const random = this.#random;
    const life = this.#order[random(this.#order.length)]!;
    const dice = random(1000);
    const crashRate = this.#schedule.crashRate ?? 12;
    if (dice < crashRate) {
      if (life.alive) {
        this.#flush(life, random(life.pending.length + 1));
        this.#crash(life);
      }
    } else if (dice < 60) {
      if (!life.alive) this.#restart(life);
    } else if (dice < 125) {
      if (!life.alive || !life.id.startsWith("r")) return;
      if (dice < 90) this.#propose(life);
      else this.#checkpoint(life);
    } else if (dice < 150) {
      if (life.alive && life.id.startsWith("l"))
        this.#step(life, { kind: "commands", commands: [{ kind: "lead" }] });
    } else if (dice < 190) {
      const timers = [...life.timers.keys()];
      const timer = timers[random(timers.length || 1)];
      if (life.alive && timer !== undefined) {
        life.timers.delete(timer);
        this.#step(life, { kind: "timeout", timer });
      }
    } else if (dice < 560) {
      const busy = this.#order.filter((other) => other.pending.length > 0);
      const one = busy[random(busy.length || 1)];
      if (one !== undefined) this.#flush(one, 1 + random(one.pending.length));
    } else if (this.#packets.length > 0) {
      const at = random(this.#packets.length);
      const packet = this.#packets[at]!;
      const duplicate = random(100) < 10;
      if (!duplicate) this.#packets.splice(at, 1);
      if (random(100) < 12) this.#lost++;
      else this.#deliver(packet);
    }
  }

  /** Everything that is due at the present moment of the virtual clock. */
  #drain(budget: number): number {
    let spent = 0;
    for (let busy = true; busy && spent < budget && this.#violation === null; ) {
      busy = false;
      for (const life of this.#order) {
        if (life.pending.length > 0) this.#flush(life, life.pending.length);
      }
      const packets = this.#packets;
      this.#packets = [];
      for (const packet of packets) {
        this.#deliver(packet);
        busy = true;
        spent++;
      }
      this.#now++;
    }
    return spent;
  }

  #settle(): void {
    for (const life of this.#order) {
      if (!life.alive) this.#restart(life);
      this.#flush(life, life.pending.length);
    }
    for (const life of this.#order)
      if (life.id.startsWith("r")) for (const slot of this.#slots()) this.#offer(life, slot);
    for (let spent = 0; spent < 20_000 && this.#violation === null && !this.#done(); ) {
      spent += this.#drain(20_000 - spent);
      let next: { life: Life; timer: string; due: number } | null = null;
      for (const life of this.#order)
        for (const [timer, due] of life.timers)
          if (next === null || due < next.due) next = { life, timer, due };
      if (next === null) return;
      this.#now = Math.max(this.#now, next.due);
      next.life.timers.delete(next.timer);
      this.#step(next.life, { kind: "timeout", timer: next.timer });
      spent++;
    }
  }

  #done(): boolean {
    const { learners } = names(this.#schedule.shape);
    return learners.every((id) => this.#slots().every((slot) => this.#learned.get(id)?.has(slot)));
  }
}
