import type { AnyEngine } from "@eunomia/engine";
import { CheckerError } from "../error.ts";
import type { History, Model, ModelProcess } from "../model.ts";
import { ask } from "./ask.ts";
import { anyText } from "./plain.ts";
import { mustHaveShape } from "./shape.ts";

/** One process of a model, checked and numbered. */
export interface PlannedProcess {
  readonly key: string;
  readonly index: number;
  readonly id: string;
  readonly engine: AnyEngine;
  readonly config: unknown;
  /** Positions of all processes of its node, itself included, ascending. */
  readonly node: readonly number[];
  /** `after` is a bit set over the inputs. */
  readonly inputs: readonly { name: string; commands: readonly unknown[]; after: number }[];
  /** In ascending order of name; every timer of the engine. */
  readonly timers: readonly string[];
  readonly budgets: readonly number[];
  readonly history: History | null;
}

/** A model with everything resolved that can be resolved before the first step. */
export interface Plan {
  readonly model: Model;
  readonly processes: readonly PlannedProcess[];
  readonly byId: ReadonlyMap<string, readonly number[]>;
  readonly byKey: ReadonlyMap<string, number>;
  readonly crashes: number;
  readonly recover: boolean;
  readonly split: boolean;
  /** Budgets of the world; null: unlimited. */
  readonly losses: number | null;
  readonly duplicates: number;
  /** Is there a component for what is left of the budgets? */
  readonly hasWorld: boolean;
}

/** Bit sets are numbers. */
const inputsMax = 30;
/** Budgets of the world are numbered together. */
export const budgetMax = 4095;
/** A cell word each; more is a mistake long before it is a limit. */
const processesMax = 64;

function refuse(what: string): never {
  throw new CheckerError("model", what);
}

function count(what: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0 || value > budgetMax)
    refuse(
      `"${what}" expected an integer from 0 to ${budgetMax}, got ${anyText(value)}; say how often it may happen`,
    );
  return value;
}

function planInputs(key: string, { inputs = {} }: ModelProcess): PlannedProcess["inputs"] {
  const names = Object.keys(inputs);
  if (names.length > inputsMax)
    refuse(
      `"${key}.inputs" expected at most ${inputsMax}, got ${names.length}; give several commands at once`,
    );
  return names.map((name) => {
    const { commands, after = [] } = inputs[name]!;
    let mask = 0;
    for (const other of after) {
      const at = names.indexOf(other);
      if (at < 0 || other === name)
        refuse(`"${key}.inputs.${name}.after" expected other inputs of ${key}, got "${other}"`);
      mask |= 1 << at;
    }
    return { name, commands, after: mask };
  });
}

function planTimers(key: string, { engine, timers = {} }: ModelProcess): [string[], number[]] {
  const known = [...engine.schema.timers].sort() as string[];
  for (const name of Object.keys(timers))
    if (!known.includes(name))
      refuse(`"${key}.timers" expected timers of "${engine.name}" (${known.join(", ")}), got "${name}"`);
  return [known, known.map((name) => count(`${key}.timers.${name}`, timers[name] ?? 0))];
}

function planProcesses(model: Model): PlannedProcess[] {
  const keys = Object.keys(model.processes);
  if (keys.length === 0 || keys.length > processesMax)
    refuse(`"processes" expected 1 to ${processesMax}, got ${keys.length}`);
  const nodeOf = (key: string) => model.processes[key]!.node ?? `process ${key}`;
  return keys.map((key, index) => {
    const process = model.processes[key]!;
    const { engine, config, id = key, history = null } = process;
    const own = ask(
      `"self" of the engine "${engine.name}"`,
      () => anyText(config),
      () => engine.self(config),
    );
    if (own !== id)
      refuse(
        `"${key}" expected the id "${id}", but its engine calls itself "${own}"; give "id", or another config`,
      );
    const [timers, budgets] = planTimers(key, process);
    const node = keys.flatMap((other, at) => (nodeOf(other) === nodeOf(key) ? [at] : []));
    return {
      key,
      index,
      id,
      engine,
      config,
      node,
      inputs: planInputs(key, process),
      timers,
      budgets,
      history,
    };
  });
}

/**
 * Resolves and checks a model.
 *
 * @throws CheckerError with code `model`.
 */
export function planOf(model: Model): Plan {
  mustHaveShape(model);
  const processes = planProcesses(model);
  const { order, loss = 0, duplicates = 0 } = model.network;
  const { crashes = 0, recover = false, splitFlush = false } = model.faults ?? {};
  if (order !== "bag" && order !== "fifo" && order !== "soup")
    refuse(`"network.order" expected bag, fifo or soup, got ${JSON.stringify(order)}`);
  if (order === "soup" && (loss !== 0 || duplicates !== 0))
    refuse('"network" expected no "loss" and no "duplicates" for a soup: they are free there');
  count("faults.crashes", crashes);
  count("network.duplicates", duplicates);
  const losses = loss === true ? null : count("network.loss", loss);
  const names = [...model.invariants, ...model.witnesses].map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) refuse(`expected distinct names of properties, got "${twice}" twice`);
  const byId = new Map<string, number[]>();
  for (const { id, index } of processes) byId.set(id, [...(byId.get(id) ?? []), index]);
  return {
    model,
    processes,
    byId,
    byKey: new Map(processes.map(({ key, index }) => [key, index])),
    crashes,
    recover: recover && crashes > 0,
    split: splitFlush && crashes > 0,
    losses,
    duplicates,
    hasWorld: crashes > 0 || (losses ?? 0) > 0 || duplicates > 0,
  };
}
