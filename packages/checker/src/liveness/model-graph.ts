import { Ints } from "../machine/intern.ts";
import type { Machine } from "../machine/machine.ts";
import type { Move } from "../machine/moves.ts";
import { OutOfMemory, States } from "../search/states.ts";
import type { DefaultFairness } from "./default-fairness.ts";
import type { LivenessGraph } from "./graph.ts";

/** Every state of a model within its bounds, with all steps between them. */
export interface ModelGraph {
  readonly graph: LivenessGraph;
  readonly states: States;
  /** Null, or why not everything was seen. */
  readonly truncated: string | null;
}

/** What a step does to a vector: the new vector, or null if nothing is left of what it spends. */
export function applyMove(
  machine: Machine,
  from: Int32Array,
  component: number,
  move: Move,
): Int32Array | null {
  const vector = from.slice();
  const world = machine.plan.processes.length;
  if (move.spends !== 0) {
    const left = machine.spend(from[world]!, move.spends);
    if (left < 0) return null;
    vector[world] = left;
  }
  vector[component] = machine.cell(move.local, move.inbox);
  for (let at = 0; at < move.out.length; at += 2)
    vector[move.out[at]!] = machine.after(vector[move.out[at]!]!, move.out[at + 1]!);
  for (const { at } of machine.reductions) at.canonical?.(vector);
  return vector;
}

/** Has the cell an enabled step that the machine does not offer? */
function isCut(machine: Machine, cell: number, moves: readonly Move[]): boolean {
  const { fault, state, armed, left } = machine.parts.locals.value(machine.localOf(cell));
  if (fault !== null) return true;
  const spentTimer = armed.some((timer, at) => at % 2 === 0 && left[timer] === 0);
  return (state >= 0 && spentTimer) || moves.some((move) => (move.ran?.outcome.spawns.length ?? 0) > 0);
}

/** What is known of a cell once for all: its moves with their labels, and whether some are missing. */
interface KnownCell {
  readonly moves: readonly Move[];
  readonly labels: readonly number[];
  readonly cut: boolean;
}

class Explorer {
  readonly #machine: Machine;
  readonly #fairness: DefaultFairness;
  readonly states: States;
  readonly #cells: KnownCell[] = [];
  readonly targets = new Ints();
  readonly labels = new Ints();
  readonly offsets = new Ints();
  readonly incomplete: number[] = [];

  constructor(machine: Machine, fairness: DefaultFairness, memory: number) {
    this.#machine = machine;
    this.#fairness = fairness;
    this.states = new States(machine.width, false, memory);
  }

  /** Room for what one state may add comes first: memory that ends never cuts a state in two. */
  explore(statesMax: number): string | null {
    try {
      this.#index(this.#machine.initial);
      for (let index = 0; index < this.states.count; index += 1) {
        if (this.states.count > statesMax) return `more than ${statesMax} states`;
        this.offsets.push(this.targets.length);
        this.#expand(index);
      }
      return null;
    } catch (error) {
      if (error instanceof OutOfMemory) return error.message;
      throw error;
    }
  }

  #expand(index: number): void {
    const machine = this.#machine;
    const vector = this.states.vector(index);
    let cut = false;
    for (let component = 0; component < machine.plan.processes.length; component += 1) {
      const known = this.#cell(component, vector[component]!);
      cut ||= known.cut;
      known.moves.forEach((move, at) => {
        const next = applyMove(machine, vector, component, move);
        if (next === null) return;
        this.targets.push(this.#index(next));
        this.labels.push(known.labels[at]!);
      });
    }
    if (cut) this.incomplete.push(index);
    this.states.otherBytes =
      machine.bytes +
      this.targets.values.byteLength +
      this.labels.values.byteLength +
      this.offsets.values.byteLength;
  }

  #cell(component: number, cell: number): KnownCell {
    let known = this.#cells[cell];
    if (known === undefined) {
      const moves = this.#machine.moves(cell);
      const labels = moves.map((move) => this.#fairness.labelOf(component, move));
      known = { moves, labels, cut: isCut(this.#machine, cell, moves) };
      this.#cells[cell] = known;
    }
    return known;
  }

  #index(vector: Int32Array): number {
    const words = this.#machine.words.values;
    let hash = 0;
    for (const cell of vector) hash ^= words[cell]!;
    this.states.reserve(1, words);
    return this.states.insert(vector, hash, -1) ? this.states.count - 1 : this.states.find(vector, hash);
  }
}

/** Reductions under which a cycle of the graph need not be one of the model. Forgetting dead messages keeps them. */
function unsoundReductions(machine: Machine): string[] {
  return machine.reductions
    .filter(({ at }) => at.canonical !== undefined || at.alone !== undefined || at.moves !== undefined)
    .map(({ name }) => name);
}

/** Explores a model and keeps every edge. States that were not looked into are incomplete. */
export function graphOfModel(
  machine: Machine,
  fairness: DefaultFairness,
  bounds: { readonly memory: number; readonly states: number },
): ModelGraph {
  const explorer = new Explorer(machine, fairness, bounds.memory);
  const truncated = explorer.explore(bounds.states);
  const { states, targets, labels, offsets } = explorer;
  const complete = truncated === null ? offsets.length : Math.max(0, offsets.length - 1);
  const edges = truncated === null ? targets.length : offsets.values[complete]!;
  const begins = new Uint32Array(states.count + 1).fill(edges);
  begins.set(offsets.values.subarray(0, complete));
  const incomplete = new Uint8Array(states.count);
  for (const index of explorer.incomplete) incomplete[index] = 1;
  incomplete.fill(1, complete);
  const graph = {
    states: states.count,
    initial: [0],
    offsets: begins,
    targets: Uint32Array.from(targets.values.subarray(0, edges)),
    labels: Uint32Array.from(labels.values.subarray(0, edges)),
    labelNames: fairness.names,
    constraints: fairness.constraints,
    incomplete: incomplete.includes(1) ? incomplete : null,
    reductions: unsoundReductions(machine),
  };
  return { graph, states, truncated };
}
