import type { Machine } from "../machine/machine.ts";
import type { Move } from "../machine/moves.ts";
import type { FairnessConstraint } from "./graph.ts";

/** Whether what comes from outside comes in the end. */
export type Inputs = "may" | "must";

interface Group {
  readonly name: string;
  readonly kind: "weak" | "strong";
  readonly labels: Set<number>;
}

/**
 * Numbers for the kinds of steps of a model, and the fairness that a model has unless said otherwise:
 *
 * - each action of each process as its engine says, weak or strong;
 * - delivery: weak for each message (for each channel where the network is `fifo`), strong where any number may be lost;
 * - commands between processes of a node, and effects on their way out: weak;
 * - nothing for losses, duplicates, crashes and restarts; for inputs only if they must come.
 */
export class DefaultFairness {
  readonly #machine: Machine;
  readonly #inputs: Inputs;
  readonly #labels = new Map<string, number>();
  readonly #groups = new Map<string, Group>();
  /** The constraints as they were when there were so many labels. */
  #shown: { readonly of: number; readonly constraints: readonly FairnessConstraint[] } = {
    of: 0,
    constraints: [],
  };
  readonly names: string[] = [];

  constructor(machine: Machine, inputs: Inputs) {
    this.#machine = machine;
    this.#inputs = inputs;
  }

  /** In the order in which a step of them was met first. */
  get constraints(): readonly FairnessConstraint[] {
    if (this.#shown.of !== this.names.length) {
      const groups = [...this.#groups.values()];
      const constraints = groups.map(({ name, kind, labels }) => ({ name, kind, labels: [...labels] }));
      this.#shown = { of: this.names.length, constraints };
    }
    return this.#shown.constraints;
  }

  /** The label of a move of a component: the same for moves that no constraint tells apart. */
  labelOf(component: number, move: Move): number {
    const fired = move.ran?.outcome.fired.map(({ action }) => action) ?? [];
    const key = `${component} ${move.kind} ${move.ran?.event.key ?? move.what} ${fired.join()}`;
    let label = this.#labels.get(key);
    if (label === undefined) {
      label = this.names.length;
      this.#labels.set(key, label);
      const what = fired.length > 0 ? fired.join(", ") : move.ran === null ? move.what : "ignored";
      this.names.push(`${this.#key(component)} ${move.kind} ${what}`);
      this.#joinGroups(label, component, move, fired);
    }
    return label;
  }

  #key(component: number): string {
    return this.#machine.plan.processes[component]!.key;
  }

  #joinGroups(label: number, component: number, move: Move, fired: readonly string[]): void {
    const key = this.#key(component);
    const { kind, ran, what } = move;
    if (kind === "deliver") this.#joinDelivery(label, component, move);
    if (kind === "route") this.#join(label, `commands from ${what} to ${key}`, "weak");
    if (kind === "flush") this.#join(label, `effects of ${key}`, "weak");
    const forced = kind !== "recover" && (kind !== "input" || this.#inputs === "must");
    if (ran === null || !forced) return;
    if (kind === "input") this.#join(label, `input ${what} of ${key}`, "weak");
    const { fairness } = this.#machine.plan.processes[component]!.engine;
    for (const action of fired) {
      const how = fairness[action];
      if (how === "weak" || how === "strong") this.#join(label, `${key}: ${action}`, how);
    }
  }

  #joinDelivery(label: number, component: number, { ran }: Move): void {
    const { plan } = this.#machine;
    const event = ran!.event.make();
    if (event.kind !== "message") return;
    const channel = `from ${event.from} to ${this.#key(component)}`;
    const how = plan.losses === null ? "strong" : "weak";
    if (plan.model.network.order === "fifo") this.#join(label, `delivery ${channel}`, how);
    else this.#join(label, `delivery of ${event.message.kind} (${ran!.event.key}) ${channel}`, how);
  }

  #join(label: number, name: string, kind: "weak" | "strong"): void {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = { name, kind, labels: new Set() };
      this.#groups.set(name, group);
    }
    group.labels.add(label);
  }
}
