import { utf8Decode, utf8Encode } from "@eunomia/codec";
import type { ScenarioEnvironment, ScheduleProcess } from "@eunomia/conformance";
import {
  byzantineLearnerConfig,
  byzantineLearnerEngine,
  byzantineMemberConfig,
} from "../../src/byzantine.ts";
import type { EngineOf } from "./adapter.ts";
import { honest, outputText, recordText, text } from "./rig.ts";
import { sealsOf } from "./seals.ts";

// biome-ignore lint/suspicious/noExplicitAny: states and outputs of two engines
type Any = any;

function slotText({ round, voted, est, statuses, decided }: Any): string {
  if (decided !== null) return `decided ${utf8Decode(decided.value)}`;
  const said = statuses.keys.map((member: string, i: number) => `${member}=${statuses.values[i].round}`);
  const vote = voted === -1 ? "no vote" : `voted for ${utf8Decode(est)} in ${voted}`;
  return `round ${round}, ${vote}, statuses ${said.join(" ") || "none"}`;
}

function stateText(state: Any): string {
  const { keys, values } = "slots" in state ? state.slots : state.decided;
  const of = "slots" in state ? slotText : (value: Uint8Array) => `decided ${utf8Decode(value)}`;
  return keys.map((slot: number, i: number) => `slot ${slot} ${of(values[i])}`).join("; ") || "nothing";
}

/**
 * Members p0 to p5 (f = 1, q = 5, L = 3); the smallest value is the smallest text. Words of `cluster`: the learners, and members
 * that are not there, such as `-p5`. Words of `propose`: `1=a`.
 */
export const byzantineScenarios = (engineOf: EngineOf = honest): ScenarioEnvironment => ({
  cluster: (words) => {
    const members = ["p0", "p1", "p2", "p3", "p4", "p5"];
    const learners = words.filter((word) => !word.startsWith("-"));
    const context = "scenario/0";
    const processes: Record<string, ScheduleProcess> = {};
    for (const self of members.filter((member) => !words.includes(`-${member}`))) {
      const config = byzantineMemberConfig({
        self,
        context,
        members,
        learners,
        order: "bytes",
        headMs: 0,
        relay: "lazy",
      });
      processes[self] = { engine: engineOf(config), config };
    }
    for (const self of learners) {
      const config = byzantineLearnerConfig({ self, context, members });
      processes[self] = { engine: byzantineLearnerEngine(config, sealsOf(self)), config };
    }
    return processes;
  },
  commands: (words) =>
    words.map((word) => {
      const [slot, value = ""] = word.split("=");
      return { kind: "propose", slot: Number(slot), value: utf8Encode(value) };
    }),
  describe: {
    message: (message) => text(message as Any),
    command: (command) => text(command as Any),
    record: (record) => recordText(record as Any),
    output: (output) => ((output as Any).kind === "duty" ? "duty anybody" : outputText(output as Any)),
    state: stateText,
  },
});
