import { equalBytes, mapDelete } from "@eunomia/codec";
import { both, emitting, guarding, silent, without } from "./edit.ts";
import { type Mutant, mutantsOf } from "./mutant.ts";

const leader = mutantsOf("paxos", "leader", "paxos leader");
const learner = mutantsOf("paxos", "learner", "paxos learner");
const adopt = "adopt the ballot (4.5)";
const choose = "choose (4.5)";
const learn = "learn a decision (4.5)";
const commands = "take commands (5.4)";
const retry = "offer and ask again (4.5)";

/** Leaders of Paxos that nobody can rely on to come to an end. */
export const paxosLeaderStalls: readonly Mutant[] = [
  leader("gaps-not-filled", {
    class: "no gap fill",
    rule: adopt,
    breaks: "termination",
    change: emitting([adopt], (out, state, config) => ({
      send: (to, message) => {
        if (message.kind === "p2a" && equalBytes(message.value, config.noop))
          mapDelete(state.acks, message.slot);
        else out.send(to, message);
      },
    })),
  }),
  leader("refused-and-waiting", {
    class: "guard dropped",
    rule: "preempted in phase 1 (4.5)",
    breaks: "termination",
    change: without("preempted in phase 1 (4.5)"),
  }),
  leader("promises-asked-once", {
    class: "no retransmission",
    rule: "ask for promises again (4.5)",
    breaks: "termination",
    change: without("ask for promises again (4.5)"),
  }),
  leader("nobody-takes-over", {
    class: "no retransmission",
    rule: "suspect and probe (4.8)",
    breaks: "termination",
    change: without("suspect and probe (4.8)"),
  }),
  leader("fetch-unanswered", {
    class: "no answer",
    rule: "answer a fetch (4.10)",
    breaks: "termination",
    change: without("answer a fetch (4.10)"),
  }),
  leader("floor-untold", {
    class: "no answer",
    rule: "answer a proposal with the floor (4.5)",
    breaks: "termination",
    change: both(
      without("answer a proposal with the floor (4.5)"),
      silent(["answer a fetch (4.10)"], "trimmed"),
    ),
  }),
  leader("floor-raised-early", {
    class: "wrong threshold",
    rule: "raise the floor (4.6)",
    breaks: "termination",
    change: guarding(["raise the floor (4.6)"], (_config, state, event, original) => {
      const found = original(event);
      const { slot } = event.message;
      return found === null && slot > state.floor ? { from: event.from, slot, floor: slot } : found;
    }),
  }),
  leader("decisions-not-announced", {
    class: "no answer",
    rule: choose,
    breaks: "termination",
    change: silent([choose], "decision", "chosen"),
  }),
  leader("stall-never-noticed", {
    class: "no retransmission",
    rule: "give up a stalled ballot (4.8)",
    breaks: "termination",
    change: without("give up a stalled ballot (4.8)"),
  }),
  leader("higher-leader-ignored", {
    class: "guard dropped",
    rule: "preempted by a heartbeat (4.8)",
    breaks: "nothing",
    why: "the acceptors refuse the lower ballot, which preempts it",
    change: without("preempted by a heartbeat (4.8)"),
  }),
  leader("no-alarm", {
    class: "alarm dropped",
    rule: "two decisions for one slot (4.5)",
    breaks: "rule",
    change: without("two decisions for one slot (4.5)"),
  }),
];

/** Learners of Paxos that are wrong in one thing each. */
export const paxosLearnerMutants: readonly Mutant[] = [
  learner("reports-twice", {
    class: "duplicate executed",
    rule: learn,
    breaks: "integrity",
    change: guarding([learn], (_config, state, event, original) => {
      const { slot, value } = event.message;
      return (
        original(event) ?? (slot > state.floor && state.decided.keys.includes(slot) ? { slot, value } : null)
      );
    }),
  }),
  learner("reports-below-the-floor", {
    class: "guard dropped",
    rule: learn,
    breaks: "integrity",
    change: guarding([learn], (_config, state, event, original) => {
      const { slot, value } = event.message;
      return original(event) ?? (slot >= 1 && slot <= state.floor ? { slot, value } : null);
    }),
  }),
  learner("offers-once", {
    class: "no retransmission",
    rule: retry,
    breaks: "termination",
    change: silent([retry], "propose"),
  }),
  learner("fetches-never", {
    class: "no retransmission",
    rule: retry,
    breaks: "termination",
    change: silent([retry], "fetch"),
  }),
  learner("stable-never-told", {
    class: "no answer",
    rule: commands,
    breaks: "bounded state",
    change: silent([commands, retry], "stable"),
  }),
  learner("floor-not-passed-on", {
    class: "no answer",
    rule: "report a floor (4.6)",
    breaks: "termination",
    change: without("report a floor (4.6)"),
  }),
  learner("alarm-dropped", {
    class: "alarm dropped",
    rule: "two decisions for one slot (4.5)",
    breaks: "rule",
    change: without("two decisions for one slot (4.5)"),
  }),
  learner("every-leader-followed", {
    class: "equivalent",
    rule: "follow the active leader (4.8)",
    breaks: "nothing",
    why: "the duty is a hint: proposals that nobody answers are offered to all leaders again",
    change: guarding(["nobody is active (4.8)"], () => null),
  }),
];
