import { utf8Decode, utf8Encode } from "@eunomia/codec";
import type { ScenarioEnvironment, ScheduleProcess } from "@eunomia/conformance";
import {
  learnerConfig,
  learnerEngine,
  memberConfig,
  memberEngine,
  type TwoThirdsMessage,
} from "../src/index.ts";
import { type EngineOf, outputText, recordText, text } from "./rig.ts";

// biome-ignore lint/suspicious/noExplicitAny: states and outputs of two engines
type Any = any;

const pairs = ({ keys, values }: Any, of: (value: Any) => string): string =>
  keys.map((key: number | string, i: number) => `${key}=${of(values[i])}`).join(" ") || "nothing";

function slotText({ round, est, votes, decided }: Any): string {
  if (decided !== null) return `decided ${utf8Decode(decided)}`;
  const heard = pairs(votes, (round) => `(${pairs(round, ({ value }) => utf8Decode(value))})`);
  return `round ${round} ${est === null ? "without a vote" : `for ${utf8Decode(est)}`}, heard ${heard}`;
}

function stateText(state: Any): string {
  if ("slots" in state)
    return (
      state.slots.keys
        .map((slot: number, i: number) => `slot ${slot} ${slotText(state.slots.values[i])}`)
        .join("; ") || "nothing"
    );
  return `decided ${pairs(state.decided, ({ value }) => utf8Decode(value))}`;
}

/**
 * Members p0 to p3 (f = 1, T = E = 3), with grace; ties go to the smallest value. Words of `cluster`: the learners. Words of
 * `propose`: `1=a`.
 */
export const twoThirdsScenarios = (engineOf: EngineOf = memberEngine): ScenarioEnvironment => ({
  cluster: (learners) => {
    const members = ["p0", "p1", "p2", "p3"];
    const processes: Record<string, ScheduleProcess> = {};
    for (const self of members) {
      const config = memberConfig({ self, members, learners, order: "bytes", headMs: 0 });
      processes[self] = { engine: engineOf(config), config };
    }
    for (const self of learners) {
      const config = learnerConfig({ self, members });
      processes[self] = { engine: learnerEngine(config), config };
    }
    return processes;
  },
  commands: (words) =>
    words.map((word) => {
      const [slot, value = ""] = word.split("=");
      return { kind: "propose", slot: Number(slot), value: utf8Encode(value) };
    }),
  describe: {
    message: (message) => text(message as TwoThirdsMessage),
    command: (command) => text(command as TwoThirdsMessage),
    record: (record) => recordText(record as Any),
    output: (output) => ((output as Any).kind === "duty" ? "duty anybody" : outputText(output as Any)),
    state: stateText,
  },
});
