import { equalBytes, mapGet, setAdd, sha256, toHex } from "@eunomia/codec";
import { actionsOf, type NodeId } from "@eunomia/engine";
import { type Choice, roundMax } from "../message.ts";
import { canonicalChoice, choiceOf, heldValue, sameChoice } from "./choice.ts";
import { cast, hold, isPeer, mayHold, openSlot, sendVote, storeVote, within } from "./member-moves.ts";
import type { MemberConfig, MemberState, MemberTypes, SlotState } from "./member-types.ts";

const on = actionsOf<MemberTypes>();

const mayPropose = (config: MemberConfig, from: NodeId): boolean => config.learners.includes(from);

/** A decision for somebody who named `choice`: by digest if that is the decided value, which is then already there. */
function decidedFor(slot: Readonly<SlotState> | undefined, choice: Choice): Choice | null {
  const value = slot?.decided ?? null;
  if (value === null) return null;
  return slot?.name && sameChoice(slot.name, choice) ? slot.name : { kind: "whole", value };
}

const answerTrimmed = on.message(
  "propose",
  "propose: trimmed (2.4)",
  (config, state, { slot }, from) => (mayPropose(config, from) && slot <= state.floor ? { from } : null),
  (_config, state, { from }, out) => out.send([from], { kind: "trimmed", floor: state.floor }),
);

const answerDecided = on.message(
  "propose",
  "propose: decided (2.4)",
  (config, state, { slot, value }, from) => {
    const known = mayPropose(config, from) ? mapGet(state.slots, slot) : undefined;
    const decided = known?.decided ?? null;
    if (decided === null) return null;
    const same = known?.name && equalBytes(decided, value);
    return { from, slot, choice: same ? known.name! : { kind: "whole" as const, value: decided } };
  },
  (_config, _state, { from, slot, choice }, out) => out.send([from], { kind: "decided", slot, choice }),
);

const castProposal = on.message(
  "propose",
  "propose: cast (2.4)",
  (config, state, { slot, value }, from) =>
    mayPropose(config, from) && within(config, state, slot) && (mapGet(state.slots, slot)?.round ?? -1) === -1
      ? { slot, round: 0, value, choice: choiceOf(config, value) }
      : null,
  (config, state, found, out) => {
    cast(config, state, found.slot, found, out);
    state.ready = [found.slot];
  },
);

/** With votes by digest, a proposal that comes too late to be voted for still brings a value that others may vote for. */
const holdProposal = on.message(
  "propose",
  "propose: hold (8)",
  (config, state, { slot, value }, from) => {
    const known = mapGet(state.slots, slot);
    const choice = choiceOf(config, value);
    if (choice.kind === "whole" || known === undefined || !mayPropose(config, from)) return null;
    const digest = toHex(choice.digest);
    return mayHold(known, digest) && mapGet(known.held, digest) === undefined
      ? { slot, digest, value }
      : null;
  },
  (config, state, { slot, digest, value }) => {
    hold(config, mapGet(state.slots, slot)!, digest, value);
    state.ready = [slot];
  },
);

interface Vote {
  readonly from: NodeId;
  readonly slot: number;
  readonly round: number;
  readonly choice: Choice;
}

/** A vote that may count: from a member, about an undecided slot in reach, in the form that this member would give it. */
function readVote(
  config: MemberConfig,
  state: Readonly<MemberState>,
  message: { readonly slot: number; readonly round: number; readonly choice: Choice },
  from: NodeId,
): {
  readonly vote: Vote;
  readonly known: Readonly<SlotState> | undefined;
  readonly first: Choice | undefined;
} | null {
  const { slot, round } = message;
  if (!isPeer(config, from) || !within(config, state, slot) || round >= roundMax) return null;
  const known = mapGet(state.slots, slot);
  if (known !== undefined && known.decided !== null) return null;
  const choice = canonicalChoice(config, message.choice);
  if (choice === null) return null;
  const votes = known === undefined ? undefined : mapGet(known.votes, round);
  return {
    vote: { from, slot, round, choice },
    known,
    first: votes === undefined ? undefined : mapGet(votes, from),
  };
}

const voteTrimmed = on.message(
  "vote",
  "vote: trimmed (2.4)",
  (config, state, { slot }, from) => (isPeer(config, from) && slot <= state.floor ? { from } : null),
  (_config, state, { from }, out) => out.send([from], { kind: "trimmed", floor: state.floor }),
);

