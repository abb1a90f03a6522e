import { Ints } from "../machine/intern.ts";
import type { Machine } from "../machine/machine.ts";
import type { Move } from "../machine/moves.ts";
import type { DefaultFairness } from "./default-fairness.ts";
import { Exploration, type Listener } from "./explore.ts";
import type { LivenessGraph } from "./graph.ts";
import type { Bounds, Vectors } from "./vectors.ts";

/** Every state of a model within its bounds, with all steps between them. */
export interface ModelGraph {
  readonly graph: LivenessGraph;
  readonly vectors: Vectors;
  /** Null, or why not everything was seen. */
  readonly truncated: string | null;
}

/** Has the cell an enabled step that the machine does not offer? */
export function isCut(machine: Machine, cell: number, moves: readonly Move[]): boolean {
  const { fault, state, armed, left } = machine.parts.locals.value(machine.localOf(cell));
  if (fault !== null) return true;
  const spentTimer = armed.some((timer, at) => at % 2 === 0 && left[timer] === 0);
  return (state >= 0 && spentTimer) || moves.some((move) => (move.ran?.outcome.spawns.length ?? 0) > 0);
}

/** Keeps every step, with the label that fairness gives it. */
class Edges implements Listener {
  readonly #machine: Machine;
  readonly #fairness: DefaultFairness;
  /** Of each cell, computed once: the labels of its moves. */
  readonly #labelsOf: (readonly number[] | undefined)[] = [];
  readonly targets = new Ints();
  readonly labels = new Ints();
  readonly offsets = new Ints();

  constructor(machine: Machine, fairness: DefaultFairness) {
    this.#machine = machine;
    this.#fairness = fairness;
  }

  get bytes(): number {
    return [this.targets, this.labels, this.offsets].reduce((sum, { values }) => sum + values.byteLength, 0);
  }

  state(): void {
    this.offsets.push(this.targets.length);
  }

  step(target: number, component: number, cell: number, move: number): void {
    let labels = this.#labelsOf[cell];
    if (labels === undefined) {
      labels = this.#machine.moves(cell).map((one) => this.#fairness.labelOf(component, one));
      this.#labelsOf[cell] = labels;
    }
    this.targets.push(target);
    this.labels.push(labels[move]!);
  }
}

/** States from which not every enabled step is known. */
function incompleteStates(machine: Machine, vectors: Vectors, expanded: number): Uint8Array | null {
  const incomplete = new Uint8Array(vectors.count);
  const processes = machine.plan.processes.length;
  const known = new Map<number, boolean>();
  const cut = (cell: number): boolean => {
    let answer = known.get(cell);
    if (answer === undefined) {
      answer = isCut(machine, cell, machine.moves(cell));
      known.set(cell, answer);
    }
    return answer;
  };
  for (let index = 0; index < expanded; index += 1)
    if (vectors.vector(index).subarray(0, processes).some(cut)) incomplete[index] = 1;
  incomplete.fill(1, expanded);
  return incomplete.includes(1) ? incomplete : null;
}

/** Reductions under which a cycle of the graph need not be one of the model. Forgetting dead messages keeps them. */
function unsoundReductions(machine: Machine): string[] {
  return machine.reductions
    .filter(({ at }) => at.canonical !== undefined || at.alone !== undefined || at.moves !== undefined)
    .map(({ name }) => name);
}

/** Explores a model and keeps every edge. States that were not looked into are incomplete. */
export function graphOfModel(machine: Machine, fairness: DefaultFairness, bounds: Bounds): ModelGraph {
  const exploration = new Exploration(machine);
  const edges = new Edges(machine, fairness);
  const truncated = exploration.run(bounds, edges);
  const { vectors } = exploration;
  const { targets, labels, offsets } = edges;
  const begins = new Uint32Array(vectors.count + 1).fill(targets.length);
  begins.set(offsets.values.subarray(0, offsets.length));
  const graph = {
    states: vectors.count,
    initial: [0],
    offsets: begins,
    targets: Uint32Array.from(targets.values.subarray(0, targets.length)),
    labels: Uint32Array.from(labels.values.subarray(0, targets.length)),
    labelNames: fairness.names,
    constraints: fairness.constraints,
    incomplete: incompleteStates(machine, vectors, offsets.length),
    reductions: unsoundReductions(machine),
  };
  return { graph, vectors, truncated };
}
