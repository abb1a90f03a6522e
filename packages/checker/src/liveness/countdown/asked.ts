import { CheckerError } from "../../error.ts";
import type { Machine } from "../../machine/machine.ts";
import { anyText } from "../../machine/plain.ts";
import { positive } from "../../search/options.ts";
import { mustBeFunction, mustKnowNames } from "../asked.ts";
import type { CountdownGoal, CountdownOptions } from "./types.ts";

function refuse(what: string): never {
  throw new CheckerError("option", what);
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/**
 * Refuses what is no goal, or no options, whatever the model.
 *
 * @throws CheckerError with code `option`.
 */
export function mustBeCountdown(goal: CountdownGoal, options: CountdownOptions): void {
  mustKnowNames("goal", goal, ["name", "process", "reached"]);
  for (const name of ["name", "process"] as const)
    if (!isText(goal[name])) refuse(`"${name}" of the goal expected a text, got ${anyText(goal[name])}`);
  mustBeFunction("reached", goal.reached, "say when the goal is there");
  mustKnowNames("options", options, [
    "cores",
    "inputs",
    "timersLeft",
    "within",
    "starts",
    "memory",
    "states",
    "liveStates",
  ]);
  const { cores, inputs = true, timersLeft = "full", within, starts, liveStates = 1 } = options;
  if (!Array.isArray(cores) || !cores.every((core) => Array.isArray(core)))
    refuse(`"cores" expected a list of lists of keys, got ${anyText(cores)}`);
  if (typeof inputs !== "boolean") refuse(`"inputs" expected true or false, got ${anyText(inputs)}`);
  if (timersLeft !== "full" && timersLeft !== "any")
    refuse(`"timersLeft" expected full or any, got ${anyText(timersLeft)}`);
  if (within !== undefined) mustBeFunction("within", within, "leave it out to follow every state");
  if (starts !== undefined && typeof starts?.[Symbol.iterator] !== "function")
    refuse(`"starts" expected states that can be gone through, got ${anyText(starts)}`);
  if (starts !== undefined && within !== undefined)
    refuse('"within" expected no "starts": states that are given are not followed; leave one of them out');
  positive("liveStates", liveStates);
}

/**
 * The cores as components of the machine, ascending.
 *
 * @throws CheckerError with code `option`.
 */
export function coresOf(
  { plan }: Machine,
  goal: CountdownGoal,
  cores: CountdownOptions["cores"],
): number[][] {
  const { byKey } = plan;
  const keys = [...byKey.keys()].join(", ");
  if (!byKey.has(goal.process))
    refuse(`"process" of the goal expected a key of the model (${keys}), got ${anyText(goal.process)}`);
  if (cores.length === 0) refuse('"cores" expected at least one set of keys, got none');
  return cores.map((core) => {
    const unknown = core.find((key) => !byKey.has(key));
    if (unknown !== undefined || core.includes(undefined as never))
      refuse(`"cores" expected keys of the model (${keys}), got ${anyText(unknown)}`);
    if (!core.includes(goal.process))
      refuse(
        `"cores" expected "${goal.process}", which is to reach the goal, in each, got ${core.join(", ")}`,
      );
    return [...new Set(core)].map((key) => byKey.get(key)!).sort((a, b) => a - b);
  });
}

/**
 * Refuses a model that forgets by which delay a timer was armed: all timers would fire in one period.
 *
 * @throws CheckerError with code `model`.
 */
export function mustTellTimersApart({ plan }: Machine): void {
  const armed = plan.processes.find(({ timers }) => timers.length > 0);
  if (armed !== undefined && plan.model.delays !== "keep")
    throw new CheckerError(
      "model",
      `"delays" expected keep for a countdown, since ${armed.key} has timers, got ${anyText(plan.model.delays)}`,
    );
}
