import { compareBytes, equalBytes, mapGet, mapHas, toHex } from "@eunomia/codec";
import { shelfGet } from "../dag/shelf.ts";
import type { Instance, Proposal, Speech } from "../messages.ts";
import { openingId, speechId } from "../proof/header.ts";
import type { Setup } from "./setup.ts";
import { within } from "./slots.ts";
import type { NodeConfig, NodeState, SlotState } from "./types.ts";

/** Why a message was not taken. Constant texts, to count by. */
type Refusal =
  | "other law"
  | "slot out of reach"
  | "value not valid"
  | "ballot too far ahead"
  | "too many ballots of one number"
  | "not an acceptor"
  | "not a learner"
  | "no refs"
  | "too many refs"
  | "refs not ascending"
  | "prev not in refs"
  | "signature";

/** What a message turned out to be: new, and to be taken; not to be taken, with the reason; null: here already. */
export type Read =
  | { readonly kind: "take"; readonly id: string; readonly slot: number }
  | {
      readonly kind: "open";
      readonly id: string;
      readonly slot: number;
      readonly digest: string;
      readonly fit: Fitness;
    }
  | { readonly kind: "refuse"; readonly reason: Refusal };

const refused = (reason: Refusal): Read => ({ kind: "refuse", reason });

function instanceProblem(
  config: NodeConfig,
  setup: Setup,
  state: Readonly<NodeState>,
  { law, slot }: Instance,
): Read | null {
  if (!equalBytes(law, setup.law)) return refused("other law");
  return within(config, state, slot) ? null : refused("slot out of reach");
}

const isHere = (slot: Readonly<SlotState> | undefined, id: string): boolean =>
  slot !== undefined && (mapHas(slot.waiting, id) || shelfGet(slot.bodies, id) !== undefined);

/** Nobody but a proposer that floods opens more ballots of one number; those that others refer to are taken all the same. */
const openedMax = ({ order }: NodeConfig): number => Math.max(4, order.length);

/** May a value be voted for? Later: the host has not said yet. */
export type Fitness = boolean | "later";

/** Processes that only watch vote for nothing, and wait for no verdict. */
export function fitnessOf(
  setup: Setup,
  slot: Readonly<SlotState> | undefined,
  number: number,
  value: Uint8Array,
  digest: string,
): Fitness {
  const fit = setup.accepts(number, value);
  if (fit !== "later") return fit;
  return setup.voice < 0 || ((slot === undefined ? undefined : mapGet(slot.verdicts, digest)) ?? "later");
}

/** The highest number that a ballot may have, so that there is always one above it. */
export const numberMax = Number.MAX_SAFE_INTEGER - 1;

/** The latest number that a ballot may have to be held: ahead of the clock, or without one ahead of what is known. */
const latest = (
  { tickMs, earlyMax }: NodeConfig,
  { now }: Readonly<NodeState>,
  slot: Readonly<SlotState> | undefined,
): number => Math.min((tickMs > 0 ? now : (slot?.highest ?? 0)) + earlyMax, numberMax);

/**
 * Judges a 1a before its delivery. What others refer to is taken in any case, since what they say cannot be heard without
 * it; it is held until it is due, and not answered unless its value is fit.
 */
export function readProposal(
  config: NodeConfig,
  setup: Setup,
  state: Readonly<NodeState>,
  { instance, number, value }: Proposal,
): Read | null {
  const problem = instanceProblem(config, setup, state, instance);
  if (problem !== null) return problem;
  const slot = mapGet(state.slots, instance.slot);
  const hash = setup.scheme.digest(value);
  const id = toHex(openingId(setup.scheme, instance, { number, value: hash }));
  if (isHere(slot, id)) return null;
  const cited = slot !== undefined && mapHas(slot.blocks, id);
  if (number > (cited ? numberMax : latest(config, state, slot))) return refused("ballot too far ahead");
  const opened = slot === undefined ? 0 : (mapGet(slot.opened, number) ?? 0);
  if (!cited && opened >= openedMax(config)) return refused("too many ballots of one number");
  const digest = toHex(hash);
  const fit = fitnessOf(setup, slot, instance.slot, value, digest);
  if (fit === false && !cited) return refused("value not valid");
  return { kind: "open", id, slot: instance.slot, digest, fit };
}

/** What can be said of a message of an acceptor without its history. The signature is checked once for each id. */
export function readSpeech(
  config: NodeConfig,
  setup: Setup,
  state: Readonly<NodeState>,
  speech: Speech,
): Read | null {
  const { instance, signer, prev, refs, learners, signature } = speech;
  const problem = instanceProblem(config, setup, state, instance);
  if (problem !== null) return problem;
  if (setup.view.acceptor(signer) < 0) return refused("not an acceptor");
  if (!learners.every((learner) => setup.view.learner(learner) >= 0)) return refused("not a learner");
  if (refs.length === 0) return refused("no refs");
  if (refs.length > config.rules.refsMax) return refused("too many refs");
  if (refs.some((ref, i) => i > 0 && compareBytes(refs[i - 1]!, ref) >= 0))
    return refused("refs not ascending");
  if (prev !== null && !refs.some((ref) => equalBytes(ref, prev))) return refused("prev not in refs");
  const hash = speechId(setup.scheme, speech);
  const id = toHex(hash);
  if (isHere(mapGet(state.slots, instance.slot), id)) return null;
  return setup.scheme.verify(signer, hash, signature)
    ? { kind: "take", id, slot: instance.slot }
    : refused("signature");
}
