import { equalBytes, mapDelete, mapGet, mapSet, toHex } from "@eunomia/codec";
import {
  type Any,
  acting,
  compactingWithout,
  forgetting,
  guarding,
  restartingWithout,
  silent,
  without,
  writingLate,
} from "./edit.ts";
import { type Change, type Mutant, mutantsOf } from "./mutant.ts";
import { almost, enough, needing } from "./quorums.ts";

const member = mutantsOf("two-thirds", "member", "two-thirds member");
const decide = "decide (2.4)";
const advance = "advance (2.4)";
const jump = "vote: jump (2.4)";
const count = "vote: count (2.4)";
const pull = "vote: pull a laggard (2.4)";
const restart = "restart (2.4)";
const cast = "propose: cast (2.4)";
/** Whatever makes a member vote, and so write a vote down. */
const casting = [cast, jump, advance];

/** What a choice names: the value itself or its digest. */
const nameOf = (choice: Any): Uint8Array => (choice.kind === "whole" ? choice.value : choice.digest);
const sameName = (a: Any, b: Any): boolean => equalBytes(nameOf(a), nameOf(b));

/** The value that a choice names, if it is here. */
const heldBy = (slot: Any, choice: Any): Uint8Array | null =>
  choice.kind === "whole" ? choice.value : ((mapGet(slot.held, toHex(choice.digest)) as Any) ?? null);

interface Share {
  readonly choice: Any;
  readonly voters: string[];
}

function shares(votes: Any): Share[] {
  const found: Share[] = [];
  votes.keys.forEach((voter: string, i: number) => {
    const choice = votes.values[i];
    const share = found.find((one) => sameName(one.choice, choice));
    if (share === undefined) found.push({ choice, voters: [voter] });
    else share.voters.push(voter);
  });
  return found;
}

/** Decides by `quorate` sets of equal votes instead of deciding quorums. Votes carry whole values here. */
const deciding = (quorate: (config: Any, voters: readonly string[]) => boolean): Change =>
  guarding([decide], (config, state) => {
    for (const number of state.ready) {
      const slot: Any = mapGet(state.slots, number);
      if (slot === undefined || slot.decided !== null) continue;
      for (const [i, round] of slot.votes.keys.entries()) {
        const share = shares(slot.votes.values[i]).find(({ voters }) => quorate(config, voters));
        const value = share === undefined ? null : heldBy(slot, share.choice);
        if (value !== null) return { kind: "decide", slot: number, round, value, choice: share!.choice };
      }
    }
    return null;
  });

/** Leaves a round by `quorate` sets of votes instead of updating quorums, with the most frequent value. */
const advancing = (quorate: (config: Any, voters: readonly string[]) => boolean): Change =>
  guarding([advance], (config, state) => {
    for (const number of state.ready) {
      const slot: Any = mapGet(state.slots, number);
      if (slot === undefined || slot.decided !== null) continue;
      const votes: Any = mapGet(slot.votes, slot.round);
      const complete = votes !== undefined && votes.keys.length === config.members.length;
      if (votes === undefined || (!complete && (slot.graceTicks > 0 || !quorate(config, votes.keys))))
        continue;
      const [best] = shares(votes).sort((a, b) => b.voters.length - a.voters.length);
      const { choice } = best!;
      const value = heldBy(slot, choice);
      if (value !== null) return { kind: "advance", slot: number, round: slot.round + 1, value, choice };
    }
    return null;
  });

/** The next round is entered with another value than the rule says. */
const advancingWith = (pick: (slot: Any, round: number, found: Any) => Any): Change =>
  acting([advance], (config, state, found, out, original) => {
    const slot: Any = mapGet(state.slots, found.slot);
    const choice = pick(slot, found.round - 1, found);
    const value = choice === null ? null : heldBy(slot, choice);
    original(config, state, value === null ? found : { ...found, value, choice }, out);
  });