const voteDecided = on.message(
  "vote",
  "vote: decided (2.4)",
  (config, state, { slot, choice }, from) => {
    const answer = isPeer(config, from) ? decidedFor(mapGet(state.slots, slot), choice) : null;
    return answer === null ? null : { from, slot, choice: answer };
  },
  (_config, _state, { from, slot, choice }, out) => out.send([from], { kind: "decided", slot, choice }),
);

const voteTwice = on.message(
  "vote",
  "vote: evidence (2.4)",
  (config, state, message, from) => {
    const read = readVote(config, state, message, from);
    return read?.first !== undefined && !sameChoice(read.first, read.vote.choice)
      ? { ...read.vote, first: read.first }
      : null;
  },
  (_config, _state, { slot, round, from, first, choice }, out) =>
    out.output({ kind: "evidence", slot, round, from, first, second: choice }),
);

/** The jump adopts the value of the vote that pulled us; rounds in between are never voted in (2.5). */
const voteJump = on.message(
  "vote",
  "vote: jump (2.4)",
  (config, state, message, from) => {
    const read = readVote(config, state, message, from);
    if (read === null || read.vote.round <= (read.known?.round ?? -1)) return null;
    const { vote, known } = read;
    const value =
      vote.choice.kind === "whole"
        ? vote.choice.value
        : known === undefined
          ? null
          : heldValue(known, vote.choice);
    return value === null ? null : { ...vote, value };
  },
  (config, state, found, out) => {
    storeVote(config, openSlot(config, state, found.slot, out), found.round, found.from, found.choice);
    cast(config, state, found.slot, found, out);
    state.ready = [found.slot];
  },
);

/** A vote counts whether its round is ours, or above ours while its value is still on the way; older ones see below. */
const voteCount = on.message(
  "vote",
  "vote: count (2.4)",
  (config, state, message, from) => {
    const read = readVote(config, state, message, from);
    return read?.known !== undefined && read.vote.round === read.known.round ? read.vote : null;
  },
  (config, state, { slot, round, from, choice }) => {
    storeVote(config, mapGet(state.slots, slot)!, round, from, choice);
    state.ready = [slot];
  },
);

const votePull = on.message(
  "vote",
  "vote: pull a laggard (2.4)",
  (config, state, message, from) => {
    const read = readVote(config, state, message, from);
    return read?.known !== undefined && read.vote.round < read.known.round ? read.vote : null;
  },
  (config, state, { slot, round, from, choice }, out) => {
    const known = mapGet(state.slots, slot)!;
    storeVote(config, known, round, from, choice);
    sendVote(known, slot, [from], out);
    state.ready = [slot];
  },
);

/** A vote of a higher round whose value is not here: it is filed, and the internal actions ask for the value. */
const voteWait = on.message(
  "vote",
  "vote: wait for the value (8)",
  (config, state, message, from) => readVote(config, state, message, from)?.vote ?? null,
  (config, state, { slot, round, from, choice }, out) => {
    storeVote(config, openSlot(config, state, slot, out), round, from, choice);
    state.ready = [slot];
  },
);

const answerWant = on.message(
  "want",
  "want: answer (8)",
  (config, state, { slot, digest }, from) => {
    const known = isPeer(config, from) ? mapGet(state.slots, slot) : undefined;
    if (known === undefined) return null;
    const value = mapGet(known.held, toHex(digest));
    if (value !== undefined) return { from, answer: { kind: "value" as const, slot, value } };
    return known.decided === null
      ? null
      : {
          from,
          answer: {
            kind: "decided" as const,
            slot,
            choice: { kind: "whole" as const, value: known.decided },
          },
        };
  },
  (_config, _state, { from, answer }, out) => out.send([from], answer),
);

const takeValue = on.message(
  "value",
  "value: take (8)",
  (config, state, { slot, value }, from) => {
    const known = isPeer(config, from) ? mapGet(state.slots, slot) : undefined;
    if (known === undefined || known.wanted.length === 0) return null;
    const digest = toHex(sha256(value));
    return known.wanted.includes(digest) ? { slot, digest, value } : null;
  },
  (config, state, { slot, digest, value }) => {
    hold(config, mapGet(state.slots, slot)!, digest, value);
    state.ready = [slot];
  },
);

/** Marks a digest as asked for, so that it is asked for once per retry period. */
export const noteWanted = (slot: SlotState, digest: Uint8Array): boolean =>
  setAdd(slot.wanted, toHex(digest));

export const proposeActions = [answerTrimmed, answerDecided, castProposal, holdProposal];
export const voteActions = [
  voteTrimmed,
  voteDecided,
  voteTwice,
  voteJump,
  voteCount,
  votePull,
  voteWait,
  answerWant,
  takeValue,
];
