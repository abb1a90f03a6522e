import {
  emptyMap,
  equalBytes,
  mapDelete,
  mapGet,
  mapHas,
  mapSet,
  type SortedMap,
  toHex,
} from "@eunomia/codec";
import { bitsOf, hasBit, membersOf } from "../bits.ts";
import type { SignedEntry } from "../dag/entry.ts";
import { shelfGet } from "../dag/shelf.ts";
import type { HeteroPaxosMessage, Instance, Proposal, Speech, Stamp } from "../messages.ts";
import { certificateOf, certificateProblem } from "../proof/certificate.ts";
import { openingId } from "../proof/header.ts";
import type { Setup } from "./setup.ts";
import { type Out, openSlot, within } from "./slots.ts";
import type { NodeConfig, NodeState, SlotState } from "./types.ts";

type Decision = Extract<HeteroPaxosMessage, { readonly kind: "decision" }>;

function at<V>(map: SortedMap<string, V>, key: string, fresh: () => V): V {
  const known = mapGet(map, key);
  if (known !== undefined) return known;
  const value = fresh();
  mapSet(map, key, value);
  return value;
}

/** Tells of learners that must agree as long as nobody is caught, and did not: the assumptions of their edge were wrong. */
function raiseAlarms(
  setup: Setup,
  slot: SlotState,
  number: number,
  learner: string,
  ballot: Stamp,
  out: Out,
): void {
  const connected = setup.view.connected(setup.view.nobody)[setup.view.learner(learner)]!;
  slot.decided.keys.forEach((other, i) => {
    const first = slot.decided.values[i]!.ballot;
    if (hasBit(connected, setup.view.learner(other)) && !equalBytes(first.value, ballot.value))
      out.output({ kind: "alarm", slot: number, a: other, b: learner, first, second: ballot });
  });
}

/** Takes a decision: the first one of a learner is put out, one for another value is an alarm. */
function settle(config: NodeConfig, setup: Setup, slot: SlotState, decision: Decision, out: Out): void {
  const { certificate, value } = decision;
  const { learner, ballot, instance } = certificate;
  raiseAlarms(setup, slot, instance.slot, learner, ballot, out);
  if (mapHas(slot.decided, learner)) return;
  mapSet(slot.decided, learner, { ballot, value, message: decision });
  if (config.learners.includes(learner))
    out.output({ kind: "decided", slot: instance.slot, learner, value, decision });
}

/** The 1a of a ballot whose 2a is here: it is in the history of that. */
function proposalOf(
  { scheme }: Setup,
  slot: Readonly<SlotState>,
  instance: Instance,
  ballot: Stamp,
): Proposal {
  return shelfGet(slot.bodies, toHex(openingId(scheme, instance, ballot))) as Proposal;
}

/** Counts a 2a for each of its learners; a quorum of equal ballots decides (section 4). */
export function countVote(
  config: NodeConfig,
  setup: Setup,
  slot: SlotState,
  id: string,
  message: Speech,
  entry: Extract<SignedEntry, { readonly kind: "2a" }>,
  out: Out,
): void {
  const { view, scheme } = setup;
  const { instance, ballot } = message;
  const key = `${ballot.number}:${entry.ballot.value}`;
  for (const c of membersOf(entry.learners)) {
    const learner = view.learners[c]!;
    const decided = mapGet(slot.decided, learner);
    if (decided !== undefined && equalBytes(decided.ballot.value, ballot.value)) continue;
    const ballots = at(slot.tally, learner, () => emptyMap<string, SortedMap<number, string>>());
    const votes = at(ballots, key, () => emptyMap<number, string>());
    if (!mapHas(votes, entry.signer)) mapSet(votes, entry.signer, id);
    if (!view.isQuorum(c, bitsOf(view.acceptors.length, votes.keys))) continue;
    const bodies = votes.values.map((vote) => shelfGet(slot.bodies, vote) as Speech);
    mapDelete(ballots, key);
    const certificate = certificateOf(scheme, learner, bodies);
    const { value } = proposalOf(setup, slot, instance, ballot);
    settle(config, setup, slot, { kind: "decision", certificate, value }, out);
  }
}

/** A decision that this process can check, about a slot in reach, and that is news. */
export function readDecision(
  config: NodeConfig,
  setup: Setup,
  state: Readonly<NodeState>,
  decision: Decision,
): { readonly problem: string | null } | null {
  const { certificate, value } = decision;
  const { instance, learner, ballot } = certificate;
  if (!within(config, state, instance.slot)) return null;
  const slot = mapGet(state.slots, instance.slot);
  const decided = slot === undefined ? undefined : mapGet(slot.decided, learner);
  if (decided !== undefined && equalBytes(decided.ballot.value, ballot.value)) return null;
  if (!equalBytes(setup.scheme.digest(value), ballot.value)) return { problem: "value of another decision" };
  return { problem: certificateProblem(setup.graph, setup.scheme, setup.law, certificate) };
}

export function takeDecision(
  config: NodeConfig,
  setup: Setup,
  state: NodeState,
  decision: Decision,
  out: Out,
): void {
  settle(config, setup, openSlot(setup, state, decision.certificate.instance.slot), decision, out);
}
