import { emptyMap, mapGet, mapHas, mapSet } from "@eunomia/codec";
import { compareBallots } from "@eunomia/paxos";
import {
  acting,
  compactingWithout,
  emitting,
  forgetting,
  guarding,
  hearing,
  restartingWithout,
  without,
  writingLate,
} from "./edit.ts";
import { type Mutant, mutantsOf } from "./mutant.ts";

const acceptor = mutantsOf("paxos", "acceptor", "paxos acceptor");
const promise = "1b promise (4.4)";
const promiseAgain = "1b promise again (4.4)";
const accept = "2b accept (4.4)";
const acceptAgain = "2b accept again (4.4)";

/** Acceptors of Paxos that are wrong in one thing each. */
export const paxosAcceptorMutants: readonly Mutant[] = [
  acceptor("promise-not-recorded", {
    class: "forgotten persist",
    rule: promise,
    breaks: "agreement",
    change: forgetting([promise], "promised"),
  }),
  acceptor("promise-recorded-late", {
    class: "persist after send",
    rule: promise,
    breaks: "agreement",
    change: writingLate(promise),
  }),
  acceptor("acceptance-not-recorded", {
    class: "forgotten persist",
    rule: accept,
    breaks: "agreement",
    change: forgetting([accept], "accepted"),
  }),
  acceptor("acceptance-recorded-late", {
    class: "persist after send",
    rule: accept,
    breaks: "agreement",
    change: writingLate(accept),
  }),
  acceptor("acceptances-forgotten", {
    class: "vote forgotten on restart",
    rule: "restart (4.7)",
    breaks: "agreement",
    change: restartingWithout("restart (4.7)", "accepted"),
  }),
  acceptor("promises-forgotten", {
    class: "vote forgotten on restart",
    rule: "restart (4.7)",
    breaks: "agreement",
    change: restartingWithout("restart (4.7)", "promised"),
  }),
  acceptor("short-compaction", {
    class: "forgotten persist",
    rule: "restart (4.7)",
    breaks: "agreement",
    change: compactingWithout("accepted"),
  }),
  acceptor("accepts-below-promise", {
    class: "accepts below promise",
    rule: "2b refuse (4.4)",
    breaks: "agreement",
    change: without("2b refuse (4.4)"),
  }),
  acceptor("promises-lower-ballot", {
    class: "guard dropped",
    rule: "1b refuse (4.4)",
    breaks: "agreement",
    change: guarding([promise], (_config, state, event, original) => {
      const { promised } = state;
      state.promised = null;
      const found = original(event);
      state.promised = promised;
      return found !== null && compareBallots(found.ballot, promised) !== 0 ? found : null;
    }),
  }),
  acceptor("promise-without-report", {
    class: "report withheld",
    rule: promise,
    breaks: "agreement",
    change: emitting([promise], (out) => ({
      send: (to, message) => out.send(to, { ...message, accepted: [], more: false }),
    })),
  }),
  acceptor("repeated-promise-without-report", {
    class: "report withheld",
    rule: promiseAgain,
    breaks: "agreement",
    change: emitting([promiseAgain], (out) => ({
      send: (to, message) => out.send(to, { ...message, accepted: [], more: false }),
    })),
  }),
  acceptor("report-cut-short", {
    class: "report withheld",
    rule: promise,
    breaks: "agreement",
    change: emitting([promise, promiseAgain], (out) => ({
      send: (to, message) =>
        out.send(to, { ...message, accepted: message.accepted.slice(0, 1), more: false }),
    })),
  }),
  acceptor("first-acceptance-kept", {
    class: "first instead of maximum ballot",
    rule: accept,
    breaks: "agreement",
    change: acting([accept], (config, state, found, out, original) => {
      const first = mapGet(state.accepted, found.slot);
      original(config, state, found, out);
      if (first !== undefined) mapSet(state.accepted, found.slot, first as never);
    }),
  }),
  acceptor("acceptance-without-promise", {
    class: "guard dropped",
    rule: accept,
    breaks: "agreement",
    change: acting([accept], (config, state, found, out, original) => {
      const { promised } = state;
      original(config, state, found, out);
      state.promised = promised;
    }),
  }),
  acceptor("accepts-below-floor", {
    class: "guard dropped",
    rule: "2b trimmed (4.4)",
    breaks: "bounded state",
    change: without("2b trimmed (4.4)"),
  }),
  acceptor("floor-not-reported", {
    class: "report withheld",
    rule: promise,
    breaks: "agreement",
    change: emitting([promise, promiseAgain], (out) => ({
      send: (to, message) => out.send(to, { ...message, floor: 0 }),
    })),
  }),
  acceptor("floor-raised-early", {
    class: "wrong threshold",
    rule: "raise the floor (4.6)",
    breaks: "termination",
    change: guarding(["raise the floor (4.6)"], (_config, state, event, original) => {
      const found = original(event);
      const known = event.from !== undefined && found === null && event.message.slot > state.floor;
      return known ? { from: event.from, slot: event.message.slot, floor: event.message.slot } : found;
    }),
  }),
  acceptor("reference-to-a-lower-ballot", {
    class: "guard dropped",
    rule: "learn by reference (4.10)",
    breaks: "agreement",
    change: hearing(["learn by reference (4.10)"], (message) => ({
      ...message,
      ballot: { ...message.ballot, round: 0 },
    })),
  }),
  acceptor("unknown-decision-not-fetched", {
    class: "no answer",
    rule: "learn by reference (4.10)",
    breaks: "nothing",
    why: "the learner beside it sees by heartbeats what is decided and fetches it after two retry periods",
    change: emitting(["learn by reference (4.10)"], (out) => ({
      send: (to, message) => {
        if (message.kind !== "fetch") out.send(to, message);
      },
    })),
  }),
  acceptor("refusal-of-a-ballot-unsaid", {
    class: "no answer",
    rule: "1b refuse (4.4)",
    breaks: "termination",
    change: without("1b refuse (4.4)"),
  }),
  acceptor("repeated-promise-unsaid", {
    class: "no answer",
    rule: promiseAgain,
    breaks: "termination",
    change: without(promiseAgain),
  }),
  acceptor("repeated-acceptance-unsaid", {
    class: "no answer",
    rule: acceptAgain,
    breaks: "integrity",
    change: without(acceptAgain),
  }),
  acceptor("probe-unanswered", {
    class: "no answer",
    rule: "answer a probe (4.8)",
    breaks: "termination",
    change: without("answer a probe (4.8)"),
  }),
  acceptor("one-value-for-all-slots", {
    class: "guard dropped",
    rule: promise,
    breaks: "agreement",
    change: emitting([promise, promiseAgain], (out) => ({
      send: (to, message) => {
        const [first] = message.accepted;
        const accepted = message.accepted.map((one: object) => ({ ...one, value: first.value }));
        out.send(to, { ...message, accepted });
      },
    })),
  }),
  acceptor("ballot-lost-in-report", {
    class: "first instead of maximum ballot",
    rule: promise,
    breaks: "agreement",
    change: emitting([promise, promiseAgain], (out) => ({
      send: (to, message) => {
        const accepted = message.accepted.map((one: { ballot: object }) => ({
          ...one,
          ballot: { ...one.ballot, round: 0 },
        }));
        out.send(to, { ...message, accepted });
      },
    })),
  }),
  acceptor("accepted-dropped-by-promise", {
    class: "vote forgotten",
    rule: promise,
    breaks: "agreement",
    change: acting([promise], (config, state, found, out, original) => {
      original(config, state, found, out);
      state.accepted = emptyMap();
    }),
  }),
  acceptor("reuse-of-a-ballot-accepted", {
    class: "alarm dropped",
    rule: "2b ballot reuse (4.4)",
    breaks: "rule",
    change: without("2b ballot reuse (4.4)"),
  }),
  acceptor("floor-not-recorded", {
    class: "forgotten persist",
    rule: "raise the floor (4.6)",
    breaks: "bounded state",
    change: forgetting(["raise the floor (4.6)"], "floor"),
  }),
  acceptor("promise-recorded-twice", {
    class: "equivalent",
    rule: promiseAgain,
    breaks: "nothing",
    why: "a second record of a promise that stands says nothing new",
    change: acting([promiseAgain], (config, state, found, out, original) => {
      out.persist({ kind: "promised", ballot: found.ballot });
      original(config, state, found, out);
    }),
  }),
  acceptor("report-of-held-slots-only", {
    class: "equivalent",
    rule: promise,
    breaks: "nothing",
    why: "whoever accepted a slot holds it until the floor passes it: the filter leaves nothing out",
    change: emitting([promise], (out, state) => ({
      send: (to, message) =>
        out.send(to, {
          ...message,
          accepted: message.accepted.filter(({ slot }: { slot: number }) => mapHas(state.accepted, slot)),
        }),
    })),
  }),
];
