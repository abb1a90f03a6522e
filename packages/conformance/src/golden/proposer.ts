import { emptyMap, mapHas, mapSet } from "@eunomia/codec";
import { actionsOf, type Engine } from "@eunomia/engine";
import { GoldenMessage, Nothing, ProposerConfig, ProposerState, type ProposerTypes } from "./types.ts";

const on = actionsOf<ProposerTypes>();

type Promises = ProposerTypes["State"]["promises"];

/** The value of the highest vote that was reported; without any, the proposer's own. */
function choose(ballot: number, promises: Promises): number {
  let best = { votedBallot: -1, votedValue: ballot % 2 };
  for (const vote of promises.values) if (vote.votedBallot > best.votedBallot) best = vote;
  return best.votedValue;
}

/** Runs one ballot once, when it is told to begin. */
export const goldenProposer: Engine<ProposerTypes> = {
  name: "golden proposer",
  schema: {
    config: ProposerConfig,
    state: ProposerState,
    command: Nothing,
    message: GoldenMessage,
    record: Nothing,
    output: Nothing,
    timers: [],
  },
  self: ({ self }) => self,
  init: () => ({ phase: 0, promises: emptyMap() }),
  actions: [
    on.commands(
      "begin",
      (_config, { phase }) => (phase === 0 ? true : null),
      ({ ballot, acceptors }, state, _found, out) => {
        state.phase = 1;
        out.send(acceptors, { kind: "prepare", ballot });
      },
    ),
    on.message(
      "promise",
      "gather",
      ({ ballot }, { phase, promises }, message, from) =>
        phase === 1 && message.ballot === ballot && !mapHas(promises, from)
          ? { from, votedBallot: message.votedBallot, votedValue: message.votedValue }
          : null,
      ({ ballot, acceptors }, state, { from, votedBallot, votedValue }, out) => {
        mapSet(state.promises, from, { votedBallot, votedValue });
        if (state.promises.keys.length * 2 <= acceptors.length) return;
        const value = choose(ballot, state.promises);
        state.promises = emptyMap();
        state.phase = 2;
        out.send(acceptors, { kind: "accept", ballot, value });
      },
    ),
  ],
  compact: () => [],
  observe: (_config, { phase }) => phase,
  inert: (_config, { phase }, message) => message.kind === "promise" && phase === 2,
  fairness: { begin: "weak", gather: "weak" },
};
