import { processOf, type ScenarioCommand, worldOf } from "../environment.ts";

/** From now on the effects of the node of a process leave only by `flush`: the disk is slow. */
export const hold: ScenarioCommand = {
  name: "hold",
  usage: "hold <process>",
  run: (stage, [name]) => {
    const world = worldOf(stage);
    world.nodes[world.all[processOf(world, name)]!.node]!.held = true;
  },
};
