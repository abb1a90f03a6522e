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

/** Judges a 1a before its delivery. */
export function readProposal(
  config: NodeConfig,
  setup: Setup,
  state: Readonly<NodeState>,
  { instance, number, value }: Proposal,
): Read | null {
  const problem = instanceProblem(config, setup, state, instance);
  if (problem !== null) return problem;
  const slot = mapGet(state.slots, instance.slot);
  const id = toHex(openingId(setup.scheme, instance, { number, value: setup.scheme.digest(value) }));
  if (isHere(slot, id)) return null;
  const cited = slot !== undefined && mapHas(slot.blocks, id);
  if (config.tickMs > 0 && number > state.now + config.earlyMax) return refused("ballot too far ahead");
  const opened = slot === undefined ? 0 : (mapGet(slot.opened, number) ?? 0);
  if (!cited && opened >= openedMax(config)) return refused("too many ballots of one number");
  if (!setup.accepts(instance.slot, value)) return refused("value not valid");
  return { kind: "take", id, slot: instance.slot };
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
