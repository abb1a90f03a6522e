import { CheckerError } from "../error.ts";
import { Machine } from "../machine/machine.ts";
import { Expander } from "../search/expand.ts";
import { estimateStates, type Found } from "../search/found.ts";
import { mustExcuseActions, reportOf } from "../search/judge.ts";
import { leastOf, shortestPath } from "../search/path.ts";
import { OutOfMemory } from "../search/states.ts";
import { writeCheckpoint } from "./checkpoint.ts";
import { meet, place, rounds, stops, worstOf } from "./shared.ts";
import { SharedLog } from "./shared-log.ts";
import { SharedStates } from "./shared-states.ts";
import { loadModel, type Task, type Word } from "./task.ts";

/** States that a worker takes at once: few enough for levels to end together. */
const chunk = 128;
/** The leader speaks when the states have grown by a part, but by no fewer and no more than so many. */
const word = { part: 1 / 64, least: 4096, most: 65_536 };
const defaultCheckpointMs = 300_000;

/** One of several workers that look into a level together; worker 0 leads. */
class Worker {
  readonly #task: Task;
  readonly #machine: Machine;
  readonly #log: SharedLog;
  readonly #states: SharedStates;
  readonly #expander: Expander;
  readonly #say: (word: Word) => void;
  /** By the leader: where each level begins. */
  readonly #levels: number[];
  #violating: number[] = [];
  #written = performance.now();
  #nextWord = word.least;
  #asked = false;
  #why: string | null = null;

  constructor(task: Task, machine: Machine, log: SharedLog, say: (word: Word) => void) {
    this.#task = task;
    this.#machine = machine;
    this.#log = log;
    const leads = task.worker === 0;
    this.#states = new SharedStates(task.shared, task.worker, machine, leads ? resumedStates(task) : 0);
    this.#expander = new Expander(machine, this.#states, this.#states);
    this.#say = say;
    this.#levels = [...(task.resumed?.levels ?? [0])];
    this.#expander.transitions = leads ? (task.resumed?.transitions ?? 0) : 0;
  }

