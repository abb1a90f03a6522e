import { mapHas } from "@eunomia/codec";
import { acting, guarding, silent, without } from "./edit.ts";
import { type Mutant, mutantsOf } from "./mutant.ts";

const learner = mutantsOf("two-thirds-byzantine", "learner", "byzantine two-thirds learner");

/** Learners of Byzantine 2/3-consensus that are wrong in one rule each. */
export const byzantineLearnerMutants: readonly Mutant[] = [
  learner("certificates-unchecked", {
    class: "certificate unchecked",
    rule: "decided: report (3.5)",
    breaks: "agreement",
    change: guarding(["decided: report (3.5)"], (config, state, event, original) => {
      const { slot, value } = event.message;
      const open =
        slot > state.floor && slot <= state.floor + config.maxAhead && !mapHas(state.decided, slot);
      return (
        original(event) ??
        (open && config.members.includes(event.from) ? { from: event.from, slot, value } : null)
      );
    }),
  }),
  learner("reports-twice", {
    class: "duplicate executed",
    rule: "decided: report (3.5)",
    breaks: "integrity",
    change: guarding(["decided: report (3.5)"], (_config, state, event, original) => {
      const { slot, value } = event.message;
      return original(event) ?? (mapHas(state.decided, slot) ? { from: event.from, slot, value } : null);
    }),
  }),
  learner("proposes-once", {
    class: "no retransmission",
    rule: "retry: propose again, ask about gaps (2.3)",
    breaks: "termination",
    change: silent(["retry: propose again, ask about gaps (2.3)"], "propose"),
  }),
  learner("gaps-not-asked-about", {
    class: "no retransmission",
    rule: "retry: propose again, ask about gaps (2.3)",
    breaks: "termination",
    change: silent(["retry: propose again, ask about gaps (2.3)", "decided: report (3.5)"], "fetch"),
  }),
  learner("stable-never-told", {
    class: "no answer",
    rule: "propose and trim (2.3)",
    breaks: "bounded state",
    change: silent(["propose and trim (2.3)", "head: catch up (2.3)"], "stable"),
  }),
  learner("floor-not-passed-on", {
    class: "no answer",
    rule: "trimmed: report (1)",
    breaks: "termination",
    change: without("trimmed: report (1)"),
  }),
  learner("one-answer-is-enough", {
    class: "wrong threshold",
    rule: "highest: count (5.10)",
    breaks: "rule",
    change: acting(["highest: count (5.10)"], (_config, state, { slot }, out) => {
      const { nonce } = state.reading;
      state.reading = null;
      out.output({ kind: "highest", nonce, slot });
    }),
  }),
];
