import { equalBytes, mapGet, mapHas, mapSet } from "@eunomia/codec";
import { type Action, actionsOf, type NodeId } from "@eunomia/engine";
import { roundMax } from "../message.ts";
import { statusSays, voteSays } from "./member-evidence.ts";
import { inWindow, type Told } from "./member-guards.ts";
import {
  cast,
  convict,
  digestFor,
  isPeer,
  openSlot,
  placeOf,
  type Rules,
  storeVote,
  within,
} from "./member-moves.ts";
import type {
  ByzantineMemberConfig,
  ByzantineMemberState,
  ByzantineMemberTypes,
  SignedStatus,
  SignedVote,
} from "./member-types.ts";
import { isSigned } from "./statement.ts";

type Config = ByzantineMemberConfig;
type State = Readonly<ByzantineMemberState>;
const on = actionsOf<ByzantineMemberTypes>();

interface VoteMessage {
  readonly slot: number;
  readonly round: number;
  readonly value: Uint8Array;
  readonly signature: Uint8Array;
}
interface StatusMessage {
  readonly slot: number;
  readonly round: number;
  readonly lastRound: number;
  readonly est: Uint8Array | null;
  readonly signature: Uint8Array;
}

const mayPropose = (config: Config, from: NodeId): boolean => config.learners.includes(from);

/** May a vote of this round be filed? Far rounds are not: whoever is there decides, and tells so. */
const nearRound = (config: Config, state: State, { slot, round }: VoteMessage): boolean =>
  Math.abs(round - (mapGet(state.slots, slot)?.round ?? 0)) <= config.keepRounds;

const firstVote = (state: State, { slot, round }: VoteMessage, from: NodeId): SignedVote | undefined => {
  const votes = mapGet(mapGet(state.slots, slot)?.votes ?? { keys: [], values: [] }, round);
  return votes === undefined ? undefined : mapGet(votes, from);
};

/** The vote with its digest, if its signature holds. */
function readVote(
  { oracles }: Rules,
  config: Config,
  state: State,
  { slot, round, value, signature }: VoteMessage,
  from: NodeId,
): (Told & { readonly vote: SignedVote }) | null {
  const digest = digestFor(mapGet(state.slots, slot), value);
  return isSigned(oracles, placeOf(config, slot, round), from, { kind: "vote", value: digest }, signature)
    ? { from, slot, round, vote: { value, digest, signature } }
    : null;
}

/** A STATUS that can be true: below its round, and with a value exactly if there was a vote. */
const isWellFormed = ({ round, lastRound, est }: StatusMessage): boolean =>
  round >= 1 && round < roundMax && lastRound < round && (est === null) === (lastRound === -1);

function readStatus(
  { oracles }: Rules,
  config: Config,
  state: State,
  { slot, round, lastRound, est: value, signature }: StatusMessage,
  from: NodeId,
): (Told & { readonly status: SignedStatus }) | null {
  const est = value === null ? null : { value, digest: digestFor(mapGet(state.slots, slot), value) };
  const says = { kind: "status", lastRound, est: est === null ? null : est.digest } as const;
  return isSigned(oracles, placeOf(config, slot, round), from, says, signature)
    ? { from, slot, round, status: { round, lastRound, est, signature } }
    : null;
}

export function proposeActions(rules: Rules): Action<ByzantineMemberTypes>[] {
  return [
    on.message(
      "propose",
      "propose: cast (3.3)",
      (config, state, { slot, value }, from) => {
        const known = mapGet(state.slots, slot);
        const free = known === undefined || (known.round === 0 && known.voted === -1);
        const open = free && mayPropose(config, from) && inWindow(config, state, slot);
        return open && rules.oracles.valid(slot, value) ? { slot, round: 0, value } : null;
      },
      (config, state, found, out) => {
        const slot = openSlot(config, state, found.slot, out);
        slot.proposal ??= found.value;
        cast(rules, config, state, found.slot, found, out);
        state.ready = [found.slot];
      },
    ),
    // Whoever voted or promised already may still have to coordinate a round in which nothing else is there to offer.
    on.message(
      "propose",
      "propose: keep (3.3)",
      (config, state, { slot, value }, from) => {
        const known = mapGet(state.slots, slot);
        return known?.proposal === null &&
          known.decided === null &&
          mayPropose(config, from) &&
          rules.oracles.valid(slot, value)
          ? { slot, value }
          : null;
      },
      (_config, state, { slot, value }) => {
        mapGet(state.slots, slot)!.proposal = value;
        state.ready = [slot];
      },
    ),
  ] as Action<ByzantineMemberTypes>[];
}

