import { type ScenarioCommand, worldOf } from "../environment.ts";
import { forSelected, selectionOf } from "../selection.ts";

/** Puts a copy of messages behind everything in flight; of the oldest one, if no number is given. */
export const duplicate: ScenarioCommand = {
  name: "duplicate",
  usage: "duplicate [n|all] [from->to] [kind]",
  run: (stage, words) => {
    const world = worldOf(stage);
    forSelected(world, selectionOf(world, words, 1), (at) => world.message("duplicate", at));
  },
};
