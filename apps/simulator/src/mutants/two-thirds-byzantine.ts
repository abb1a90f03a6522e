import { equalBytes, mapGet, mapSet } from "@eunomia/codec";
import type { AnyEngine } from "@eunomia/engine";
import { node, quorumSystem, thresholdOf } from "@eunomia/quorum-algebra";
import {
  type ByzantineMemberConfig,
  byzantineMemberEngine,
  byzantineQuorums,
} from "@eunomia/two-thirds/byzantine";
import { sealOracles } from "../protocols/two-thirds-byzantine/parts.ts";
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

const member = mutantsOf("two-thirds-byzantine", "member", "byzantine two-thirds member");

const decide = "decide (3.3)";
const lead = "lead (3.3)";
const follow = "newround: follow (3.3)";
const learn = "decided: learn (3.3)";
const restart = "restart (3.3)";
const tick = "tick: next round (3.3)";
const jump = "jump (3.3)";
const arm = "arm the round (3.3)";
const casting = ["propose: cast (3.3)", "vote for what f+1 vote for (3.3)", follow, lead];
const entering = [tick, jump, follow];

const any = (k: number, members: readonly string[]) =>
  quorumSystem(
    thresholdOf(
      k,
      members.map((name) => node(name)),
    ),
  );

/** Other thresholds, wherever they count: of q, of L and of f + 1. */
function thresholds(by: {
  readonly decide?: number;
  readonly lock?: number;
  readonly vouch?: number;
}): Change {
  const made = new WeakMap<object, AnyEngine>();
  const over = (config: ByzantineMemberConfig): AnyEngine => {
    const known = made.get(config);
    if (known !== undefined) return known;
    const { self, members, learners, f } = config;
    const n = members.length;
    const engine = byzantineMemberEngine(config, sealOracles(self), {
      ...byzantineQuorums(members, learners, f),
      decide: any(n - f + (by.decide ?? 0), members),
      lock: any(n - 3 * f + (by.lock ?? 0), members),
      vouch: any(f + 1 + (by.vouch ?? 0), members),
    });
    made.set(config, engine);
    return engine;
  };
  return (engine) => ({
    ...engine,
    actions: engine.actions.map((action, i) => ({
      ...action,
      guard: (config: Any, state, event) => over(config).actions[i]!.guard(config, state, event),
      act: (config: Any, state, found, out) => over(config).actions[i]!.act(config, state, found, out),
    })),
  });
}

/** Counts the votes of all rounds together. */
const poolingRounds: Change = guarding([decide], (config, state) => {
  for (const number of state.ready) {
    const slot: Any = mapGet(state.slots, number);
    if (slot === undefined || slot.decided !== null) continue;
    const votes: Any[] = slot.votes.values.flatMap((round: Any) =>
      round.keys.map((from: string, i: number) => ({ from, ...round.values[i] })),
    );
    for (const { value, digest } of votes) {
      const equal = votes.filter((vote) => equalBytes(vote.digest, digest));
      if (equal.length < config.members.length - config.f) continue;
      const proof = equal.map(({ from, signature }) => ({ from, signature }));
      return { kind: "decide", slot: number, value, certificate: { round: slot.round, votes: proof } };
    }
  }
  return null;
});

/** Follows whatever its coordinator signs in time. */
const trusting: Change = guarding([follow], (config, state, event, original) => {
  const found = original(event);
  const { slot, round, value, statuses, signature } = event.message;
  const known: Any = mapGet(state.slots, slot);
  if (found !== null || known === undefined || known.decided !== null) return found;
  const leads = config.members[(slot + round) % config.members.length] === event.from;
  if (!leads || round < Math.max(1, known.round) || known.voted >= round) return null;
  return { slot, round, value, led: { round, digest: new Uint8Array(32), statuses, signature } };
});

/** Leads with its own value, whatever is locked. */
const stubborn: Change = acting([lead], (config, state, found, out, original) => {
  const slot: Any = mapGet(state.slots, found.slot);
  original(config, state, { ...found, value: slot.proposal ?? slot.est ?? found.value }, out);
});

