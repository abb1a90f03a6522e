import type { Model, ProcessDescription, StateDescription, StepLabel } from "@eunomia/checker";
import type { AnyEngine } from "@eunomia/engine";
import { changesBetween, inline, treeOf } from "../story/tree.ts";
import type { FiredAction, Lane, RawStep, Sent, Tree } from "../story/types.ts";
import type { Snapshot } from "./messages.ts";

/** Reads what a model's engines and the checker say as trees and names of processes. */
export class Reading {
  readonly lanes: readonly Lane[];
  readonly #model: Model;
  /** By id: messages come from ids, and the first of several twins stands for all. */
  readonly #lanes = new Map<string, string>();

  constructor(model: Model) {
    this.#model = model;
    const entries = Object.entries(model.processes);
    this.lanes = entries.map(([id, { engine, node = id }]) => ({ id, engine: engine.name, node }));
    for (const [key, { id = key }] of entries) if (!this.#lanes.has(id)) this.#lanes.set(id, key);
  }

  engineOf(process: string): AnyEngine {
    return this.#model.processes[process]!.engine;
  }

  laneOf(id: string): string {
    return this.#lanes.get(id) ?? id;
  }

  fired(label: StepLabel): readonly FiredAction[] {
    return label.fired.map(({ action, found }) => ({ action, found: treeOf(found) }));
  }

  sends({ sends, process }: StepLabel): readonly Sent[] {
    const { form } = this.engineOf(process).schema.message;
    return sends.map(({ to, message }) => ({ to, message: treeOf(message, form) }));
  }

  outputs(label: StepLabel): readonly Tree[] {
    const { form } = this.engineOf(label.process).schema.output;
    return label.outputs.map((output) => treeOf(output, form));
  }

  /** The message that was delivered, lost or doubled. */
  message({ event, process }: StepLabel): RawStep["message"] {
    if (event?.kind !== "message") return undefined;
    const { form } = this.engineOf(process).schema.message;
    return { from: this.laneOf(event.from), message: treeOf(event.message, form) };
  }

  step(label: StepLabel, before: StateDescription, after: StateDescription): RawStep {
    const { process, kind, what } = label;
    const message = this.message(label);
    const [old, now] = [processOf(before, process), processOf(after, process)];
    return {
      kind,
      process,
      fired: this.fired(label),
      ...(message === undefined ? {} : { message }),
      ...(what === "" ? {} : { detail: what }),
      sends: this.sends(label),
      outputs: this.outputs(label),
      persists: label.records.length,
      pending: now.pending.length,
      changes: changesBetween(process, this.stateTree(old), this.stateTree(now)),
    };
  }

  stateTree({ process, state }: ProcessDescription): Tree {
    return treeOf(state, this.engineOf(process).schema.state.form);
  }

  snapshot(seen: ProcessDescription): Snapshot {
    const { engine, config } = this.#model.processes[seen.process]!;
    const { schema, phase } = engine;
    return {
      process: seen.process,
      up: seen.up,
      fault: seen.fault,
      phase: seen.up ? (phase?.(config, seen.state as object) ?? null) : null,
      state: this.stateTree(seen),
      observation: treeOf(seen.observation),
      history: treeOf(seen.history),
      inbox: [...seen.inbox, ...seen.routed].map(({ from, message, count }) => ({
        from: this.laneOf(from),
        message: treeOf(message, seen.inbox.length > 0 ? schema.message.form : undefined),
        count,
      })),
      timers: seen.timers.map(({ timer, left }) => `${timer}, may fire ${left} more times`),
      durable: seen.records.map((each) => treeOf(each, schema.record.form)),
      pending: seen.pending.map((each) => inline(treeOf(each))),
    };
  }
}

const processOf = (state: StateDescription, process: string): ProcessDescription =>
  state.processes.find((each) => each.process === process)!;
