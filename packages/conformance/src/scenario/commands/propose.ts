import { processOf, type ScenarioCommand, ScriptError, worldOf } from "../environment.ts";

/** Gives commands to a process. */
export const propose: ScenarioCommand = {
  name: "propose",
  usage: "propose <process> <words of the environment>",
  run: (stage, [name, ...words]) => {
    const world = worldOf(stage);
    const process = processOf(world, name);
    if (!world.isLive(name!)) throw new ScriptError(`${name} is down`);
    world.command(process, stage.environment.commands(words, name!));
  },
};
