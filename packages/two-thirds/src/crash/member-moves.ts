import {
  emptyMap,
  equalBytes,
  mapDelete,
  mapDropThrough,
  mapGet,
  mapSet,
  setAdd,
  setDelete,
  setHas,
  toHex,
} from "@eunomia/codec";
import type { Effects, NodeId } from "@eunomia/engine";
import type { Choice } from "../message.ts";
import { choiceOf, sameChoice } from "./choice.ts";
import type { MemberConfig, MemberState, MemberTypes, SlotState } from "./member-types.ts";

export type Out = Effects<MemberTypes>;

/** Retransmission backs off to every 2^3 retry ticks. */
const backoffMax = 3;
/** Grace doubles per round up to round 10 (2.4, note a). */
const graceRoundMax = 10;
/** Values of proposals that nobody asked for yet, kept per slot so that votes by digest need not fetch them. */
const heldUnaskedMax = 4;

export const others = (config: MemberConfig): NodeId[] =>
  config.members.filter((member) => member !== config.self);

export const isPeer = (config: MemberConfig, from: NodeId): boolean =>
  from !== config.self && config.members.includes(from);

/** Slots above the floor and not too far ahead: the only ones that may have state. */
export const within = (config: MemberConfig, state: Readonly<MemberState>, slot: number): boolean =>
  slot > state.floor && slot <= state.floor + config.maxAhead;

export function freshSlot(): SlotState {
  return {
    round: -1,
    est: null,
    name: null,
    votes: emptyMap(),
    decided: null,
    graceTicks: 0,
    retryTicks: 0,
    attempts: 0,
    held: emptyMap(),
    wanted: [],
    impatient: false,
  };
}

/** The state of a slot that is not decided, made if it is new. */
export function openSlot(config: MemberConfig, state: MemberState, number: number, out: Out): SlotState {
  return mapGet(state.slots, number) ?? enlist(config, state, number, freshSlot(), out);
}

/** Puts an undecided slot on the retransmission list. */
export function enlist(
  config: MemberConfig,
  state: MemberState,
  number: number,
  slot: SlotState,
  out: Out,
): SlotState {
  // A timer that runs already may fire at once: one tick more makes the wait at least one whole period.
  slot.retryTicks = state.retrying ? 2 : 1;
  mapSet(state.slots, number, slot);
  setAdd(state.open, number);
  armRetry(config, state, out);
  return slot;
}

function armRetry(config: MemberConfig, state: MemberState, out: Out): void {
  if (state.retrying) return;
  state.retrying = true;
  out.arm("retry", config.retryMs, config.retryMs >> 2);
}

/** The grace of a round in ticks of `graceMs`; one more where the first tick may come at once. */
export function startGrace(config: MemberConfig, state: MemberState, round: number, out: Out): number {
  if (config.graceMs === 0) return 0;
  const ticks = 2 ** Math.min(round, graceRoundMax);
  if (state.ticking) return ticks + 1;
  state.ticking = true;
  out.arm("tick", config.graceMs);
  return ticks;
}

export const nextRetryTicks = (attempts: number): number => 2 ** Math.min(attempts, backoffMax);

/**
 * Files the first vote of a member in a round and forgets rounds far below the highest one. Equal values share one byte
 * string, so that comparing them later does not read them.
 */
export function storeVote(
  config: MemberConfig,
  slot: SlotState,
  round: number,
  member: NodeId,
  choice: Choice,
): void {
  if (mapGet(slot.votes, round) === undefined) mapSet(slot.votes, round, emptyMap());
  const votes = mapGet(slot.votes, round)!;
  if (mapGet(votes, member) !== undefined) return;
  const twin = slot.votes.values.flatMap((of) => of.values).find((known) => sameChoice(known, choice));
  mapSet(votes, member, twin ?? choice);
  mapDropThrough(slot.votes, slot.votes.keys.at(-1)! - config.keepRounds - 1);
}

