import { type ScenarioCommand, worldOf } from "../environment.ts";
import { forSelected, selectionOf } from "../selection.ts";

/** Delivers messages that are in flight, oldest first; one, if no number is given. */
export const deliver: ScenarioCommand = {
  name: "deliver",
  usage: "deliver [n|all] [from->to] [kind]",
  run: (stage, words) => {
    const world = worldOf(stage);
    forSelected(world, selectionOf(world, words, 1), (at) => world.message("deliver", at));
  },
};
