import { encode } from "@eunomia/codec";
import { CheckerError } from "../../error.ts";
import type { Machine } from "../../machine/machine.ts";
import { anyText, textOf } from "../../machine/plain.ts";
import { budgetMax, type PlannedProcess } from "../../machine/plan.ts";
import type { ProcessDescription, StateDescription, Waiting } from "../../space.ts";

/**
 * States that come from elsewhere, such as a simulation, as vectors of a machine: the inverse of `describe`, for everything
 * that matters after stabilisation. Budgets of timers that are not armed are full.
 */
export class GivenStates {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** @throws CheckerError with code `option` for a state of other processes, or of other engines. */
  vector(state: StateDescription): Int32Array {
    const { plan, width } = this.#machine;
    const vector = new Int32Array(width);
    if (!Array.isArray(state?.processes) || typeof state.budgets !== "object")
      throw new CheckerError(
        "option",
        `"starts" expected states as "describe" of a space gives them, got ${anyText(state)}`,
      );
    for (const process of plan.processes) {
      const given = state.processes.find((one) => one.process === process.key);
      if (given === undefined)
        throw new CheckerError(
          "option",
          `"starts" expected a state of every process, got none of "${process.key}"`,
        );
      try {
        vector[process.index] = this.#cell(process, given);
      } catch (error) {
        const what = error instanceof Error ? error.message : String(error);
        throw new CheckerError(
          "option",
          `"starts" expected states of the model's engines; "${process.key}": ${what}`,
        );
      }
    }
    if (plan.hasWorld) {
      const { crashes, losses, duplicates } = state.budgets;
      const left = [crashes, losses ?? 0, duplicates];
      if (!left.every((one) => Number.isSafeInteger(one) && one >= 0 && one <= budgetMax))
        throw new CheckerError(
          "option",
          `"starts" expected budgets from 0 to ${budgetMax}, got ${anyText(state.budgets)}`,
        );
      vector[width - 1] = this.#machine.world(left);
    }
    return vector;
  }

  #cell(process: PlannedProcess, given: ProcessDescription): number {
    const { index, engine, timers, inputs, budgets, history } = process;
    const { locals, words, evaluators, inboxes } = this.#machine.parts;
    if (given.pending.length > 0)
      throw new TypeError('"pending" expected to be empty: let effects leave first');
    const { schema } = engine;
    const strange =
      given.timers.find(({ timer }) => !timers.includes(timer))?.timer ??
      given.inputsLeft.find((input) => !inputs.some(({ name }) => name === input));
    if (strange !== undefined) throw new TypeError(`neither a timer nor an input is called "${strange}"`);
    const armed = given.timers.map(({ timer, delayMs }) => [timers.indexOf(timer), delayMs ?? 0] as const);
    const inputsLeft = inputs.map(({ name }, at) => (given.inputsLeft.includes(name) ? 0 : 1 << at));
    const local = locals.id({
      process: index,
      fault: given.fault,
      state: given.up ? evaluators[index]!.states.id(textOf(encode(schema.state, given.state))) : -1,
      armed: armed.sort(([a], [b]) => a - b).flat(),
      left: budgets,
      given: inputsLeft.reduce((bits, bit) => bits | bit, 0),
      records: given.records.map((record) => words.records.id(textOf(encode(schema.record, record)))),
      pending: [],
      history: history === null ? -1 : words.histories.id(textOf(encode(history.schema, given.history))),
      routed: given.routed.flatMap((waiting) => repeated(waiting, this.#command(index, waiting))),
    });
    const messages = given.inbox.flatMap((waiting) => repeated(waiting, this.#message(waiting)));
    return this.#machine.cell(
      local,
      messages.reduce((inbox, message) => inboxes.add(inbox, message), 0),
    );
  }

  #command(to: number, { from, message }: Waiting): number {
    const sender = this.#machine.plan.byKey.get(from);
    if (sender === undefined) throw new TypeError(`a command of "${from}", which no process is called`);
    return this.#machine.parts.words.command(sender, to, message);
  }

  #message({ from, message }: Waiting): number {
    const { plan, words } = this.#machine.parts;
    const sender = plan.byId.get(from)?.[0];
    if (sender === undefined) throw new TypeError(`a message of "${from}", which no process is called`);
    return words.message(sender, textOf(encode(plan.processes[sender]!.engine.schema.message, message)));
  }
}

function repeated({ count }: Waiting, what: number): number[] {
  return Array.from({ length: count }, () => what);
}
