import {
  emptyMap,
  equalBytes,
  mapDropThrough,
  mapGet,
  mapSet,
  setAdd,
  setDelete,
  sha256,
} from "@eunomia/codec";
import type { Effects, NodeId } from "@eunomia/engine";
import type { Evidence } from "./evidence.ts";
import type {
  ByzantineMemberConfig,
  ByzantineMemberState,
  ByzantineMemberTypes,
  ByzantineSlot,
  SignedVote,
} from "./member-types.ts";
import type { Certificate } from "./message.ts";
import type { ByzantineQuorums } from "./quorums.ts";
import { type ByzantineOracles, type Place, signSays } from "./statement.ts";

/** What the actions of a member are made with. */
export interface Rules {
  readonly quorums: ByzantineQuorums;
  readonly oracles: ByzantineOracles;
}

export type Out = Effects<ByzantineMemberTypes>;
type Config = ByzantineMemberConfig;
type State = ByzantineMemberState;

/** Retransmission backs off to every 2^3 retry ticks. */
const backoffMax = 3;
/** The time of a round doubles up to round 12 (3.3). */
const doublingMax = 12;

export const others = (config: Config): NodeId[] => config.members.filter((member) => member !== config.self);

export const isPeer = (config: Config, from: NodeId): boolean =>
  from !== config.self && config.members.includes(from);

/** Slots above the floor and not too far ahead: the only ones that may have state. */
export const within = (config: Config, state: Readonly<State>, slot: number): boolean =>
  slot > state.floor && slot <= state.floor + config.maxAhead;

export const placeOf = ({ context }: Config, slot: number, round: number): Place => ({
  context,
  slot,
  round,
});

/** c(r) of section 3.3. */
export const coordinatorOf = ({ members }: Config, slot: number, round: number): NodeId =>
  members[(slot + round) % members.length]!;

export function freshSlot(): ByzantineSlot {
  return {
    round: 0,
    voted: -1,
    est: null,
    promise: null,
    proposal: null,
    votes: emptyMap(),
    statuses: emptyMap(),
    led: null,
    decided: null,
    roundTicks: 0,
    retryTicks: 0,
    attempts: 0,
  };
}

/** The state of a slot that is not decided, made if it is new. */
export function openSlot(config: Config, state: State, number: number, out: Out): ByzantineSlot {
  return mapGet(state.slots, number) ?? enlist(config, state, number, freshSlot(), out);
}

/** Puts an undecided slot on the retransmission list. */
export function enlist(
  config: Config,
  state: State,
  number: number,
  slot: ByzantineSlot,
  out: Out,
): ByzantineSlot {
  // A timer that runs already may fire at once: one tick more makes the wait at least one whole period.
  slot.retryTicks = state.retrying ? 2 : 1;
  mapSet(state.slots, number, slot);
  setAdd(state.open, number);
  if (!state.retrying) {
    state.retrying = true;
    out.arm("retry", config.retryMs, config.retryMs >> 2);
  }
  return slot;
}

export const nextRetryTicks = (attempts: number): number => 2 ** Math.min(attempts, backoffMax);

/** Arms the timer of the round that the slot is in, once; a tick that may come at once does not count. */
export function armRound(config: Config, state: State, slot: ByzantineSlot, out: Out): void {
  if (slot.roundTicks > 0) return;
  slot.roundTicks = 2 ** Math.min(slot.round, doublingMax);
  if (state.ticking) {
    slot.roundTicks += 1;
    return;
  }
  state.ticking = true;
  out.arm("tick", config.roundMs);
}

/** The SHA-256 of a value; what the slot knows already is not hashed again. */
export function digestFor(slot: Readonly<ByzantineSlot> | undefined, value: Uint8Array): Uint8Array {
  for (const votes of slot?.votes.values ?? [])
    for (const vote of votes.values) if (equalBytes(vote.value, value)) return vote.digest;
  for (const { est } of slot?.statuses.values ?? [])
    if (est !== null && equalBytes(est.value, value)) return est.digest;
  return sha256(value);
}

/** Files the first vote of a member in a round. Equal values share one byte string. */
export function storeVote(slot: ByzantineSlot, round: number, member: NodeId, vote: SignedVote): void {
  if (mapGet(slot.votes, round) === undefined) mapSet(slot.votes, round, emptyMap());
  const votes = mapGet(slot.votes, round)!;
  if (mapGet(votes, member) !== undefined) return;
  const twin = votes.values.find(({ digest }) => equalBytes(digest, vote.digest));
  mapSet(votes, member, twin === undefined ? vote : { ...vote, value: twin.value, digest: twin.digest });
}

function ownVote(rules: Rules, config: Config, number: number, slot: Readonly<ByzantineSlot>): SignedVote {
  const value = slot.est!;
  const digest = digestFor(slot, value);
  const place = placeOf(config, number, slot.voted);
  return { value, digest, signature: signSays(rules.oracles, place, { kind: "vote", value: digest }) };
}

/** Counts the own vote again after a restart. */
export function restoreVote(rules: Rules, config: Config, number: number, slot: ByzantineSlot): void {
  storeVote(slot, slot.voted, config.self, ownVote(rules, config, number, slot));
}

