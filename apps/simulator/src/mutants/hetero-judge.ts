import { boundVote, conflicts, freshFor, GraphView, withBit } from "@eunomia/hetero-paxos/examine";
import type { LearnerGraph } from "@eunomia/learner-graph";
import {
  always,
  blurred,
  bound,
  connecting,
  DeclaredView,
  everybody,
  expelling,
  fresh,
  implicitChain,
  joiningAgain,
  lax,
  setUp,
  withoutGrowth,
} from "./hetero-rules.ts";
import { type Mutant, mutantsOf } from "./mutant.ts";

const make = mutantsOf("hetero-paxos", "judge", "hetero-paxos acceptor");
/** All nodes judge alike, or they would not hear each other. */
const also = ["hetero-paxos learner", "hetero-paxos proposer"];

/** Nodes of Heterogeneous Paxos that judge messages by one wrong rule, all of them alike. */
export const heteroJudgeMutants: readonly Mutant[] = [
  make("any-label-buries", {
    also,
    class: "wrong learner",
    rule: "Buried",
    breaks: "agreement",
    change: fresh((entry, view) =>
      freshFor(
        view.connected(entry.caught),
        conflicts(blurred(entry.top), entry.own, entry.ballot.value),
        always,
      ),
    ),
  }),
  make("lower-votes-bury", {
    also,
    class: "guard dropped",
    rule: "Buried",
    breaks: "agreement",
    change: bound(({ own, top, ballot }, c) => {
      const vote = own[c]!;
      const other = [top[c]!.first, top[c]!.second].some((one) => one !== null && one.value !== vote?.value);
      return vote !== null && vote.value !== ballot.value && !other;
    }),
  }),
  make("nothing-buries", {
    also,
    class: "votes bind for ever",
    rule: "Buried",
    breaks: "termination",
    change: bound(({ own, ballot }, c) => own[c] !== null && own[c]!.value !== ballot.value),
  }),
  make("connections-dropped", {
    also,
    class: "guard dropped",
    rule: "Con",
    breaks: "agreement",
    change: connecting((view) => view.learners.map(() => view.noLearner)),
  }),
  make("connected-with-itself-alone", {
    also,
    class: "guard dropped",
    rule: "Con",
    breaks: "agreement",
    change: connecting((view) => view.learners.map((_, a) => withBit(view.noLearner, a))),
  }),
  make("everybody-connected", {
    also,
    class: "votes bind for ever",
    rule: "Con",
    breaks: "rule",
    change: connecting((view) => view.learners.map(() => everybody(view))),
  }),
  make("edges-not-closed", {
    also,
    class: "closure left out",
    rule: "Con",
    breaks: "agreement",
    change: setUp(({ graph }) => ({ view: new DeclaredView(graph as LearnerGraph) })),
  }),
  make("nobody-caught", {
    also,
    class: "evidence ignored",
    rule: "Caught",
    breaks: "rule",
    change: connecting((view) => view.connected(view.nobody)),
  }),
  make("caught-as-in-2020", {
    also,
    class: "evidence ignored",
    rule: "Caught",
    breaks: "rule",
    change: implicitChain,
  }),
  make("caught-expelled", {
    also,
    class: "wrong threshold",
    rule: "q, lrns",
    breaks: "rule",
    change: expelling,
  }),
  make("ballots-compared", {
    also,
    class: "ballot in the place of the value",
    rule: "Fresh",
    breaks: "termination",
    change: bound(({ own, top }, c) => boundVote(top[c]!, own[c]!) !== null),
  }),
  make("always-fresh", {
    also,
    class: "guard dropped",
    rule: "Fresh",
    breaks: "agreement",
    change: fresh((_entry, view) => everybody(view)),
  }),
  make("never-fresh-again", {
    also,
    class: "votes bind for ever",
    rule: "Fresh",
    breaks: "termination",
    change: fresh(({ own }, view) => (own.some((vote) => vote !== null) ? view.noLearner : everybody(view))),
  }),
  make("no-growth-rule", {
    also,
    class: "guard dropped",
    rule: "WellFormed",
    breaks: "rule",
    change: withoutGrowth,
  }),
  make("joins-a-ballot-again", {
    also,
    class: "guard dropped",
    rule: "WellFormed",
    breaks: "rule",
    change: joiningAgain,
  }),
  make("one-join-fewer", {
    also,
    class: "threshold off by one",
    rule: "q, lrns",
    breaks: "agreement",
    change: setUp(({ graph }) => ({ view: new GraphView(lax(graph)) })),
  }),
];
