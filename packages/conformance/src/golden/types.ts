import {
  doc,
  type Infer,
  id,
  int,
  list,
  nat,
  nil,
  record,
  sortedMap,
  sortedSet,
  variant,
} from "@eunomia/codec";

// The actor form of single-decree Paxos that other checkers have counted too. It is here to count states, not to be used.

const AcceptorId = id("acceptor");
const ProposerId = id("proposer");
const LearnerId = id("learner");
const Ballot = doc(nat(), "Also the name of its proposer.");
const Value = nat();
const MaybeBallot = doc(int(-1), "-1: none.");

export const GoldenMessage = variant({
  prepare: doc(record({ ballot: Ballot }), "P(b)"),
  promise: doc(record({ ballot: Ballot, votedBallot: MaybeBallot, votedValue: int(-1) }), "R(a, b, vb, vv)"),
  accept: doc(record({ ballot: Ballot, value: Value }), "A(b, v)"),
  accepted: doc(record({ ballot: Ballot, value: Value }), "D(a, b, v)"),
});
export type GoldenMessage = Infer<typeof GoldenMessage>;

export const AcceptorConfig = record({ self: AcceptorId, learner: LearnerId });
export const AcceptorState = record({
  promised: MaybeBallot,
  votedBallot: MaybeBallot,
  votedValue: int(-1),
});

export const ProposerConfig = record({ self: ProposerId, ballot: Ballot, acceptors: list(AcceptorId) });
export const ProposerState = record({
  phase: doc(nat(), "0: not begun, 1: waits for promises, 2: has asked for acceptance."),
  promises: doc(
    sortedMap(AcceptorId, record({ votedBallot: MaybeBallot, votedValue: int(-1) })),
    "Empty outside phase 1.",
  ),
});

export const LearnerConfig = record({ self: LearnerId, acceptors: list(AcceptorId) });
export const LearnerState = record({
  votes: doc(
    sortedMap(Ballot, sortedMap(Value, sortedSet(AcceptorId))),
    "Who accepted what in which ballot.",
  ),
  decided: sortedSet(Value),
});

export const Nothing = nil();

interface Common {
  Message: GoldenMessage;
  Timer: never;
  Record: null;
  Output: null;
  Command: null;
}

export interface AcceptorTypes extends Common {
  Config: Infer<typeof AcceptorConfig>;
  State: Infer<typeof AcceptorState>;
}

export interface ProposerTypes extends Common {
  Config: Infer<typeof ProposerConfig>;
  State: Infer<typeof ProposerState>;
}

export interface LearnerTypes extends Common {
  Config: Infer<typeof LearnerConfig>;
  State: Infer<typeof LearnerState>;
}
