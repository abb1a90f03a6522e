import { emptyMap, mapDelete, mapGet, mapHas, mapSet } from "@eunomia/codec";
import {
  type Any,
  acting,
  both,
  forgetting,
  guarding,
  hearing,
  passing,
  restartingWithout,
  without,
  writingLate,
} from "./edit.ts";
import { type Change, type Mutant, mutantsOf } from "./mutant.ts";
import { almost, needing } from "./quorums.ts";

const leader = mutantsOf("paxos", "leader", "paxos leader");
const adopt = "adopt the ballot (4.5)";
const count = "count a promise (4.5)";
const nextPage = "ask for the next page (4.5)";
const choose = "choose (4.5)";
const countAcceptance = "count an acceptance (4.5)";
const pages = [nextPage, adopt, count];
const begins = [
  "start a ballot on command (4.5)",
  "start a ballot, a phase-1 quorum being in reach (4.8)",
  "restart (4.7)",
];

/** What a page adds to the report, changed before it is merged. */
const onPages = (change: (state: Any, found: Any) => Any): Change =>
  acting(pages, (config, state, found, out, original) => original(config, state, change(state, found), out));

/** Adopts by `enough` of the acceptors heard instead of a phase-1 quorum. */
const adopting =
  (enough: (config: Any, heard: readonly string[]) => boolean): Change =>
  (engine) => {
    const counted = engine.actions.find(({ name }) => name === count)!;
    return guarding([adopt], (config, state, event) => {
      const found: Any = counted.guard(config, state, event);
      return found !== null && enough(config, [...state.heard, found.from]) ? found : null;
    })(engine);
  };

/** Chooses by `enough` of the acceptances instead of a phase-2 quorum. */
const choosing =
  (enough: (config: Any, acked: readonly string[]) => boolean): Change =>
  (engine) => {
    const counted = engine.actions.find(({ name }) => name === countAcceptance)!;
    return guarding([choose], (config, state, event) => {
      const found: Any = counted.guard(config, state, event);
      if (found === null) return null;
      const { from }: Any = mapGet(state.acks, found.slot);
      return enough(config, [...from, found.from])
        ? { slot: found.slot, value: mapGet(state.proposals, found.slot) }
        : null;
    })(engine);
  };

