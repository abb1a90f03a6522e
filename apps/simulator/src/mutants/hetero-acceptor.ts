import { mapGet, setAdd } from "@eunomia/codec";
import { lawOf } from "@eunomia/hetero-paxos";
import { sealScheme } from "../protocols/hetero-paxos/parts.ts";
import {
  type Any,
  acting,
  compactingWithout,
  configured,
  emitting,
  forgetting,
  guarding,
  hearing,
  mute,
  restartingWithout,
  silent,
  without,
  writingLate,
} from "./edit.ts";
import { setUp } from "./hetero-judge.ts";
import { type Mutant, mutantsOf } from "./mutant.ts";

const acceptor = mutantsOf("hetero-paxos", "acceptor", "hetero-paxos acceptor");

const answer = "deliver and answer (5)";
const restart = "restart (5)";
const retry = "retry: send again, ask again (5)";
const receiving = ["1a: receive (5)", "1b: receive (5)", "2a: receive (5)"];
/** Whoever watches takes the same wrong things. */
const also = ["hetero-paxos learner", "hetero-paxos proposer"];

/** Acceptors of Heterogeneous Paxos that are wrong in one rule beside the judgement of messages. */
export const heteroAcceptorMutants: readonly Mutant[] = [
  acceptor("journal-passed-over", {
    class: "vote forgotten on restart",
    rule: restart,
    breaks: "agreement",
    change: restartingWithout(restart, "delivered"),
  }),
  acceptor("delivery-not-recorded", {
    class: "forgotten persist",
    rule: answer,
    breaks: "durability",
    change: forgetting([answer], "delivered"),
  }),
  acceptor("delivery-recorded-late", {
    class: "persist after send",
    rule: answer,
    breaks: "durability",
    change: writingLate(answer),
  }),
  acceptor("short-compaction", {
    class: "forgotten persist",
    rule: restart,
    breaks: "agreement",
    change: compactingWithout("delivered"),
  }),
  acceptor("proposals-kept-as-refs", {
    class: "wrong reference",
    rule: answer,
    breaks: "termination",
    change: acting([answer], (config, state, found, out, original) => {
      original(config, state, found, out);
      const slot: Any = mapGet(state.slots, found.slot);
      const board: Any = slot === undefined ? undefined : mapGet(slot.known.entries, found.id.slice(0, 2));
      if (board !== undefined && (mapGet(board, found.id) as Any)?.kind === "1a")
        setAdd(slot.recent, found.id);
    }),
  }),
  acceptor("stale-proposals-dropped", {
    class: "no answer",
    rule: "1a: receive (5)",
    breaks: "termination",
    change: guarding(["1a: receive (5)"], (_config, state, event, original) => {
      const { instance, number } = event.message;
      const highest = (mapGet(state.slots, instance.slot) as Any)?.highest ?? 0;
      return number < highest ? null : original(event);
    }),
  }),
  acceptor("nothing-said-again", {
    class: "no retransmission",
    rule: retry,
    breaks: "termination",
    change: silent([retry], "1b", "2a"),
  }),
  acceptor("refs-not-asked-for", {
    class: "no retransmission",
    rule: "1b: receive (5)",
    breaks: "termination",
    change: silent([...receiving, retry], "want"),
  }),
  acceptor("refs-not-served", {
    class: "no answer",
    rule: "want: serve (5)",
    breaks: "termination",
    change: without("want: serve (5)"),
  }),
  acceptor("decisions-not-told", {
    class: "no answer",
    rule: "query: answer with decisions (11)",
    breaks: "termination",
    change: without("query: answer with decisions (11)"),
  }),
  acceptor("slots-never-closed", {
    class: "no answer",
    rule: "stable: close what is needed no more (12)",
    breaks: "termination",
    change: without("stable: close what is needed no more (12)"),
  }),
  acceptor("slots-closed-for-one", {
    class: "wrong threshold",
    rule: "stable: close what is needed no more (12)",
    breaks: "rule",
    change: guarding(["stable: close what is needed no more (12)"], (_config, _state, _event, original) => {
      const found = original(_event);
      return found === null ? null : { ...found, floor: found.slot };
    }),
  }),
  acceptor("ballots-due-at-once", {
    class: "guard dropped",
    rule: "tick: ballots become due (8.2)",
    breaks: "rule",
    change: configured((config) => ({ ...config, tickMs: 0 })),
  }),
  acceptor("far-ballots-taken", {
    class: "guard dropped",
    rule: "1a: receive (5)",
    breaks: "rule",
    change: configured((config) => ({ ...config, earlyMax: 2 ** 40 })),
  }),
  acceptor("reads-answered-from-the-floor", {
    class: "stale answer",
    rule: "highest: answer (5.10)",
    breaks: "rule",
    change: emitting(["highest: answer (5.10)"], (out, state) => ({
      send: (to, message) => out.send(to, { ...message, slot: state.floor }),
    })),
  }),
  acceptor("values-not-judged", {
    also,
    class: "application check missing",
    rule: "1a: receive (5)",
    breaks: "validity",
    change: setUp(() => ({ accepts: () => true })),
  }),
  acceptor("signatures-unchecked", {
    also,
    class: "signature or registry check missing",
    rule: "1b: receive (5)",
    breaks: "rule",
    change: setUp(({ scheme }) => ({ scheme: { ...scheme, verify: () => true } })),
  }),
  acceptor("no-evidence", {
    also,
    class: "alarm dropped",
    rule: "Caught",
    breaks: "rule",
    change: mute([], "evidence"),
  }),
  acceptor("other-laws-heard", {
    class: "decision of the wrong epoch accepted",
    rule: "1a: receive (5)",
    breaks: "rule",
    change: hearing(["1a: receive (5)"], (message, _state, config) => ({
      ...message,
      instance: { ...message.instance, law: lawOf(sealScheme, config) },
    })),
  }),
];