/** Members of Byzantine 2/3-consensus that are wrong in one rule each. */
export const byzantineMemberMutants: readonly Mutant[] = [
  member("q-one-short", {
    class: "threshold off by one",
    rule: decide,
    breaks: "agreement",
    change: thresholds({ decide: -1 }),
  }),
  member("votes-of-all-rounds-counted-together", {
    class: "certificate of mixed rounds",
    rule: decide,
    breaks: "agreement",
    change: poolingRounds,
  }),
  member("q-one-more", {
    class: "threshold off by one",
    rule: decide,
    breaks: "termination",
    change: thresholds({ decide: 1 }),
  }),
  member("lock-one-more", {
    class: "threshold off by one",
    rule: "lock",
    breaks: "agreement",
    change: thresholds({ lock: 1 }),
  }),
  member("f-vouch", {
    class: "lone status moves a round",
    rule: jump,
    breaks: "rule",
    change: thresholds({ vouch: -1 }),
  }),
  member("coordinator-trusted", {
    class: "signature or registry check missing",
    rule: follow,
    breaks: "agreement",
    change: trusting,
  }),
  member("lock-ignored-by-the-coordinator", {
    class: "coordinator ignores the lock",
    rule: lead,
    breaks: "termination",
    change: stubborn,
  }),
  member("votes-twice-in-a-round", {
    class: "guard dropped",
    rule: follow,
    breaks: "agreement",
    change: guarding(["propose: cast (3.3)"], (config, state, event, original) => {
      const { slot, value } = event.message;
      const known: Any = mapGet(state.slots, slot);
      const again = known?.round === 0 && known.decided === null && config.learners.includes(event.from);
      return original(event) ?? (again ? { slot, round: 0, value } : null);
    }),
  }),
  member("promise-broken", {
    class: "guard dropped",
    rule: "enter",
    breaks: "agreement",
    change: guarding(["propose: cast (3.3)"], (config, state, event, original) => {
      const { slot, value } = event.message;
      const known: Any = mapGet(state.slots, slot);
      const late = known !== undefined && known.voted === -1 && known.decided === null;
      return (
        original(event) ?? (late && config.learners.includes(event.from) ? { slot, round: 0, value } : null)
      );
    }),
  }),
  member("vote-not-recorded", {
    class: "forgotten persist",
    rule: "cast",
    breaks: "agreement",
    change: forgetting(casting, "vote"),
  }),
  member("vote-recorded-late", {
    class: "persist after send",
    rule: "cast",
    breaks: "durability",
    change: writingLate(...casting),
  }),
  member("promise-not-recorded", {
    class: "forgotten persist",
    rule: "enter",
    breaks: "durability",
    change: forgetting(entering, "enter"),
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
    change: compactingWithout("vote", "enter"),
  }),
  member("certificates-unchecked", {
    class: "certificate unchecked",
    rule: learn,
    breaks: "agreement",
    change: guarding([learn], (config, state, event, original) => {
      const { message, from } = event;
      const open = message.slot > state.floor && (mapGet(state.slots, message.slot) as Any)?.decided == null;
      return original(event) ?? (open && config.members.includes(from) ? message : null);
    }),
  }),
  member("last-vote-of-a-round-taken", {
    class: "counts duplicate senders",
    rule: "vote: evidence (3.3)",
    breaks: "rule",
    change: acting(["vote: evidence (3.3)"], (_config, state, found) => {
      mapSet(
        mapGet((mapGet(state.slots, found.slot) as Any).votes, found.round) as Any,
        found.from,
        found.vote,
      );
      state.ready = [found.slot];
    }),
  }),
  member("lone-status-moves", {
    class: "lone status moves a round",
    rule: jump,
    breaks: "rule",
    change: guarding([jump], (_config, state) => {
      for (const number of state.ready) {
        const slot: Any = mapGet(state.slots, number);
        const top = Math.max(0, ...(slot?.statuses.values ?? []).map(({ round }: Any) => round));
        if (slot !== undefined && slot.decided === null && top > slot.round)
          return { kind: "jump", slot: number, round: top };
      }
      return null;
    }),
  }),
  member("rounds-timed-at-once", {
    class: "no armed-timer rule",
    rule: arm,
    breaks: "termination",
    change: guarding([arm], (_config, state, event, original) => {
      const found = original(event);
      if (found !== null) return found;
      const open = (state.ready as number[]).find((number) => {
        const slot: Any = mapGet(state.slots, number);
        return slot !== undefined && slot.decided === null && slot.round >= 1 && slot.roundTicks === 0;
      });
      return open === undefined ? null : { kind: "arm", slot: open };
    }),
  }),
  member("rounds-never-timed", {
    class: "no timer",
    rule: arm,
    breaks: "termination",
    change: without(arm),
  }),
  member("nothing-said-again", {
    class: "no retransmission",
    rule: "retry: say it again (3.3)",
    breaks: "termination",
    change: silent(["retry: say it again (3.3)"], "vote", "status", "newround"),
  }),
  member("nobody-leads", {
    class: "no coordinator",
    rule: lead,
    breaks: "termination",
    change: without(lead),
  }),
  member("floor-by-one-rumour", {
    class: "wrong threshold",
    rule: "trimmed: hear of a floor (1)",
    breaks: "termination",
    change: acting(
      ["trimmed: hear of a floor (1)", "head: catch up (2.3)"],
      (config, state, found, out, original) => {
        original(config, state, found, out);
        if (found.floor <= state.floor) return;
        state.floor = found.floor;
        for (const list of ["open", "ready"])
          state[list] = state[list].filter((number: number) => number > found.floor);
        const kept = state.slots.keys.findIndex((number: number) => number > found.floor);
        const from = kept === -1 ? state.slots.keys.length : kept;
        state.slots = { keys: state.slots.keys.slice(from), values: state.slots.values.slice(from) };
        out.persist({ kind: "floor", floor: found.floor });
      },
    ),
  }),
  member("no-evidence", {
    class: "alarm dropped",
    rule: "vote: evidence (3.3)",
    breaks: "rule",
    change: without("vote: evidence (3.3)"),
  }),
];
