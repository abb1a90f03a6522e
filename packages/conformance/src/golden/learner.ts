import { emptyMap, mapGet, mapSet, setAdd } from "@eunomia/codec";
import { actionsOf, type Engine } from "@eunomia/engine";
import { GoldenMessage, LearnerConfig, LearnerState, type LearnerTypes, Nothing } from "./types.ts";

const on = actionsOf<LearnerTypes>();

/** Decides what a majority accepted in one ballot, and remembers every vote. */
export const goldenLearner: Engine<LearnerTypes> = {
  name: "golden learner",
  schema: {
    config: LearnerConfig,
    state: LearnerState,
    command: Nothing,
    message: GoldenMessage,
    record: Nothing,
    output: Nothing,
    timers: [],
  },
  self: ({ self }) => self,
  init: () => ({ votes: emptyMap(), decided: [] }),
  actions: [
    on.message(
      "accepted",
      "learn",
      (_config, _state, { ballot, value }, from) => ({ ballot, value, from }),
      ({ acceptors }, state, { ballot, value, from }) => {
        const values = mapGet(state.votes, ballot) ?? emptyMap<number, string[]>();
        const voters = mapGet(values, value) ?? [];
        setAdd(voters, from);
        mapSet(values, value, voters);
        mapSet(state.votes, ballot, values);
        if (voters.length * 2 > acceptors.length) setAdd(state.decided, value);
      },
    ),
  ],
  compact: () => [],
  observe: (_config, { decided }) => decided,
  fairness: { learn: "weak" },
};