/** Keeps a value that votes may name by digest, and drops those that no stored vote names once they are many. */
export function hold(config: MemberConfig, slot: SlotState, digest: string, value: Uint8Array): void {
  mapSet(slot.held, digest, value);
  setDelete(slot.wanted, digest);
  if (slot.held.keys.length <= heldUnaskedMax + config.members.length * (config.keepRounds + 1)) return;
  const named = slot.votes.values
    .flatMap((of) => of.values)
    .flatMap((choice) => (choice.kind === "digest" ? [toHex(choice.digest)] : []));
  for (const key of slot.held.keys.filter((one) => one !== digest && !named.includes(one)))
    mapDelete(slot.held, key);
}

export const mayHold = (slot: Readonly<SlotState>, digest: string): boolean =>
  setHas(slot.wanted, digest) || slot.held.keys.length < heldUnaskedMax;

/** `cast` of section 2.4; whoever calls it lists the slot in `ready`. The vote is durable before it leaves: one vote per round, whatever crashes (2.6). */
export function cast(
  config: MemberConfig,
  state: MemberState,
  number: number,
  vote: { readonly round: number; readonly value: Uint8Array; readonly choice: Choice },
  out: Out,
): void {
  const { round, value, choice } = vote;
  const slot = openSlot(config, state, number, out);
  const unchanged = slot.est !== null && equalBytes(slot.est, value);
  slot.round = round;
  if (!unchanged) slot.est = value;
  slot.name = choice;
  storeVote(config, slot, round, config.self, choice);
  if (choice.kind === "digest") hold(config, slot, toHex(choice.digest), value);
  slot.graceTicks = startGrace(config, state, round, out);
  slot.impatient = false;
  state.maxVoted = Math.max(state.maxVoted, number);
  out.persist({ kind: "vote", slot: number, round, est: unchanged ? null : value });
  out.send(others(config), { kind: "vote", slot: number, round, choice });
}

export function sendVote(slot: Readonly<SlotState>, number: number, to: readonly NodeId[], out: Out): void {
  if (slot.name !== null) out.send(to, { kind: "vote", slot: number, round: slot.round, choice: slot.name });
}

/** Moves the end of the decided prefix over what was decided meanwhile. */
export function extendPrefix(state: MemberState): void {
  const decided = (number: number) => (mapGet(state.slots, number)?.decided ?? null) !== null;
  state.decidedThrough = Math.max(state.decidedThrough, state.floor);
  while (decided(state.decidedThrough + 1)) state.decidedThrough += 1;
}

/** Writes a decision down. Its record comes last in the step, so that nothing of the step waits for it (section 1, H2). */
export function settle(
  config: MemberConfig,
  state: MemberState,
  number: number,
  value: Uint8Array,
  told: (out: Out) => void,
  out: Out,
): void {
  const { round, est, name } = mapGet(state.slots, number) ?? freshSlot();
  const same = est !== null && equalBytes(est, value);
  const decided = { ...freshSlot(), round, est, name: same ? name : choiceOf(config, value), decided: value };
  mapSet(state.slots, number, decided);
  setDelete(state.open, number);
  state.maxDecided = Math.max(state.maxDecided, number);
  extendPrefix(state);
  told(out);
  if (config.colocatedLearner !== null)
    out.send([config.colocatedLearner], { kind: "decided", slot: number, choice: { kind: "whole", value } });
  out.output({ kind: "decided", slot: number, value });
  out.persist({ kind: "decided", slot: number, value: same ? null : value });
}

/** Forgets everything through `floor`. The record stands before any TRIMMED that this step or a later one sends. */
export function raiseFloor(state: MemberState, floor: number, out: Out): void {
  state.floor = floor;
  mapDropThrough(state.slots, floor);
  state.open = state.open.filter((number) => number > floor);
  state.ready = [];
  extendPrefix(state);
  out.persist({ kind: "floor", floor });
}
