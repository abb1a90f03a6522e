import { processOf, type ScenarioCommand, ScriptError, worldOf } from "../environment.ts";

/** Lets effects of a held node leave, oldest first; all of them and no more holding, if no number is given. */
export const flush: ScenarioCommand = {
  name: "flush",
  usage: "flush <process> [n]",
  run: (stage, [name, count]) => {
    const world = worldOf(stage);
    const { node } = world.all[processOf(world, name)]!;
    const { queue } = world.nodes[node]!;
    if (queue.length === 0) throw new ScriptError(`nothing of ${name} is held`);
    world.release(node, count === undefined ? queue.length : Number(count));
    if (count === undefined) world.nodes[node]!.held = false;
  },
};
