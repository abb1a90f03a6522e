import { actionsOf, type Engine } from "@eunomia/engine";
import { AcceptorConfig, AcceptorState, type AcceptorTypes, GoldenMessage, Nothing } from "./types.ts";

const on = actionsOf<AcceptorTypes>();

/** Promises the ballots of proposers and votes in those that it has not promised to leave. Nothing is durable. */
export const goldenAcceptor: Engine<AcceptorTypes> = {
  name: "golden acceptor",
  schema: {
    config: AcceptorConfig,
    state: AcceptorState,
    command: Nothing,
    message: GoldenMessage,
    record: Nothing,
    output: Nothing,
    timers: [],
  },
  self: ({ self }) => self,
  init: () => ({ promised: -1, votedBallot: -1, votedValue: -1 }),
  actions: [
    on.message(
      "prepare",
      "promise",
      (_config, { promised }, { ballot }, proposer) => (ballot > promised ? { ballot, proposer } : null),
      (_config, state, { ballot, proposer }, out) => {
        const { votedBallot, votedValue } = state;
        state.promised = ballot;
        out.send([proposer], { kind: "promise", ballot, votedBallot, votedValue });
      },
    ),
    on.message(
      "accept",
      "accept",
      (_config, { promised }, { ballot, value }) => (ballot >= promised ? { ballot, value } : null),
      ({ learner }, state, { ballot, value }, out) => {
        state.promised = ballot;
        state.votedBallot = ballot;
        state.votedValue = value;
        out.send([learner], { kind: "accepted", ballot, value });
      },
    ),
  ],
  compact: () => [],
  observe: (_config, state) => state,
  inert: (_config, { promised }, message) =>
    (message.kind === "prepare" && message.ballot <= promised) ||
    (message.kind === "accept" && message.ballot < promised),
  fairness: { promise: "weak", accept: "weak" },
};