const ownVote = (slot: Any): Any => (slot.est === null ? null : slot.name);

/** Members of 2/3-consensus that put agreement at risk. */
export const twoThirdsMemberMutants: readonly Mutant[] = [
  member("e-one-short", {
    class: "wrong threshold",
    rule: decide,
    breaks: "agreement",
    change: deciding((config, voters) => almost(config.decide, voters)),
  }),
  member("e-one-more", {
    class: "wrong threshold",
    rule: decide,
    breaks: "termination",
    change: deciding((config, voters) => needing(config.decide, voters)),
  }),
  member("t-one-short", {
    class: "wrong threshold",
    rule: advance,
    breaks: "agreement",
    change: advancing((config, voters) => almost(config.update, voters)),
  }),
  member("t-one-more", {
    class: "wrong threshold",
    rule: advance,
    breaks: "termination",
    change: advancing((config, voters) => needing(config.update, voters)),
  }),
  member("duplicate-vote-counted", {
    class: "duplicate vote counted",
    rule: count,
    breaks: "agreement",
    change: acting([count], (config, state, found, out, original) => {
      const slot: Any = mapGet(state.slots, found.slot);
      const votes: Any = mapGet(slot.votes, found.round);
      const silentOne = config.members.find((one: string) => mapGet(votes, one) === undefined);
      const from =
        mapGet(votes, found.from) !== undefined && silentOne !== undefined ? silentOne : found.from;
      original(config, state, { ...found, from }, out);
    }),
  }),
  member("votes-of-two-rounds-counted-together", {
    class: "guard dropped",
    rule: decide,
    breaks: "agreement",
    change: guarding([decide], (config, state, event, original) => {
      const found = original(event);
      if (found !== null) return found;
      for (const number of state.ready) {
        const slot: Any = mapGet(state.slots, number);
        if (slot === undefined || slot.decided !== null) continue;
        const all = slot.votes.values.flatMap((votes: Any) => shares(votes));
        for (const { choice } of all) {
          const voters = all.flatMap((one: Share) => (sameName(one.choice, choice) ? one.voters : []));
          const value = enough(config.decide, voters) ? heldBy(slot, choice) : null;
          if (value !== null) return { kind: "decide", slot: number, round: slot.round, value, choice };
        }
      }
      return null;
    }),
  }),
  member("own-value-kept", {
    class: "most frequent ignored",
    rule: advance,
    breaks: "agreement",
    change: advancingWith(ownVote),
  }),
  member("least-frequent-taken", {
    class: "most frequent ignored",
    rule: advance,
    breaks: "agreement",
    change: advancingWith((slot, round) => {
      const all = shares(mapGet(slot.votes, round));
      return all.reduce((a, b) => (b.voters.length < a.voters.length ? b : a)).choice;
    }),
  }),
  member("tie-to-the-own-value", {
    class: "tie broken the other way",
    rule: advance,
    breaks: "termination",
    change: advancingWith((slot, round) => {
      const all = shares(mapGet(slot.votes, round));
      const most = Math.max(...all.map(({ voters }) => voters.length));
      const own = ownVote(slot);
      const tied = all.find(
        ({ choice, voters }) => voters.length === most && own !== null && sameName(choice, own),
      );
      return tied?.choice ?? null;
    }),
  }),
  member("vote-not-recorded", {
    class: "forgotten persist",
    rule: cast,
    breaks: "agreement",
    change: forgetting(casting, "vote"),
  }),
  member("vote-recorded-late", {
    class: "persist after send",
    rule: cast,
    breaks: "agreement",
    change: writingLate(...casting),
  }),
  member("votes-forgotten", {
    class: "vote forgotten on restart",
    rule: restart,
    breaks: "agreement",
    change: restartingWithout(restart, "vote"),
  }),
  member("short-compaction", {
    class: "forgotten persist",
    rule: restart,
    breaks: "agreement",
    change: compactingWithout("vote"),
  }),
  member("jump-of-one-round-only", {
    class: "vote in a skipped round",
    rule: jump,
    breaks: "agreement",
    change: acting([jump], (config, state, found, out, original) => {
      const slot: Any = mapGet(state.slots, found.slot);
      original(config, state, { ...found, round: (slot?.round ?? -1) + 1 }, out);
    }),
  }),
  member("jump-with-the-own-value", {
    class: "jump with another value",
    rule: jump,
    breaks: "agreement",
    change: acting([jump], (config, state, found, out, original) => {
      const slot: Any = mapGet(state.slots, found.slot) ?? { est: null };
      const own = ownVote(slot);
      original(config, state, own === null ? found : { ...found, value: slot.est, choice: own }, out);
    }),
  }),
  member("votes-twice-in-round-0", {
    class: "guard dropped",
    rule: cast,
    breaks: "agreement",
    change: guarding([cast], (config, state, event, original) => {
      const { slot, value } = event.message;
      const known: Any = mapGet(state.slots, slot);
      const again = known?.round === 0 && known.decided === null && config.learners.includes(event.from);
      return original(event) ?? (again ? { slot, round: 0, value, choice: { kind: "whole", value } } : null);
    }),
  }),
  member("votes-after-deciding", {
    class: "vote forgotten",
    rule: decide,
    breaks: "agreement",
    change: acting([decide, "decided: learn (2.4)"], (config, state, found, out, original) => {
      original(config, state, found, out);
      mapDelete(state.slots, found.slot);
    }),
  }),
  member("forgotten-slots-come-back", {
    class: "guard dropped",
    rule: "stable: raise the floor (1)",
    breaks: "agreement",
    change: acting(["stable: raise the floor (1)"], (config, state, found, out, original) => {
      const { floor } = state;
      original(config, state, found, out);
      state.floor = floor;
    }),
  }),
  member("floor-raised-early", {
    class: "wrong threshold",
    rule: "stable: raise the floor (1)",
    breaks: "termination",
    change: guarding(["stable: raise the floor (1)"], (_config, state, event, original) => {
      const found = original(event);
      const { slot } = event.message;
      return found === null && slot > state.floor ? { from: event.from, slot, floor: slot } : found;
    }),
  }),
  member("last-vote-of-a-round-taken", {
    class: "guard dropped",
    rule: "vote: evidence (2.4)",
    breaks: "rule",
    change: acting(["vote: evidence (2.4)"], (_config, state, found) => {
      const slot: Any = mapGet(state.slots, found.slot);
      mapSet(mapGet(slot.votes, found.round) as Any, found.from, found.choice as never);
      state.ready = [found.slot];
    }),
  }),
  member("no-alarm", {
    class: "alarm dropped",
    rule: "decided: alarm (2.4)",
    breaks: "rule",
    change: without("decided: alarm (2.4)"),
  }),
  member("decision-told-before-it-is-known", {
    class: "guard dropped",
    rule: "decided: learn (2.4)",
    breaks: "agreement",
    change: acting([cast], (config, state, found, out, original) => {
      original(config, state, found, out);
      out.send(config.learners, {
        kind: "decided",
        slot: found.slot,
        choice: { kind: "whole", value: found.value },
      });
    }),
  }),
  member("vote-again-unrestored", {
    class: "vote forgotten on restart",
    rule: restart,
    breaks: "termination",
    change: acting([restart], (config, state, found, out, original) => {
      original(config, state, found, out);
      for (const slot of state.slots.values)
        for (const votes of slot.votes.values) mapDelete(votes, config.self as never);
    }),
  }),
  member("laggard-not-pulled", {
    class: "no answer to stale votes",
    rule: pull,
    breaks: "nothing",
    why: "an undecided slot is voted for again until it is decided, and a decided one is answered for",
    change: silent([pull], "vote"),
  }),
];
