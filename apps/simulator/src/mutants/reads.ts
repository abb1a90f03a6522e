import { setAdd } from "@eunomia/codec";
import { type Any, acting, emitting, guarding, hearing, silent, without } from "./edit.ts";
import { type Mutant, mutantsOf } from "./mutant.ts";

const acceptor = mutantsOf("paxos", "acceptor", "paxos acceptor");
const paxosLearner = mutantsOf("paxos", "learner", "paxos learner");
const member = mutantsOf("two-thirds", "member", "two-thirds member");
const twoThirdsLearner = mutantsOf("two-thirds", "learner", "two-thirds learner");

const asked = "answer a read (5.10)";
const counted = "count an answer to a read (5.10)";
const memberAsked = "highest: answer (5.10)";
const memberCounted = "highest: count (5.10)";

/** Whoever is asked answers something else. */
const answering = (action: string, slotOf: (state: Any) => number) =>
  emitting([action], (out, state) => ({
    send: (to, message) => out.send(to, { ...message, slot: slotOf(state) }),
  }));

/** One answer is as good as a quorum of them. */
const firstAnswer = (action: string) =>
  acting([action], (_config, state, { reading, slot }, out) => {
    state.reading = null;
    out.output({ kind: "highest", nonce: reading.nonce, slot: Math.max(reading.top, slot) });
  });

/** An answer to any question is one to the question that is open. */
const lateAnswers = (action: string) =>
  hearing([action], (message, { reading }) =>
    reading === null ? message : { ...message, nonce: reading.nonce },
  );

/** Who answers twice counts twice. */
const countedTwice = (action: string, electors: "acceptors" | "members") =>
  acting([action], (config, state, found, out, original) => {
    original(config, state, found, out);
    const other = config[electors].find((id: string) => !state.reading?.heard.includes(id));
    if (state.reading !== null && other !== undefined) setAdd(state.reading.heard, other);
  });

/** Readers, and those who are asked, that are wrong in one thing each. */
export const paxosReadMutants: readonly Mutant[] = [
  acceptor("reads-what-it-retired-as-nothing", {
    class: "guard dropped",
    rule: asked,
    breaks: "rule",
    change: answering(asked, ({ accepted }) => accepted.keys.at(-1) ?? 0),
  }),
  acceptor("reads-its-floor-only", {
    class: "guard dropped",
    rule: asked,
    breaks: "rule",
    change: answering(asked, ({ floor }) => floor),
  }),
  acceptor("reads-unanswered", {
    class: "no answer",
    rule: asked,
    breaks: "termination",
    change: without(asked),
  }),
  paxosLearner("first-answer-is-a-quorum", {
    class: "wrong threshold",
    rule: counted,
    breaks: "rule",
    change: firstAnswer(counted),
  }),
  paxosLearner("late-answers-to-reads-count", {
    class: "guard dropped",
    rule: counted,
    breaks: "rule",
    change: lateAnswers(counted),
  }),
  paxosLearner("lowest-answer-to-a-read", {
    class: "wrong choice",
    rule: counted,
    breaks: "rule",
    change: acting([counted], (config, state, { reading, from, slot }, out, original) => {
      const lowest = reading.heard.length === 0 ? slot : Math.min(reading.top, slot);
      original(config, state, { reading: { ...reading, top: lowest }, from, slot: lowest }, out);
    }),
  }),
  paxosLearner("answers-to-reads-count-twice", {
    class: "wrong threshold",
    rule: counted,
    breaks: "rule",
    change: countedTwice(counted, "acceptors"),
  }),
  paxosLearner("reads-asked-once", {
    class: "no retransmission",
    rule: "offer and ask again (4.5)",
    breaks: "termination",
    change: silent(["offer and ask again (4.5)"], "highest"),
  }),
];

/** The same of 2/3-consensus. */
export const twoThirdsReadMutants: readonly Mutant[] = [
  member("reads-decisions-only", {
    class: "guard dropped",
    rule: memberAsked,
    breaks: "rule",
    change: answering(memberAsked, ({ floor, maxDecided }) => Math.max(floor, maxDecided)),
  }),
  member("reads-unanswered", {
    class: "no answer",
    rule: memberAsked,
    breaks: "termination",
    change: guarding([memberAsked], () => null),
  }),
  twoThirdsLearner("first-answer-is-a-quorum", {
    class: "wrong threshold",
    rule: memberCounted,
    breaks: "rule",
    change: firstAnswer(memberCounted),
  }),
  twoThirdsLearner("late-answers-to-reads-count", {
    class: "guard dropped",
    rule: memberCounted,
    breaks: "rule",
    change: lateAnswers(memberCounted),
  }),
  twoThirdsLearner("reads-asked-once", {
    class: "no retransmission",
    rule: "retry: propose again, ask about gaps (2.3)",
    breaks: "termination",
    change: silent(["retry: propose again, ask about gaps (2.3)"], "highest"),
  }),
];
