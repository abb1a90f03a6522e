import { processOf, type ScenarioCommand, ScriptError, worldOf } from "../environment.ts";

/** Stops the node of a process: its memory and the effects that were held are lost. */
export const crash: ScenarioCommand = {
  name: "crash",
  usage: "crash <process>",
  run: (stage, [name]) => {
    const world = worldOf(stage);
    const { node } = world.all[processOf(world, name)]!;
    if (!world.apply({ kind: "crash", node })) throw new ScriptError(`${name} is down already`);
    world.nodes[node]!.held = false;
  },
};