  get #leads(): boolean {
    return this.#task.worker === 0;
  }

  get #control(): Int32Array {
    return this.#task.shared.control;
  }

  run(): void {
    const { shared, resumed } = this.#task;
    if (this.#leads && resumed === null) {
      this.#expander.begin();
      this.#control[place.end] = 1;
      this.#gather();
    }
    meet(shared);
    if (resumed !== null) this.#rehash();
    while (this.#control[place.round] !== rounds.finish) {
      if (this.#control[place.round] === rounds.grow) this.#grow();
      this.#look();
      this.#states.close();
      shared.transitions[this.#task.worker] = this.#expander.transitions;
      meet(shared);
      if (this.#leads) this.#fillGaps();
      meet(shared);
      this.#gather();
      meet(shared);
      if (this.#leads) this.#decide();
      meet(shared);
    }
    if (this.#leads) this.#report();
  }

  /** Looks into states of the level until there are none, or the table is full, or somebody stops. */
  #look(): void {
    const control = this.#control;
    const states = this.#states;
    this.#log.sync(this.#machine);
    try {
      while (Atomics.load(control, place.stop) === stops.no && !states.full) {
        const first = Atomics.add(control, place.next, chunk);
        const end = Math.min(first + chunk, control[place.end]!);
        if (first >= end) break;
        for (let index = first; index < end; index++) {
          const { news } = states;
          this.#expander.expand(index);
          if (states.news !== news) states.note(index);
        }
        states.tell();
        const { found } = states;
        if (found >= this.#task.states) Atomics.store(control, place.stop, stops.states);
        if (this.#leads && found >= this.#nextWord) this.#tell();
      }
      this.#expander.flush();
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
      Atomics.store(control, place.stop, stops.memory);
    }
  }

  /** States of others move too, so their cells must be known. */
  #fillGaps(): void {
    this.#log.sync(this.#machine);
    this.#states.fillGaps();
  }

  /** Beyond the old table the new one is empty already. */
  #grow(): void {
    const { shared } = this.#task;
    const control = this.#control;
    this.#states.clear();
    meet(shared);
    if (this.#leads)
      control[place.tableBits] = Math.min(control[place.tableBits]! + 2, Math.log2(shared.table.length));
    meet(shared);
    this.#rehash();
  }

  #rehash(): void {
    this.#log.sync(this.#machine);
    this.#states.rehash();
    meet(this.#task.shared);
  }

  /** What was violated so far, at where it stands now; the least of it for all to see. */
  #gather(): void {
    const { violating } = this.#expander;
    const moved = this.#states.moved();
    this.#violating = [...this.#violating, ...violating.splice(0)].map((index) => moved.get(index) ?? index);
    this.#control[worstOf(this.#task.worker)] =
      this.#violating.length === 0 ? -1 : leastOf(this.#machine, this.#states, this.#violating);
  }

  #tell(): void {
    const { transitions } = this.#task.shared;
    const control = this.#control;
    const states = this.#states.found;
    this.#nextWord = states + Math.min(Math.max(states * word.part, word.least), word.most);
    const frontier = states - Math.min(Atomics.load(control, place.next), control[place.end]!);
    const sum = transitions.reduce((total, one) => total + one, 0);
    this.#say({
      kind: "progress",
      progress: { states, transitions: sum, depth: this.#levels.length, frontier },
    });
  }

  /** What the next round is. */
  #decide(): void {
    const control = this.#control;
    const end = control[place.end]!;
    const { count } = this.#states;
    this.#tell();
    const stop = control[place.stop]!;
    const levelDone = control[place.next]! >= end && stop !== stops.memory;
    control[place.round] = this.#states.full ? rounds.grow : rounds.look;
    if (levelDone && (count === end || this.#worst().length > 0)) {
      if (count > end) this.#levels.push(end);
      control[place.round] = rounds.finish;
      return;
    }
    if (levelDone) {
      this.#levels.push(end);
      control[place.next] = end;
      control[place.end] = count;
      this.#checkpoint();
      if (this.#levels.length > this.#task.depth)
        [this.#why, this.#asked] = [`depth ${this.#task.depth}`, true];
    }
    if (stop === stops.memory) this.#why = "memory: there is no room for more";
    if (stop === stops.outside) this.#why = "stopped from outside";
    if (stop === stops.states) [this.#why, this.#asked] = [`${this.#task.states} states`, true];
    if (this.#why === null) return;
    if (!levelDone) this.#levels.push(end);
    control[place.round] = rounds.finish;
  }

  #worst(): number[] {
    const { workers } = this.#task.shared;
    return Array.from({ length: workers }, (_, worker) => this.#control[worstOf(worker)]!).filter(
      (index) => index >= 0,
    );
  }

  #checkpoint(): void {
    const { checkpoint, source, shared } = this.#task;
    if (checkpoint === null) return;
    if (performance.now() - this.#written < (checkpoint.everyMs ?? defaultCheckpointMs)) return;
    const transitions = shared.transitions.reduce((total, one) => total + one, 0);
    const { engineHash, folder } = checkpoint;
    const levels = this.#levels;
    const described = { levels, states: this.#states.count, transitions };
    writeCheckpoint(folder, { engineHash, source, width: this.#machine.width, ...described }, shared);
    this.#written = performance.now();
  }

  /**
   * The leader has not seen everything: it looks at what told others something, and at what was there when the search was
   * resumed, so that counts of witnesses, actions and cuts are those of a search by one.
   */
  #seeAll(looked: number): void {
    const machine = this.#machine;
    const { vectors } = this.#task.shared;
    this.#log.sync(machine);
    const processes = machine.plan.processes.length;
    const before = resumedStates(this.#task);
    for (let index = 0; index < this.#states.count; index++) {
      if (index >= before && !this.#states.isNoted(index)) continue;
      const base = index * machine.width;
      machine.violates(vectors, base);
      if (index < looked) for (let at = 0; at < processes; at++) machine.movesAt(vectors[base + at]!);
    }
  }

  #report(): void {
    const { shared } = this.#task;
    const control = this.#control;
    const states = this.#states.count;
    const looked = Math.min(control[place.next]!, control[place.end]!);
    this.#seeAll(looked);
    const levels = this.#levels;
    const worst = this.#worst();
    const { vectors, table, log } = shared;
    const used =
      states * this.#machine.width * 4 + 4 * 2 ** control[place.tableBits]! + control[place.logBytes]!;
    const found: Found = {
      states,
      transitions: shared.transitions.reduce((total, one) => total + one, 0),
      depth: levels.length - 1,
      bytes: Math.min(used, vectors.byteLength + table.byteLength + log.byteLength),
      truncated:
        this.#why === null
          ? null
          : { why: this.#why, frontier: states - looked, estimatedStates: estimateStates(levels, states) },
      asked: this.#asked,
      path:
        worst.length === 0
          ? null
          : shortestPath(this.#machine, this.#states, levels, leastOf(this.#machine, this.#states, worst)),
    };
    this.#say({ kind: "report", report: reportOf(this.#machine, "bfs", found, null) });
  }
}

/** How many states were there when the search went on. */
function resumedStates({ resumed }: Task): number {
  return resumed?.states ?? 0;
}

/** Does the task of one worker, from loading the model to the end. */
export async function work(task: Task, say: (word: Word) => void): Promise<void> {
  const { model, reductions } = await loadModel(task.source);
  const log = new SharedLog(task.shared);
  const machine = new Machine(model, reductions, log);
  mustExcuseActions(model, machine);
  for (const { name, at } of machine.reductions)
    if (at.canonical !== undefined || at.alone !== undefined)
      throw new CheckerError(
        "option",
        `"workers" expected reductions that do not depend on the order of finds, got "${name}"; use "check" with it`,
      );
  new Worker(task, machine, log, say).run();
}
