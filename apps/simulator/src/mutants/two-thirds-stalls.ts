import { both, forgetting, guarding, silent, without } from "./edit.ts";
import { type Mutant, mutantsOf } from "./mutant.ts";

const member = mutantsOf("two-thirds", "member", "two-thirds member");
const learner = mutantsOf("two-thirds", "learner", "two-thirds learner");
const report = "decided: report (2.3)";
const commands = "propose and trim (2.3)";
const retry = "retry: propose again, ask about gaps (2.3)";

/** Members of 2/3-consensus that nobody can rely on to come to an end, and some that are as good as the right one. */
export const twoThirdsStalls: readonly Mutant[] = [
  member("decided-slot-silent", {
    class: "no answer",
    rule: "vote: decided (2.4)",
    breaks: "termination",
    change: without("vote: decided (2.4)"),
  }),
  member("decided-proposal-unanswered", {
    class: "no answer",
    rule: "propose: decided (2.4)",
    breaks: "termination",
    change: both(without("propose: decided (2.4)"), silent(["fetch: serve (2.3)"], "decided")),
  }),
  member("decisions-of-others-ignored", {
    class: "no answer",
    rule: "decided: learn (2.4)",
    breaks: "termination",
    change: without("decided: learn (2.4)"),
  }),
  member("votes-sent-once", {
    class: "no retransmission",
    rule: "retry: vote again (2.4)",
    breaks: "termination",
    change: without("retry: vote again (2.4)"),
  }),
  member("vote-below-the-floor-unanswered", {
    class: "no answer",
    rule: "vote: trimmed (2.4)",
    breaks: "termination",
    change: without("vote: trimmed (2.4)"),
  }),
  member("proposal-below-the-floor-unanswered", {
    class: "no answer",
    rule: "propose: trimmed (2.4)",
    breaks: "termination",
    change: both(without("propose: trimmed (2.4)"), silent(["fetch: serve (2.3)"], "trimmed")),
  }),
  member("grace-ends-with-retries-only", {
    class: "no retransmission",
    rule: "tick: grace (2.4)",
    breaks: "nothing",
    why: "sending a vote again ends grace too: rounds are longer, not endless",
    change: guarding(["tick: grace (2.4)"], () => null),
  }),
  member("floor-not-recorded", {
    class: "forgotten persist",
    rule: "stable: raise the floor (1)",
    breaks: "bounded state",
    change: forgetting(["stable: raise the floor (1)"], "floor"),
  }),
  member("gossip-silent", {
    class: "no retransmission",
    rule: "head: gossip (2.3)",
    breaks: "termination",
    change: without("head: gossip (2.3)"),
  }),
];

/** Learners of 2/3-consensus that are wrong in one thing each. */
export const twoThirdsLearnerMutants: readonly Mutant[] = [
  learner("reports-twice", {
    class: "duplicate executed",
    rule: report,
    breaks: "integrity",
    change: guarding([report], (_config, state, event, original) => {
      const { slot, choice } = event.message;
      const again = slot > state.floor && state.decided.keys.includes(slot) && choice.kind === "whole";
      return (
        original(event) ?? (again ? { from: event.from, slot, value: choice.value, name: choice } : null)
      );
    }),
  }),
  learner("reports-below-the-floor", {
    class: "guard dropped",
    rule: report,
    breaks: "integrity",
    change: guarding([report], (_config, state, event, original) => {
      const { slot, choice } = event.message;
      const below = slot >= 1 && slot <= state.floor && choice.kind === "whole";
      return (
        original(event) ?? (below ? { from: event.from, slot, value: choice.value, name: choice } : null)
      );
    }),
  }),
  learner("proposes-once", {
    class: "no retransmission",
    rule: retry,
    breaks: "termination",
    change: silent([retry], "propose"),
  }),
  learner("gaps-not-asked-about", {
    class: "no retransmission",
    rule: retry,
    breaks: "termination",
    change: silent([retry, report], "fetch"),
  }),
  learner("stable-never-told", {
    class: "no answer",
    rule: commands,
    breaks: "bounded state",
    change: silent([commands, "head: catch up (2.3)"], "stable"),
  }),
  learner("floor-not-passed-on", {
    class: "no answer",
    rule: "trimmed: report (1)",
    breaks: "termination",
    change: without("trimmed: report (1)"),
  }),
  learner("alarm-dropped", {
    class: "alarm dropped",
    rule: "decided: alarm (2.4)",
    breaks: "rule",
    change: without("decided: alarm (2.4)"),
  }),
];
