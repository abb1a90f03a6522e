import { CheckerError } from "./error.ts";
import type { StepLabel } from "./label.ts";
import { describeVector } from "./machine/describe.ts";
import { Machine } from "./machine/machine.ts";
import { anyText } from "./machine/plain.ts";
import type { Reduction } from "./machine/reduction.ts";
import { stepsFrom } from "./machine/steps.ts";
import type { Violation } from "./machine/views.ts";
import type { Model, View } from "./model.ts";

/**
 * One global state: small integers, one for each process and, where faults have budgets, one for the world. The numbers mean
 * something in their own space only.
 */
export type Vector = readonly number[];

/** One step that may be taken. */
export interface Successor {
  readonly label: StepLabel;
  readonly vector: Vector;
}

/** Waiting messages or commands that are equal. */
export interface Waiting {
  /** The id of the sender; for commands, the key. */
  readonly from: string;
  readonly message: unknown;
  readonly count: number;
}

/** All there is to know about one process in one global state. Plain data, a copy. */
export interface ProcessDescription {
  readonly process: string;
  readonly up: boolean;
  /** Why its engine is broken, if it is; then `state` is the last one before. */
  readonly fault: string | null;
  /** Null while the process is down. */
  readonly state: unknown;
  readonly observation: unknown;
  readonly history: unknown;
  /** What the network holds for it; for `fifo`, oldest first for each sender. */
  readonly inbox: readonly Waiting[];
  /** Commands from other processes of its node, oldest first for each sender. */
  readonly routed: readonly Waiting[];
  /** In ascending order of name. `left`: how often it may still fire. `delayMs`: of the last arming, if the model keeps delays. */
  readonly timers: readonly {
    readonly timer: string;
    readonly left: number;
    readonly delayMs: number | null;
  }[];
  readonly inputsLeft: readonly string[];
  /** Empty where the model has no crashes, or nothing comes back. */
  readonly records: readonly unknown[];
  /** Effects that have not left yet. */
  readonly pending: readonly unknown[];
}

/** One global state in full. */
export interface StateDescription {
  readonly processes: readonly ProcessDescription[];
  /** What is left; null: unlimited. */
  readonly budgets: {
    readonly crashes: number;
    readonly losses: number | null;
    readonly duplicates: number;
  };
}

/**
 * The states of a model and the steps between them, on demand: what the explorer, counterexamples and liveness are built on.
 * The order of successors is fixed: it does not depend on what was asked before.
 */
export interface Space {
  /** Keys, in the order of vectors. */
  readonly processes: readonly string[];
  readonly initial: Vector;
  successors(vector: Vector): readonly Successor[];
  describe(vector: Vector): StateDescription;
  view(vector: Vector): View;
  /** Null, or the first invariant that does not hold, with what is wrong. */
  violation(vector: Vector): Violation | null;
}

/**
 * Opens the space of a model.
 *
 * @throws CheckerError with code `model` or `option`, and with code `option` later for a vector of another space.
 * @example
 * const space = openSpace(model);
 * for (const { label, vector } of space.successors(space.initial)) show(describeStep(label), space.describe(vector));
 */
export function openSpace(model: Model, reductions: readonly Reduction[] = []): Space {
  return spaceOf(new Machine(model, reductions));
}

/** The space of a machine that may be at work elsewhere too. */
export function spaceOf(machine: Machine): Space {
  const viewOf = (vector: Vector) => machine.views.view(known(machine, vector), 0, machine.seen.values);
  return {
    processes: machine.plan.processes.map(({ key }) => key),
    initial: [...machine.initial],
    successors: (vector) =>
      stepsFrom(machine, known(machine, vector)).map((step) => ({
        label: step.label,
        vector: [...canonical(machine, step.vector)],
      })),
    describe: (vector) => describeVector(machine, known(machine, vector)),
    view: (vector) => machine.views.read(viewOf(vector)),
    violation: (vector) => machine.views.violation(viewOf(vector)),
  };
}

/** @throws CheckerError with code `option` for numbers that this space has never given. */
function known(machine: Machine, vector: Vector): Int32Array {
  const processes = machine.plan.processes.length;
  const fits = (cell: number, at: number): boolean => {
    if (!Number.isSafeInteger(cell) || cell < 0 || cell >= machine.cellCount) return false;
    const local = machine.localOf(cell);
    return at < processes ? local >= 0 && machine.parts.locals.value(local).process === at : local < 0;
  };
  if (!Array.isArray(vector) || vector.length !== machine.width || !vector.every(fits))
    throw new CheckerError(
      "option",
      `"vector" expected one that this space has given, got ${anyText(vector)}; open a space once, and keep to its vectors`,
    );
  return Int32Array.from(vector);
}

/** The representative of a vector, in place; without reductions the vector itself. */
function canonical(machine: Machine, vector: Int32Array): Int32Array {
  for (const { at } of machine.reductions) at.canonical?.(vector);
  return vector;
}
