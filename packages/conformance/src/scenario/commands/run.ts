import { type ScenarioCommand, ScriptError, worldOf } from "../environment.ts";
import { selectionOf } from "../selection.ts";

/** More than this and the processes never come to rest. */
const deliveriesMax = 10_000;

/** Delivers everything that fits, oldest first, until nothing is left; with `but`, everything that does not fit. */
export const run: ScenarioCommand = {
  name: "run",
  usage: "run [but] [from->to] [kind]",
  run: (stage, words) => {
    const world = worldOf(stage);
    const but = words[0] === "but";
    const { fits } = selectionOf(world, but ? words.slice(1) : words, Number.POSITIVE_INFINITY);
    for (let k = 0; k < deliveriesMax; k += 1) {
      const at = world.bag.findIndex((item) => fits(item) !== but);
      if (at < 0) return;
      world.message("deliver", at);
    }
    throw new ScriptError(`still sending after ${deliveriesMax} deliveries`);
  },
};
