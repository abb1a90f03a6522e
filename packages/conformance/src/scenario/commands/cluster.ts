import { newCounts } from "../../schedule/parts.ts";
import { World } from "../../schedule/world.ts";
import { SeededRandom } from "../../support/random.ts";
import type { ScenarioCommand } from "../environment.ts";

/** Begins a new cluster; what the words mean is the environment's business. */
export const cluster: ScenarioCommand = {
  name: "cluster",
  usage: "cluster <words of the environment>",
  run: (stage, words) => {
    const { environment, lines } = stage;
    const { describe } = environment;
    stage.world = new World(
      {
        engines: environment.cluster(words),
        inputs: [],
        seeds: { count: 1 },
        faults: { partialFlush: false },
        properties: [],
        describe: describe.message,
        ...(describe.command && { describeCommand: describe.command }),
        ...(describe.record && { describeRecord: describe.record }),
        ...(describe.output && { describeOutput: describe.output }),
      },
      new SeededRandom(1),
      newCounts(),
      lines,
    );
  },
};
