import type { ConsensusEvent, FaultKind } from "../event.ts";
import type { ConsensusMonitorOptions } from "./options.ts";

const of =
  (kind: "propose" | "decide") =>
  (at: number, who: string, slot: number, value: string, epoch = 0): ConsensusEvent => ({
    kind,
    at,
    who,
    epoch,
    slot,
    value,
  });
const propose = of("propose");
const decide = of("decide");
const undecided = (at: number, who: string, slot: number): ConsensusEvent => ({
  kind: "undecided",
  at,
  who,
  epoch: 0,
  slot,
});
const faulty = (at: number, who: string, fault: FaultKind): ConsensusEvent => ({
  kind: "faulty",
  at,
  who,
  fault,
});
const crash = (at: number, who: string): ConsensusEvent => ({ kind: "crash", at, who });
const stable: ConsensusEvent = { kind: "stable", at: 20 };
const quiesced: ConsensusEvent = { kind: "quiesced", at: 99 };

/**
 * Learners a, b, c. The edge a-b has the safe set {q1, q2}, the edge b-c {q2, q3}, the edge a-c and c itself only {q3}; a and
 * b themselves {q1} and {q2}. A learner has a live quorum while its own safe set is up.
 */
const safeSets: Readonly<Record<string, readonly string[]>> = {
  "a a": ["q1"],
  "b b": ["q2"],
  "c c": ["q3"],
  "a b": ["q1", "q2"],
  "b c": ["q2", "q3"],
  "a c": ["q3"],
};
const options: ConsensusMonitorOptions = {
  learners: ["a", "b", "c"],
  safe: (a, b, { byzantine, amnesiac }) =>
    safeSets[a < b ? `${a} ${b}` : `${b} ${a}`]!.every((one) => !byzantine.has(one) && !amnesiac.has(one)),
  quorumAlive: (learner, { dead, byzantine }) =>
    safeSets[`${learner} ${learner}`]!.every((one) => !dead.has(one) && !byzantine.has(one)),
  isProposer: (who) => who.startsWith("p"),
  decidesWithin: 10,
};

/**
 * A run that keeps every promise, though c disagrees with all others and contradicts itself: q3 lies. A learner crashes and
 * decides again what it had decided, a proposer dies with its value, one learner lies, values come up after the calm.
 */
export const goodConsensusTrace: {
  readonly events: readonly ConsensusEvent[];
  readonly options: ConsensusMonitorOptions;
} = {
  options,
  events: [
    faulty(0, "q3", "byzantine"),
    propose(1, "p1", 1, "x"),
    propose(1, "p2", 1, "y"),
    decide(2, "a", 1, "x"),
    decide(3, "b", 1, "x"),
    decide(4, "c", 1, "y"),
    crash(5, "a"),
    decide(6, "a", 1, "x"),
    crash(6, "c"),
    decide(7, "c", 1, "x"),
    propose(8, "p1", 2, "z"),
    propose(9, "p3", 3, "lost"),
    crash(10, "p3"),
    undecided(11, "a", 2),
    stable,
    decide(22, "b", 2, "z"),
    decide(30, "a", 2, "z"),
    propose(40, "p1", 1, "x", 1),
    decide(45, "a", 1, "x", 1),
    decide(50, "b", 1, "x", 1),
    quiesced,
  ],
};

/** A trace that exactly the named property must refuse, among those of `consensusMonitors` with the options. */
export interface ViolatingConsensusTrace {
  readonly property: string;
  readonly name: string;
  readonly events: readonly ConsensusEvent[];
  readonly options: ConsensusMonitorOptions;
}

const agreement = "agreement of learners";
const validity = "validity of decisions";
const integrity = "integrity of decisions";
const termination = "termination of learners";

const both = [propose(1, "p1", 1, "x"), propose(1, "p2", 1, "y")];
const all = (value: string): readonly ConsensusEvent[] => [
  decide(2, "a", 1, value),
  decide(3, "b", 1, value),
  decide(4, "c", 1, value),
];

const safety: readonly ViolatingConsensusTrace[] = [
  {
    property: agreement,
    name: "two learners whose edge is intact",
    events: [...both, decide(2, "a", 1, "x"), decide(3, "c", 1, "y"), quiesced],
    options: { ...options, quorumAlive: () => false },
  },
  {
    property: agreement,
    name: "only the edge of b and c is broken",
    events: [faulty(0, "q3", "byzantine"), ...both, decide(2, "b", 1, "x"), decide(3, "a", 1, "y")],
    options,
  },
  {
    property: agreement,
    name: "with a faulty learner between them",
    events: [
      faulty(0, "c", "byzantine"),
      ...both,
      decide(1, "c", 1, "x"),
      decide(2, "a", 1, "x"),
      decide(3, "b", 1, "y"),
    ],
    options,
  },
  {
    property: agreement,
    name: "a learner contradicts itself after a crash",
    events: [...both, decide(2, "a", 1, "x"), crash(3, "a"), decide(4, "a", 1, "y")],
    options,
  },
  {
    property: agreement,
    name: "the fault came only later",
    events: [...both, decide(2, "a", 1, "x"), decide(3, "b", 1, "y"), faulty(4, "q1", "byzantine")],
    options: { ...options, globalOrder: true },
  },
  {
    property: validity,
    name: "nobody proposed it",
    events: [...both, ...all("z"), quiesced],
    options,
  },
  {
    property: validity,
    name: "proposed in another epoch",
    events: [propose(1, "p1", 1, "x", 1), ...all("x")],
    options,
  },
  {
    property: validity,
    name: "proposed by one who may not",
    events: [propose(1, "q1", 1, "x"), ...all("x")],
    options,
  },
  {
    property: validity,
    name: "proposed only later",
    events: [...all("x"), propose(5, "p1", 1, "x")],
    options: { ...options, globalOrder: true },
  },
  {
    property: integrity,
    name: "the same decision twice",
    events: [...both, ...all("x"), decide(5, "b", 1, "x")],
    options,
  },
  {
    property: integrity,
    name: "a restart loses the decision",
    events: [...both, ...all("x"), crash(5, "b"), undecided(6, "b", 1)],
    options,
  },
];

const liveness: readonly ViolatingConsensusTrace[] = [
  {
    property: termination,
    name: "one learner never decides",
    events: [...both, ...all("x").slice(1), quiesced],
    options,
  },
  {
    property: termination,
    name: "too late after the calm",
    events: [...both, ...all("x").slice(1), stable, decide(31, "a", 1, "x")],
    options,
  },
  {
    property: termination,
    name: "time is up",
    events: [...both, ...all("x").slice(1), stable, propose(40, "p1", 2, "x")],
    options,
  },
  {
    property: termination,
    name: "a proposal after the calm",
    events: [stable, propose(40, "p1", 1, "x"), ...all("x"), propose(60, "p1", 2, "y"), crash(71, "q1")],
    options,
  },
  {
    property: termination,
    name: "another proposer of the instance lives",
    events: [...both, crash(2, "p1"), quiesced],
    options,
  },
  {
    property: termination,
    name: "a fault elsewhere excuses nothing",
    events: [faulty(0, "q3", "crash"), ...both, decide(2, "a", 1, "x"), quiesced],
    options,
  },
];

/** For every property of `consensusMonitors` traces that it must refuse, and no other one does; made by hand. */
export const violatingConsensusTraces: readonly ViolatingConsensusTrace[] = [...safety, ...liveness];