/** `cast` of section 3.3. The vote is durable before it leaves: one vote per round, whatever crashes. */
export function cast(
  rules: Rules,
  config: Config,
  state: State,
  number: number,
  { round, value }: { readonly round: number; readonly value: Uint8Array },
  out: Out,
): void {
  const slot = openSlot(config, state, number, out);
  const unchanged = slot.est !== null && equalBytes(slot.est, value);
  slot.round = round;
  slot.voted = round;
  if (!unchanged) slot.est = value;
  restoreVote(rules, config, number, slot);
  state.maxVoted = Math.max(state.maxVoted, number);
  out.persist({ kind: "vote", slot: number, round, est: unchanged ? null : value });
  sendVote(config, number, slot, others(config), out);
}

export function sendVote(
  config: Config,
  number: number,
  slot: Readonly<ByzantineSlot>,
  to: readonly NodeId[],
  out: Out,
): void {
  const vote = mapGet(mapGet(slot.votes, slot.voted) ?? emptyMap<NodeId, SignedVote>(), config.self);
  if (vote === undefined) return;
  const { value, signature } = vote;
  out.send(to, { kind: "vote", slot: number, round: slot.voted, value, signature });
}

/** `enter` of section 3.3: the promise is durable before anybody hears of it. */
export function enter(
  rules: Rules,
  config: Config,
  state: State,
  number: number,
  round: number,
  out: Out,
): void {
  const slot = openSlot(config, state, number, out);
  slot.round = round;
  slot.promise = { lastRound: slot.voted, est: slot.est };
  slot.roundTicks = 0;
  slot.attempts = 0;
  slot.retryTicks = state.retrying ? 2 : 1;
  mapDropThrough(slot.votes, round - config.keepRounds - 1);
  restoreStatus(rules, config, number, slot);
  out.persist({ kind: "enter", slot: number, round });
  sendStatus(config, number, slot, others(config), out);
}

/** Counts the own STATUS, also after a restart. */
export function restoreStatus(rules: Rules, config: Config, number: number, slot: ByzantineSlot): void {
  const { round, promise } = slot;
  if (promise === null) return;
  const { lastRound, est: value } = promise;
  const est = value === null ? null : { value, digest: digestFor(slot, value) };
  const says = { kind: "status", lastRound, est: est === null ? null : est.digest } as const;
  const signature = signSays(rules.oracles, placeOf(config, number, round), says);
  mapSet(slot.statuses, config.self, { round, lastRound, est, signature });
}

export function sendStatus(
  config: Config,
  number: number,
  slot: Readonly<ByzantineSlot>,
  to: readonly NodeId[],
  out: Out,
): void {
  const own = mapGet(slot.statuses, config.self);
  if (own === undefined) return;
  const { round, lastRound, est, signature } = own;
  const value = est === null ? null : est.value;
  out.send(to, { kind: "status", slot: number, round, lastRound, est: value, signature });
}

/** Evidence is put out once per member and life: one is enough, and whoever lies may do so for ever. */
export function convict(state: State, evidence: Evidence, out: Out): void {
  if (setAdd(state.guilty, evidence.from)) out.output({ kind: "evidence", ...evidence });
}

/** Moves the end of the decided prefix over what was decided meanwhile. */
export function extendPrefix(state: State): void {
  const decided = (number: number) => (mapGet(state.slots, number)?.decided ?? null) !== null;
  state.decidedThrough = Math.max(state.decidedThrough, state.floor);
  while (decided(state.decidedThrough + 1)) state.decidedThrough += 1;
}

/** Writes a decision down. Its record comes last in the step, so that nothing of the step waits for it (section 1, H2). */
export function settle(
  config: Config,
  state: State,
  number: number,
  decision: { readonly value: Uint8Array; readonly certificate: Certificate },
  to: readonly NodeId[],
  out: Out,
): void {
  const { value, certificate } = decision;
  const { round, voted, est, promise } = mapGet(state.slots, number) ?? freshSlot();
  const same = est !== null && equalBytes(est, value);
  mapSet(state.slots, number, {
    ...freshSlot(),
    round,
    voted,
    est,
    promise,
    decided: { value, certificate },
  });
  setDelete(state.open, number);
  state.maxDecided = Math.max(state.maxDecided, number);
  extendPrefix(state);
  const told = config.colocatedLearner === null ? to : [...to, config.colocatedLearner];
  if (told.length > 0) out.send(told, { kind: "decided", slot: number, value, certificate });
  out.output({ kind: "decided", slot: number, value, certificate });
  out.persist({ kind: "decided", slot: number, value: same ? null : value, certificate });
}

/** Forgets everything through `floor`. The record stands before any TRIMMED that this step or a later one sends. */
export function raiseFloor(state: State, floor: number, out: Out): void {
  state.floor = floor;
  mapDropThrough(state.slots, floor);
  state.open = state.open.filter((number) => number > floor);
  state.ready = [];
  extendPrefix(state);
  out.persist({ kind: "floor", floor });
}
