import { processOf, type ScenarioCommand, ScriptError, worldOf } from "../environment.ts";

/** Lets an armed timer of a process fire; the only one, if no name is given. */
export const timeout: ScenarioCommand = {
  name: "timeout",
  usage: "timeout <process> [timer]",
  run: (stage, [name, wanted]) => {
    const world = worldOf(stage);
    const process = processOf(world, name);
    const armed = [...world.all[process]!.timers.keys()];
    const timer = wanted ?? (armed.length === 1 ? armed[0]! : null);
    if (timer === null || !armed.includes(timer))
      throw new ScriptError(`armed are: ${armed.join(", ") || "none"}`);
    world.apply({ kind: "timer", process, timer });
  },
};
