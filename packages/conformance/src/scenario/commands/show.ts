import { processOf, type ScenarioCommand, worldOf } from "../environment.ts";

/** Prints the state of a process, of all, or the messages in flight. */
export const show: ScenarioCommand = {
  name: "show",
  usage: "show [process|messages]",
  run: (stage, [what]) => {
    const world = worldOf(stage);
    const { describe } = stage.environment;
    if (what === "messages") {
      for (const item of world.bag) {
        const from = world.processes[Math.floor(item.link / world.processes.length)];
        stage.lines.push(`${world.processes[item.to]} <- ${from} ${describe.message(item.message)}`);
      }
      return;
    }
    for (const at of what === undefined ? world.all.keys() : [processOf(world, what)]) {
      const { id, state } = world.all[at]!;
      stage.lines.push(`${id}: ${world.isLive(id) ? describe.state(state, id) : "down"}`);
    }
  },
};
