import { type ScenarioCommand, worldOf } from "../environment.ts";
import { forSelected, selectionOf } from "../selection.ts";

/** Loses messages that are in flight; all that fit, if no number is given. */
export const drop: ScenarioCommand = {
  name: "drop",
  usage: "drop [n|all] [from->to] [kind]",
  run: (stage, words) => {
    const world = worldOf(stage);
    forSelected(world, selectionOf(world, words, Number.POSITIVE_INFINITY), (at) =>
      world.message("lose", at),
    );
  },
};
