import { clone, type Schema } from "@eunomia/codec";
import { type Effect, type EngineTypes, type Event, type NodeId, step } from "@eunomia/engine";
import { show } from "../support/assert.ts";
import type { SeededRandom } from "../support/random.ts";
import {
  type Counts,
  contentOf,
  copyOf,
  type InFlight,
  layOut,
  type Node,
  type Process,
  Violation,
  Watches,
} from "./parts.ts";
import type { Move, ScheduleInput, ScheduleOptions, ScheduleView } from "./types.ts";

/** More than this in flight: the oldest is lost, so that memory stays bounded whatever an engine sends. */
const inFlightMax = 5000;

/** All processes, disks and messages of one run. Changes only through `apply`, so a list of moves is a run. */
export class World implements ScheduleView {
  readonly processes: readonly NodeId[];
  readonly all: readonly Process[];
  readonly nodes: readonly Node[];
  readonly bag: InFlight[] = [];
  readonly counts: Counts;
  readonly #options: ScheduleOptions;
  readonly #index = new Map<NodeId, number>();
  readonly #nth: number[];
  readonly #watches: Watches;
  readonly #inputs: readonly ScheduleInput[];
  readonly #random: SeededRandom;
  /** Inputs not yet handed in. */
  readonly waiting: Set<number>;
  readonly log: string[] | null;
  readonly #atOnce: boolean;
  nowMs = 0;

