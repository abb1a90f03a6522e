import { processOf, type ScenarioCommand, ScriptError, worldOf } from "../environment.ts";

/** Starts the node of a process from its durable records. */
export const restart: ScenarioCommand = {
  name: "restart",
  usage: "restart <process>",
  run: (stage, [name]) => {
    const world = worldOf(stage);
    const { node } = world.all[processOf(world, name)]!;
    if (!world.apply({ kind: "restart", node })) throw new ScriptError(`${name} is up`);
  },
};