export function voteActions(rules: Rules): Action<ByzantineMemberTypes>[] {
  const first = (config: Config, state: State, message: VoteMessage, from: NodeId) =>
    isPeer(config, from) &&
    inWindow(config, state, message.slot) &&
    nearRound(config, state, message) &&
    firstVote(state, message, from) === undefined
      ? readVote(rules, config, state, message, from)
      : null;
  return [
    on.message(
      "vote",
      "vote: evidence (3.3)",
      (config, state, message, from) => {
        const first = firstVote(state, message, from);
        if (first === undefined || equalBytes(first.value, message.value)) return null;
        if (!isPeer(config, from) || state.guilty.includes(from)) return null;
        const read = readVote(rules, config, state, message, from);
        return read === null ? null : { ...read, first };
      },
      (_config, state, { from, slot, round, vote, first }, out) => {
        convict(
          state,
          { from, slot, round, first: voteSays(first), second: voteSays(vote), statuses: [] },
          out,
        );
      },
    ),
    on.message(
      "vote",
      "vote: count (3.3)",
      (config, state, message, from) =>
        mapHas(state.slots, message.slot) ? first(config, state, message, from) : null,
      (_config, state, { from, slot, round, vote }) => {
        storeVote(mapGet(state.slots, slot)!, round, from, vote);
        state.ready = [slot];
      },
    ),
    on.message(
      "vote",
      "vote: hear of a slot (3.3)",
      first,
      (config, state, { from, slot, round, vote }, out) => {
        storeVote(openSlot(config, state, slot, out), round, from, vote);
        state.ready = [slot];
      },
    ),
    on.message(
      "vote",
      "vote: refuse (3.2)",
      (config, state, message, from) => {
        if (!isPeer(config, from)) return { from, message: "vote", reason: "stranger" as const };
        if (!within(config, state, message.slot) || message.round >= roundMax)
          return { from, message: "vote", reason: "out of range" as const };
        if (!inWindow(config, state, message.slot) || !nearRound(config, state, message)) return null;
        // The first vote again is no bad data, and of the guilty nothing more is needed.
        const first = firstVote(state, message, from);
        if (first !== undefined && (equalBytes(first.value, message.value) || state.guilty.includes(from)))
          return null;
        return { from, message: "vote", reason: "signature" as const };
      },
      (_config, _state, found, out) => out.output({ kind: "refused", ...found }),
    ),
  ] as Action<ByzantineMemberTypes>[];
}

export function statusActions(rules: Rules): Action<ByzantineMemberTypes>[] {
  const stored = (state: State, { slot }: StatusMessage, from: NodeId): SignedStatus | undefined =>
    mapGet(mapGet(state.slots, slot)?.statuses ?? { keys: [], values: [] }, from);
  const news = (config: Config, state: State, message: StatusMessage, from: NodeId) =>
    isPeer(config, from) &&
    inWindow(config, state, message.slot) &&
    isWellFormed(message) &&
    (stored(state, message, from)?.round ?? 0) < message.round
      ? readStatus(rules, config, state, message, from)
      : null;
  const same = (a: SignedStatus, b: StatusMessage): boolean =>
    a.lastRound === b.lastRound &&
    (a.est === null || b.est === null ? a.est === b.est : equalBytes(a.est.value, b.est));
  return [
    on.message(
      "status",
      "status: evidence (3.3)",
      (config, state, message, from) => {
        const first = stored(state, message, from);
        if (first?.round !== message.round || same(first, message) || !isWellFormed(message)) return null;
        if (!isPeer(config, from) || state.guilty.includes(from)) return null;
        const read = readStatus(rules, config, state, message, from);
        return read === null ? null : { ...read, first };
      },
      (_config, state, { from, slot, round, status, first }, out) => {
        convict(
          state,
          { from, slot, round, first: statusSays(first), second: statusSays(status), statuses: [] },
          out,
        );
      },
    ),
    on.message(
      "status",
      "status: count (3.3)",
      (config, state, message, from) =>
        mapHas(state.slots, message.slot) ? news(config, state, message, from) : null,
      (_config, state, { from, slot, status }) => {
        mapSet(mapGet(state.slots, slot)!.statuses, from, status);
        state.ready = [slot];
      },
    ),
    on.message(
      "status",
      "status: hear of a slot (3.3)",
      news,
      (config, state, { from, slot, status }, out) => {
        mapSet(openSlot(config, state, slot, out).statuses, from, status);
        state.ready = [slot];
      },
    ),
    on.message(
      "status",
      "status: refuse (3.2)",
      (config, state, message, from) => {
        const refused = (reason: "stranger" | "out of range" | "signature") => ({
          from,
          message: "status",
          reason,
        });
        if (!isPeer(config, from)) return refused("stranger");
        if (!within(config, state, message.slot) || !isWellFormed(message)) return refused("out of range");
        const first = stored(state, message, from);
        if (!inWindow(config, state, message.slot) || (first?.round ?? 0) > message.round) return null;
        if (first?.round === message.round && (same(first, message) || state.guilty.includes(from)))
          return null;
        return refused("signature");
      },
      (_config, _state, found, out) => out.output({ kind: "refused", ...found }),
    ),
  ] as Action<ByzantineMemberTypes>[];
}