  constructor(options: ScheduleOptions, random: SeededRandom, counts: Counts, log: string[] | null) {
    this.#options = options;
    this.#random = random;
    this.counts = counts;
    this.log = log;
    this.#atOnce = options.faults?.partialFlush === false;
    const specs = typeof options.engines === "function" ? options.engines(random) : options.engines;
    this.#inputs = typeof options.inputs === "function" ? options.inputs(random) : options.inputs;
    this.waiting = new Set(this.#inputs.keys());
    this.#watches = new Watches(options.properties);
    this.processes = Object.keys(specs);
    for (const [at, id] of this.processes.entries()) this.#index.set(id, at);
    ({ all: this.all, nodes: this.nodes } = layOut(specs));
    this.#nth = new Array<number>(this.processes.length ** 2).fill(0);
    for (const node of this.nodes.keys()) this.#start(node);
  }

  isLive(process: NodeId): boolean {
    return this.nodes[this.#named(process).node]!.up;
  }

  observe(process: NodeId): unknown {
    const { spec, state, node } = this.#named(process);
    return this.nodes[node]!.up ? spec.engine.observe(spec.config, state as object) : null;
  }

  outputs(process: NodeId): readonly unknown[] {
    return this.#named(process).outputs;
  }

  #named(id: NodeId): Process {
    return this.all[this.#index.get(id)!]!;
  }

  /** Does the move if it can be done now. */
  apply(move: Move): boolean {
    switch (move.kind) {
      case "input":
        return this.#input(move.input);
      case "deliver":
      case "lose":
      case "duplicate": {
        const { link, nth, content } = move;
        const at = this.bag.findIndex(
          (item) =>
            item.link === link &&
            (content === undefined ? item.nth === nth : this.#content(item) === content),
        );
        return at >= 0 && this.message(move.kind, at);
      }
      case "timer":
        return this.#fire(move.process, move.timer);
      case "release":
        return this.nodes[move.node]!.queue.length > 0 && this.release(move.node, 1);
      case "crash":
        return this.#crash(move.node);
      case "restart":
        if (this.nodes[move.node]!.up) return false;
        this.counts.restarts += 1;
        this.log?.push(`${this.#nodeName(move.node)} restarts`);
        return this.#start(move.node);
      case "compact":
        return this.#compact(move.process);
    }
  }

  /** The move with its message named by content, so that it stays the same move when others before it are dropped. */
  named(move: Move): Move {
    if (move.kind !== "deliver" && move.kind !== "lose" && move.kind !== "duplicate") return move;
    const item = this.bag.find((one) => one.link === move.link && one.nth === move.nth);
    return item === undefined ? move : { ...move, content: this.#content(item) };
  }

  #content(item: InFlight): string {
    return contentOf(this.all[Math.floor(item.link / this.all.length)]!.spec.engine, item.message);
  }

  /** Delivers, loses or copies the message at this place of the bag. */
  message(kind: "deliver" | "lose" | "duplicate", at: number): boolean {
    const item = this.bag[at]!;
    const { id, node } = this.all[item.to]!;
    const from = this.processes[Math.floor(item.link / this.all.length)]!;
    if (this.log !== null)
      this.log.push(`${id} <- ${from} ${this.#text(item.message)}${kind === "deliver" ? "" : ` (${kind})`}`);
    if (kind === "duplicate") {
      this.counts.duplicated += 1;
      this.bag.push({ ...item, nth: this.#next(item.link) });
      return true;
    }
    this.bag.splice(at, 1);
    if (kind === "lose" || !this.nodes[node]!.up) this.counts.lost += 1;
    else {
      this.counts.delivered += 1;
      this.#step(item.to, { kind: "message", from, message: item.message });
    }
    return true;
  }

  end(): void {
    this.#watches.end(this);
  }

  /** A line about an effect. Effects that leave with their step need no name. */
  #tell(from: number, what: () => string): void {
    if (this.log === null) return;
    const { id, node } = this.all[from]!;
    this.log.push(this.#atOnce && !this.nodes[node]!.held ? `  ${what()}` : `  ${id} ${what()}`);
  }

  #text(message: unknown): string {
    return this.#options.describe?.(message) ?? show(message);
  }

  #nodeName(node: number): string {
    return this.nodes[node]!.processes.map((at) => this.processes[at]).join("+");
  }

  #next(link: number): number {
    const nth = this.#nth[link]!;
    this.#nth[link] = nth + 1;
    return nth;
  }

  /** Can this input be handed in now? */
  accepts(index: number): boolean {
    return this.#commands(index) !== null;
  }

  #commands(index: number): readonly unknown[] | null {
    const input = this.#inputs[index];
    if (input === undefined || !this.waiting.has(index) || !this.isLive(input.to)) return null;
    return typeof input.commands === "function" ? input.commands(this) : input.commands;
  }

  #input(index: number): boolean {
    const commands = this.#commands(index);
    if (commands === null) return false;
    this.waiting.delete(index);
    this.command(this.#index.get(this.#inputs[index]!.to)!, commands);
    return true;
  }

  /** Hands commands to a live process. */
  command(at: number, commands: readonly unknown[]): void {
    const text = this.#options.describeCommand ?? show;
    this.log?.push(`${this.processes[at]} <- commands ${commands.map(text).join(", ")}`);
    this.#step(at, { kind: "commands", commands });
  }

  #fire(at: number, timer: string): boolean {
    const process = this.all[at]!;
    if (!this.nodes[process.node]!.up || !process.timers.delete(timer)) return false;
    this.counts.timers += 1;
    this.log?.push(`${process.id} <- timer ${timer}`);
    this.#step(at, { kind: "timeout", timer });
    return true;
  }