/** Leaders of Paxos that put values at risk. */
export const paxosLeaderMutants: readonly Mutant[] = [
  leader("q1-one-short", {
    class: "wrong threshold",
    rule: adopt,
    breaks: "agreement",
    change: adopting((config, heard) => almost(config.phase1, heard)),
  }),
  leader("q2-one-short", {
    class: "wrong threshold",
    rule: choose,
    breaks: "agreement",
    change: choosing((config, acked) => almost(config.phase2, acked)),
  }),
  leader("q1-one-more", {
    class: "wrong threshold",
    rule: adopt,
    breaks: "termination",
    change: adopting((config, heard) => needing(config.phase1, heard)),
  }),
  leader("q2-one-more", {
    class: "wrong threshold",
    rule: choose,
    breaks: "termination",
    change: choosing((config, acked) => needing(config.phase2, acked)),
  }),
  leader("duplicate-promise-counted", {
    class: "duplicate vote counted",
    rule: count,
    breaks: "agreement",
    change: guarding([adopt], (_config, state, event, original) => {
      const { message, from } = event;
      const again = state.phase === "phase1" && state.heard.includes(from) && !message.more;
      const mine =
        message.ballot?.round === state.ballot?.round &&
        message.ballot?.leader === state.ballot?.leader &&
        message.promised?.round === state.ballot?.round &&
        message.promised?.leader === state.ballot?.leader;
      return again && mine ? { from, floor: message.floor, accepted: message.accepted } : original(event);
    }),
  }),
  leader("duplicate-acceptance-counted", {
    class: "duplicate vote counted",
    rule: countAcceptance,
    breaks: "agreement",
    change: guarding([choose], (_config, state, event, original) => {
      const { slot, ballot, promised } = event.message;
      const acks: Any = mapGet(state.acks, slot);
      const mine = [ballot, promised].every(
        ({ round, leader: owner }) => round === state.ballot?.round && owner === state.ballot?.leader,
      );
      return mine && acks?.from.includes(event.from)
        ? { slot, value: mapGet(state.proposals, slot) }
        : original(event);
    }),
  }),
  leader("first-report-wins", {
    class: "first instead of maximum ballot",
    rule: adopt,
    breaks: "agreement",
    change: onPages((state, found) => ({
      ...found,
      accepted: found.accepted.filter(({ slot }: Any) => !mapHas(state.pmax, slot)),
    })),
  }),
  leader("last-report-wins", {
    class: "last instead of maximum ballot",
    rule: adopt,
    breaks: "agreement",
    change: onPages((state, found) => {
      for (const { slot } of found.accepted) mapDelete(state.pmax, slot);
      return found;
    }),
  }),
  leader("own-proposal-preferred", {
    class: "own proposal preferred to a reported pvalue",
    rule: adopt,
    breaks: "agreement",
    change: onPages((state, found) => {
      for (const slot of state.proposals.keys) mapDelete(state.pmax, slot);
      return { ...found, accepted: found.accepted.filter(({ slot }: Any) => !mapHas(state.proposals, slot)) };
    }),
  }),
  leader("reports-ignored", {
    class: "own proposal preferred to a reported pvalue",
    rule: adopt,
    breaks: "agreement",
    change: onPages((state, found) => {
      state.pmax = emptyMap();
      return { ...found, accepted: [] };
    }),
  }),
  leader("acceptor-counted-before-its-last-page", {
    class: "guard dropped",
    rule: nextPage,
    breaks: "agreement",
    change: hearing(pages, (message) => ({ ...message, more: false })),
  }),
  leader("reported-floor-ignored", {
    class: "guard dropped",
    rule: adopt,
    breaks: "agreement",
    change: onPages((state, found) => {
      state.reportedFloor = state.floor;
      return { ...found, floor: state.floor };
    }),
  }),
  leader("asks-from-the-second-slot", {
    class: "report withheld",
    rule: "start a ballot on command (4.5)",
    breaks: "agreement",
    change: acting(begins, (config, state, found, out, original) => {
      const send = (to: readonly string[], message: Any): void =>
        out.send(to, message.kind === "p1a" ? { ...message, fromSlot: message.fromSlot + 1 } : message);
      original(config, state, found, passing(out, { send }));
      for (const acceptor of [...state.cursors.keys])
        mapSet(state.cursors, acceptor, ((mapGet(state.cursors, acceptor) as number) + 1) as never);
    }),
  }),
  leader("round-not-recorded", {
    class: "forgotten persist",
    rule: "start a ballot on command (4.5)",
    breaks: "agreement",
    change: forgetting(begins, "roundHi"),
  }),
  leader("round-recorded-late", {
    class: "persist after send",
    rule: "start a ballot on command (4.5)",
    breaks: "nothing",
    why: "before the record only promises are asked for, and a ballot that is asked for twice is promised and reported alike",
    change: writingLate(...begins),
  }),
  leader("round-forgotten", {
    class: "ballot reused",
    rule: "restart (4.7)",
    breaks: "agreement",
    change: restartingWithout("restart (4.7)", "roundHi"),
  }),
  leader("acceptances-of-an-older-ballot-counted", {
    class: "acks of an older ballot counted",
    rule: countAcceptance,
    breaks: "agreement",
    change: guarding([choose, countAcceptance], (_config, state, event, original) => {
      const { ballot, promised } = event.message;
      if (state.ballot === null || promised.round > ballot.round) return original(event);
      return original({
        ...event,
        message: { ...event.message, ballot: state.ballot, promised: state.ballot },
      });
    }),
  }),
  leader("promises-of-an-older-ballot-counted", {
    class: "acks of an older ballot counted",
    rule: count,
    breaks: "agreement",
    change: guarding(pages, (_config, state, event, original) => {
      const { ballot, promised } = event.message;
      const refused =
        promised === null || promised.round !== ballot.round || promised.leader !== ballot.leader;
      if (state.ballot === null || refused) return original(event);
      return original({
        ...event,
        message: { ...event.message, ballot: state.ballot, promised: state.ballot },
      });
    }),
  }),
  leader("refusal-counted-as-acceptance", {
    class: "guard dropped",
    rule: "preempted in phase 2 (4.5)",
    breaks: "agreement",
    change: both(
      without("preempted in phase 2 (4.5)"),
      hearing([choose, countAcceptance], (message) => ({ ...message, promised: message.ballot })),
    ),
  }),
  leader("refusal-counted-as-promise", {
    class: "guard dropped",
    rule: "preempted in phase 1 (4.5)",
    breaks: "agreement",
    change: both(
      without("preempted in phase 1 (4.5)"),
      hearing(pages, (message) => ({ ...message, promised: message.ballot })),
    ),
  }),
  leader("second-value-under-one-ballot", {
    class: "guard dropped",
    rule: "propose at once (4.5)",
    breaks: "agreement",
    change: guarding(["propose at once (4.5)"], (_config, state, event, original) => {
      const { slot, value } = event.message;
      return (
        original(event) ?? (state.phase === "active" && mapHas(state.acks, slot) ? { slot, value } : null)
      );
    }),
  }),
  leader("decided-slot-proposed-again", {
    class: "guard dropped",
    rule: "answer a proposal with the decision (4.5)",
    breaks: "agreement",
    change: without("answer a proposal with the decision (4.5)"),
  }),
  leader("proposes-before-adoption", {
    class: "guard dropped",
    rule: "propose at once (4.5)",
    breaks: "agreement",
    change: guarding(
      ["propose at once (4.5)", choose, countAcceptance],
      (_config, state, event, original) => {
        const { phase } = state;
        if (phase === "phase1") state.phase = "active";
        const found = original(event);
        state.phase = phase;
        return found;
      },
    ),
  }),
];
