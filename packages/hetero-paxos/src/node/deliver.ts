import { mapGet, mapSet, setAdd, setDelete, toHex } from "@eunomia/codec";
import { hasBit } from "../bits.ts";
import { type SignedEntry, tipIn } from "../dag/entry.ts";
import { addEntry, isAncestor, rivalOf, signedEntry } from "../dag/known.ts";
import { shelfGet, shelfSet } from "../dag/shelf.ts";
import type { HeteroPaxosMessage, Proposal, Speech } from "../messages.ts";
import { convict } from "./convict.ts";
import { countVote } from "./decide.ts";
import type { Setup } from "./setup.ts";
import type { Out } from "./slots.ts";
import type { NodeConfig, NodeState, SlotState } from "./types.ts";
import { condemn, release, touch } from "./waiting.ts";

export interface Delivery {
  readonly slot: number;
  readonly id: string;
}

/** The next message that can be delivered in this step. */
export function nextDelivery(state: Readonly<NodeState>): Delivery | null {
  for (const slot of state.touched) {
    const id = mapGet(state.slots, slot)?.ready[0];
    if (id !== undefined) return { slot, id };
  }
  return null;
}

/** Are the claims what follows from the history? */
function claimsHold({ view }: Setup, entry: SignedEntry, { kind, ballot, learners }: Speech): boolean {
  const named = entry.kind === "2a" ? view.learnerNames(entry.learners) : [];
  return (
    entry.kind === kind &&
    entry.ballot.number === ballot.number &&
    entry.ballot.value === toHex(ballot.value) &&
    named.length === learners.length &&
    named.every((learner, i) => learner === learners[i])
  );
}

function takeProposal({ scheme }: Setup, slot: SlotState, id: string, message: Proposal): void {
  const ballot = { number: message.number, value: toHex(scheme.digest(message.value)) };
  addEntry(slot.known, id, { kind: "1a", ballot });
  shelfSet(slot.bodies, id, message);
  slot.highest = Math.max(slot.highest, message.number);
}

/** Files a message that is well-formed. Evidence comes out when it shows that its signer equivocated. */
function takeSpeech(
  config: NodeConfig,
  setup: Setup,
  slot: SlotState,
  id: string,
  message: Speech,
  entry: SignedEntry,
  out: Out,
): void {
  const { signer, prev, height } = entry;
  const rival = rivalOf(slot.known, id, signer, prev);
  addEntry(slot.known, id, entry);
  shelfSet(slot.bodies, id, message);
  const tip = slot.tips[signer]!;
  if (tip === null || height > signedEntry(slot.known, tip)!.height) slot.tips[signer] = id;
  if (rival !== null) {
    const first = shelfGet(slot.bodies, rival) as Speech;
    convict(setup.scheme, slot, signer, first, message, out);
  }
  if (entry.kind === "2a") countVote(config, setup, slot, id, message, entry, out);
}

/**
 * Takes a message whose refs are all here: the same check, whoever it is from and whenever it comes.
 *
 * @returns why it is not well-formed; null: it was delivered
 */
export function admit(
  config: NodeConfig,
  setup: Setup,
  slot: SlotState,
  id: string,
  message: HeteroPaxosMessage,
  out: Out,
): string | null {
  if (message.kind === "1a") {
    takeProposal(setup, slot, id, message);
    return null;
  }
  const speech = message as Speech;
  const entry = setup.judge(setup.view, config.rules, slot.known, {
    signer: setup.view.acceptor(speech.signer),
    prev: speech.prev === null ? null : toHex(speech.prev),
    refs: speech.refs.map(toHex),
  });
  if (typeof entry === "string") return entry;
  if (!claimsHold(setup, entry, speech)) return "claims are not true";
  takeSpeech(config, setup, slot, id, speech, entry, out);
  return null;
}

/** Delivers the message or refuses it for good. @returns the message, if it was delivered */
export function deliver(
  config: NodeConfig,
  setup: Setup,
  state: NodeState,
  { slot: number, id }: Delivery,
  out: Out,
): HeteroPaxosMessage | null {
  const slot = mapGet(state.slots, number)!;
  slot.ready.shift();
  // Whatever makes more ready in this step lists the slot again.
  if (slot.ready.length === 0) setDelete(state.touched, number);
  const waiting = mapGet(slot.waiting, id);
  if (waiting === undefined) return null;
  const problem = admit(config, setup, slot, id, waiting.message, out);
  if (problem !== null) {
    condemn(slot, id, problem, out);
    return null;
  }
  release(slot, id);
  touch(state, number, slot);
  return waiting.message;
}

/**
 * What an acceptor would refer to with one message more: whatever another ref brings along is left out, so that there is at
 * most one of each unforked acceptor. Its own last message stays.
 */
export function withRecent(slot: Readonly<SlotState>, id: string): string[] {
  const { known, recent, prev } = slot;
  const entry = signedEntry(known, id);
  const kept =
    entry === undefined
      ? [...recent]
      : recent.filter((one) => {
          if (one === prev) return true;
          const { signer, height } = signedEntry(known, one)!;
          const tip = tipIn(id, entry, signer);
          return tip === null || !isAncestor(known, signer, { id: one, height }, tip);
        });
  setAdd(kept, id);
  return kept;
}

/**
 * Refs that fit into one message: the own last message and the new one always, then those of acceptors that do not fork, of
 * each of which there is one at most. The others stay for the next.
 */
export function fitting(
  { rules }: NodeConfig,
  { prev, known }: Readonly<SlotState>,
  id: string,
  refs: readonly string[],
): string[] {
  if (refs.length <= rules.refsMax) return [...refs];
  const rank = (ref: string): number => {
    if (ref === prev || ref === id) return 0;
    return hasBit(known.forked, signedEntry(known, ref)!.signer) ? 2 : 1;
  };
  const ranked = refs.map((ref) => ({ ref, rank: rank(ref) })).sort((a, b) => a.rank - b.rank);
  return ranked
    .slice(0, rules.refsMax)
    .map(({ ref }) => ref)
    .sort();
}

/** Puts a message of this process in front of all others, to be delivered like any other. */
export function deliverNext(
  state: NodeState,
  slot: SlotState,
  number: number,
  id: string,
  message: HeteroPaxosMessage,
): void {
  mapSet(slot.waiting, id, { message, missing: [], parked: false, needed: false, account: 0, asked: 0 });
  slot.ready.unshift(id);
  touch(state, number, slot);
}