  #step(at: number, event: Event<EngineTypes>): void {
    const process = this.all[at]!;
    const { engine, config } = process.spec;
    this.counts.steps += 1;
    let result: ReturnType<typeof step>;
    try {
      result = step(engine, config, process.state, event);
    } catch (error) {
      throw new Violation(
        "an engine never throws",
        error instanceof Error ? (error.stack ?? error.message) : String(error),
      );
    }
    if (this.log !== null) {
      const names = result.fired.map((fired) => fired.action).join(", ");
      this.log[this.log.length - 1] += `: ${names === "" ? "no action" : names}`;
    }
    const node = this.nodes[process.node]!;
    for (const effect of result.effects as readonly Effect<EngineTypes>[]) {
      if (effect.kind === "arm")
        process.timers.set(
          effect.timer,
          this.nowMs + effect.delayMs + (effect.jitterMs > 0 ? this.#random.below(effect.jitterMs) : 0),
        );
      else if (effect.kind === "disarm") process.timers.delete(effect.timer);
      // A record is written down as it is now: the engine goes on changing its state.
      else if (effect.kind === "persist")
        node.queue.push({ process: at, effect: { ...effect, record: copyOf(engine, [effect.record])[0] } });
      else node.queue.push({ process: at, effect });
    }
    if (this.#atOnce && !node.held) this.release(process.node, node.queue.length);
    this.#watches.stepped(process.id, this);
  }

  /** Lets the oldest effects of a node leave: a record becomes durable, a message gets in flight, an output is seen. */
  release(at: number, count: number): boolean {
    const node = this.nodes[at]!;
    for (const { process: from, effect } of node.queue.splice(0, count)) {
      const process = this.all[from]!;
      if (effect.kind === "persist") {
        process.disk.push(effect.record);
        this.#tell(
          from,
          () => `persist ${this.#options.describeRecord?.(effect.record) ?? show(effect.record)}`,
        );
      } else if (effect.kind === "send") this.#send(from, effect.to, effect.message);
      else if (effect.kind === "output") {
        this.counts.outputs += 1;
        process.outputs.push(effect.output);
        this.#tell(
          from,
          () => `output ${this.#options.describeOutput?.(effect.output) ?? show(effect.output)}`,
        );
        this.#watches.output(process.id, effect.output, process.life);
      }
    }
    return true;
  }

  #send(from: number, to: readonly NodeId[], message: EngineTypes["Message"]): void {
    const schema = this.all[from]!.spec.engine.schema.message as Schema<EngineTypes["Message"]>;
    this.#tell(from, () => `send ${to.join(",")}: ${this.#text(message)}`);
    this.#watches.sent(this.all[from]!.id, message);
    for (const name of to) {
      const index = this.#index.get(name);
      if (index === undefined) continue;
      const link = from * this.all.length + index;
      // Each receiver gets a copy, as it would over a wire: no state is shared between processes.
      this.bag.push({ link, nth: this.#next(link), to: index, message: clone(schema, message) });
    }
    while (this.bag.length > inFlightMax) {
      this.bag.shift();
      this.counts.lost += 1;
    }
  }

  #crash(at: number): boolean {
    const node = this.nodes[at]!;
    if (!node.up) return false;
    node.up = false;
    this.counts.crashes += 1;
    this.counts.effectsLost += node.queue.length;
    this.log?.push(`${this.#nodeName(at)} crashes, ${node.queue.length} effects had not left`);
    node.queue = [];
    for (const index of node.processes) {
      const process = this.all[index]!;
      process.state = null;
      process.timers.clear();
    }
    return true;
  }

  #start(at: number): boolean {
    const node = this.nodes[at]!;
    node.up = true;
    for (const index of node.processes) {
      const process = this.all[index]!;
      const { engine, config } = process.spec;
      process.life += 1;
      if (process.life > 1) {
        process.disk = [...(this.#options.recover?.(process.id, process.disk) ?? process.disk)];
        for (const [input, { to, again }] of this.#inputs.entries())
          if (again === true && to === process.id) this.waiting.add(input);
      }
      process.state = engine.init(config);
      this.log?.push(`${process.id} start, ${process.disk.length} records`);
      this.#step(index, { kind: "start", records: copyOf(engine, process.disk) });
    }
    return true;
  }

  #compact(at: number): boolean {
    const process = this.all[at]!;
    const node = this.nodes[process.node]!;
    // Only a process whose records are all durable may replace them by what its state says.
    if (!node.up || node.queue.length > 0) return false;
    const { engine, config } = process.spec;
    process.disk = copyOf(engine, engine.compact(config, process.state as object));
    this.counts.compactions += 1;
    this.log?.push(`${process.id} compacts to ${process.disk.length} records`);
    return true;
  }
}
