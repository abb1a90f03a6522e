import { mapGet } from "@eunomia/codec";
import { type Any, acting, emitting, guarding, mute, silent, without } from "./edit.ts";
import { type Mutant, mutantsOf } from "./mutant.ts";

const learner = mutantsOf("hetero-paxos", "learner", "hetero-paxos learner");
const proposer = mutantsOf("hetero-paxos", "proposer", "hetero-paxos proposer");

const retry = "retry: send again, ask again (5)";
const window = "window: propose again (8.2)";
const commands = "propose, close, clock, trim, highest";
const take = "decision: check and take (11)";
const closed = "closed: slots are gone (12)";
const count = "highest: count (5.10)";
const receiving = ["1a: receive (5)", "1b: receive (5)", "2a: receive (5)"];
/** Proposers watch as learners do. */
const also = ["hetero-paxos proposer"];

/** Processes that watch in Heterogeneous Paxos, wrong in one rule each. */
export const heteroLearnerMutants: readonly Mutant[] = [
  learner("certificates-unchecked", {
    also,
    class: "certificate unchecked",
    rule: take,
    breaks: "agreement",
    change: guarding([take], (_config, _state, event, original) => {
      const found = original(event);
      return found === null ? null : { ...found, problem: null };
    }),
  }),
  learner("decisions-not-asked-for", {
    also,
    class: "no retransmission",
    rule: retry,
    breaks: "termination",
    change: silent([retry], "query"),
  }),
  learner("refs-not-asked-for", {
    also,
    class: "no retransmission",
    rule: "1b: receive (5)",
    breaks: "rule",
    change: silent([...receiving, retry], "want"),
  }),
  learner("no-alarm", {
    also,
    class: "alarm dropped",
    rule: take,
    breaks: "rule",
    change: mute([], "alarm"),
  }),
  learner("stuck-never-told", {
    also,
    class: "report withheld",
    rule: retry,
    breaks: "rule",
    change: mute([retry], "stuck"),
  }),
  learner("gone-by-one-rumour", {
    also,
    class: "wrong threshold",
    rule: closed,
    breaks: "rule",
    change: guarding([closed], (_config, _state, event, original) => {
      const found = original(event);
      return found === null ? null : { ...found, gone: found.floor };
    }),
  }),
  learner("gone-never-told", {
    also,
    class: "no answer",
    rule: closed,
    breaks: "termination",
    change: without(closed),
  }),
  learner("one-answer-is-enough", {
    also,
    class: "wrong threshold",
    rule: count,
    breaks: "rule",
    change: acting([count], (_config, state, { slot }, out) => {
      const { nonce } = state.reading;
      state.reading = null;
      out.output({ kind: "highest", nonce, slot });
    }),
  }),
  learner("stable-never-told", {
    also,
    class: "no answer",
    rule: "close, clock, trim, highest",
    breaks: "termination",
    change: (engine) =>
      silent(
        [retry, engine.name.endsWith("proposer") ? commands : "close, clock, trim, highest"],
        "stable",
      )(engine),
  }),
];

const own = (state: Any, slot: number): Uint8Array | undefined =>
  (mapGet(state.slots, slot) as Any)?.offer?.value;

/** Proposers of Heterogeneous Paxos that are wrong in one rule each. */
export const heteroProposerMutants: readonly Mutant[] = [
  proposer("own-value-always", {
    class: "own proposal preferred to a reported pvalue",
    rule: window,
    breaks: "termination",
    change: emitting([window, commands], (out, state) => ({
      send: (to, message) =>
        out.send(
          to,
          message.kind === "1a"
            ? { ...message, value: own(state, message.instance.slot) ?? message.value }
            : message,
        ),
    })),
  }),
  proposer("ballots-never-rise", {
    class: "first instead of maximum ballot",
    rule: window,
    breaks: "termination",
    change: emitting([window, commands], (out) => ({
      send: (to, message) => out.send(to, message.kind === "1a" ? { ...message, number: 1 } : message),
    })),
  }),
  proposer("proposes-once", {
    class: "no retransmission",
    rule: window,
    breaks: "termination",
    change: without(window),
  }),
];
