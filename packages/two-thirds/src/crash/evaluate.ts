import { mapGet, setHas, toHex } from "@eunomia/codec";
import type { NodeId } from "@eunomia/engine";
import { type Choice, roundMax } from "../message.ts";
import { heldValue } from "./choice.ts";
import type { MemberConfig, MemberState, SlotState } from "./member-types.ts";
import type { Quorums } from "./quorums.ts";
import { choose, decidedBy, mostFrequent, type Share, shares } from "./tally.ts";

/** What section 2.4's `evaluate` finds to do for a slot. */
export type Finding =
  | {
      readonly kind: "decide";
      readonly slot: number;
      readonly round: number;
      readonly value: Uint8Array;
      readonly choice: Choice;
    }
  /** A vote of a higher round names a value that has arrived only now. */
  | {
      readonly kind: "jump";
      readonly slot: number;
      readonly round: number;
      readonly value: Uint8Array;
      readonly choice: Choice;
    }
  | {
      readonly kind: "advance";
      readonly slot: number;
      readonly round: number;
      readonly value: Uint8Array;
      readonly choice: Choice;
    }
  /** The rules want a value of which only the digest is here. */
  | {
      readonly kind: "ask";
      readonly slot: number;
      readonly digest: Uint8Array;
      readonly voters: readonly NodeId[];
    };

/** Digests that may be asked for per slot and retry period. */
const wantedMax = 64;

/** What a choice leads to: the act itself if its value is here, otherwise a request for it, once per retry period. */
function withValue(
  slot: Readonly<SlotState>,
  share: Share,
  found: { readonly kind: "decide" | "jump" | "advance"; readonly slot: number; readonly round: number },
): Finding | null {
  const value = heldValue(slot, share.choice);
  const { choice, voters } = share;
  if (value !== null) return { ...found, value, choice };
  return choice.kind === "whole" ||
    slot.wanted.length >= wantedMax ||
    setHas(slot.wanted, toHex(choice.digest))
    ? null
    : { kind: "ask", slot: found.slot, digest: choice.digest, voters };
}

/** Rule (1): a deciding quorum in ANY stored round. */
function decision(quorums: Quorums, number: number, slot: Readonly<SlotState>): Finding | null {
  const rounds = slot.votes.keys;
  for (let i = 0; i < rounds.length; i++) {
    const share = decidedBy(quorums, slot.votes.values[i]!);
    if (share !== null) return withValue(slot, share, { kind: "decide", slot: number, round: rounds[i]! });
  }
  return null;
}

/**
 * Votes above our own round are there only while their values are not: the highest one whose value has come is joined. A
 * still higher one, whose voter may be gone for good, must not stand in its way.
 */
function lateJump(number: number, slot: Readonly<SlotState>): Finding | null {
  const above = slot.votes.keys
    .map((round, i) => ({ round, votes: slot.votes.values[i]! }))
    .filter(({ round }) => round > slot.round)
    .reverse();
  if (above.length === 0) return null;
  const candidates = above.flatMap(({ round, votes }) => shares(votes).map((share) => ({ round, share })));
  const here = candidates.find(({ share }) => heldValue(slot, share.choice) !== null);
  const found = ({ round, share }: { readonly round: number; readonly share: Share }) =>
    withValue(slot, share, { kind: "jump", slot: number, round });
  return here === undefined ? found(candidates[0]!) : found(here);
}

/** Rule (2): everybody voted in our round, or an updating quorum did and grace is over. */
function advance(
  config: MemberConfig,
  quorums: Quorums,
  number: number,
  slot: Readonly<SlotState>,
): Finding | null {
  const votes = mapGet(slot.votes, slot.round);
  if (votes === undefined || slot.round >= roundMax) return null;
  const complete = config.members.every((member) => mapGet(votes, member) !== undefined);
  if (!complete && (slot.graceTicks > 0 || !quorums.update.has(votes.keys))) return null;
  const chosen = choose(config, quorums, votes);
  if (chosen === null) return null;
  const found = { kind: "advance", slot: number, round: slot.round + 1 } as const;
  if (chosen.forced || !slot.impatient || heldValue(slot, chosen.share.choice) !== null)
    return withValue(slot, chosen.share, found);
  // Any choice is safe here. The preferred value stayed away, perhaps with its only voter: take one that is held.
  const here = mostFrequent(
    config,
    shares(votes).filter(({ choice }) => heldValue(slot, choice) !== null),
  );
  return here === null ? null : withValue(slot, here, found);
}

function evaluate(
  config: MemberConfig,
  quorums: Quorums,
  number: number,
  slot: Readonly<SlotState>,
): Finding | null {
  if (slot.decided !== null) return null;
  return decision(quorums, number, slot) ?? lateJump(number, slot) ?? advance(config, quorums, number, slot);
}

/** The first slot that this step touched and that has something to do. */
export function firstFinding(
  config: MemberConfig,
  quorums: Quorums,
  state: Readonly<MemberState>,
): Finding | null {
  for (const number of state.ready) {
    const slot = mapGet(state.slots, number);
    const finding = slot === undefined ? null : evaluate(config, quorums, number, slot);
    if (finding !== null) return finding;
  }
  return null;
}
