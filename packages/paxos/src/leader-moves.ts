import { emptyMap, mapDelete, mapDropThrough, mapGet, mapHas, mapSet } from "@eunomia/codec";
import type { Effects, NodeId, QuorumSystem } from "@eunomia/engine";
import { type Ballot, higherBallot, roundMax } from "./ballot.ts";
import type { LeaderConfig, LeaderState, LeaderTypes } from "./leader-types.ts";

/** What an engine derives from its configuration once. */
export interface LeaderPlan {
  readonly index: number;
  readonly leaders: readonly NodeId[];
  readonly acceptors: readonly NodeId[];
  readonly phase1: QuorumSystem;
  readonly phase2: QuorumSystem;
  readonly retiring: QuorumSystem;
  /** The other leaders and the learners: who gets heartbeats, and decisions by value (4.3). */
  readonly audience: readonly NodeId[];
}
type Out = Effects<LeaderTypes>;

/** Silence to wait for, plus the rank delay that keeps leaders from starting together. The timeout is the same for every index. */
export function armSuspicion(plan: LeaderPlan, config: LeaderConfig, state: LeaderState, out: Out): void {
  state.probing = false;
  out.arm("suspect", state.suspectMs + plan.index * config.heartbeatMs, Math.ceil(state.suspectMs / 4));
}

function leavePhases(state: LeaderState): void {
  state.heard = [];
  state.cursors = emptyMap();
  state.pmax = emptyMap();
  state.acks = emptyMap();
  state.stallMarked = false;
}

/** Proposals stay: the replicas offered them, and the next ballot of this leader may need them. */
export function becomePassive(plan: LeaderPlan, config: LeaderConfig, state: LeaderState, out: Out): void {
  leavePhases(state);
  state.phase = "passive";
  out.disarm("heartbeat");
  out.disarm("retry");
  out.disarm("stall");
  armSuspicion(plan, config, state, out);
}

/** The suspicion timeout grows by half, for every leader index alike (4.8). */
function growPatience(config: LeaderConfig, state: LeaderState): void {
  state.suspectMs = Math.min(config.suspectMaxMs, Math.ceil((state.suspectMs * 3) / 2));
}

/**
 * Silence of the acceptors before a ballot is given up, twice in a row. It grows with the suspicion timeout: where the way to the disk
 * and back is longer than any constant, every ballot would be given up before its slots are decided, for ever.
 */
export function armStall(config: LeaderConfig, state: LeaderState, out: Out): void {
  out.arm("stall", Math.max(config.stallMs, 2 * state.suspectMs));
}

/** The acceptors let proposals wait for too long: another ballot, here or elsewhere, may fare better. */
export function giveUp(plan: LeaderPlan, config: LeaderConfig, state: LeaderState, out: Out): void {
  growPatience(config, state);
  becomePassive(plan, config, state, out);
}

/** PREEMPTED(b) of section 4.5. */
export function preempt(
  plan: LeaderPlan,
  config: LeaderConfig,
  state: LeaderState,
  ballot: Ballot,
  out: Out,
): void {
  state.seen = higherBallot(state.seen, ballot);
  growPatience(config, state);
  out.output({ kind: "preempted", ballot });
  becomePassive(plan, config, state, out);
}

/** start() of section 4.5. The round is durable before anything of the ballot leaves: a ballot is never used twice. */
export function beginBallot(plan: LeaderPlan, config: LeaderConfig, state: LeaderState, out: Out): void {
  const round = Math.max(state.seen?.round ?? -1, state.roundHi) + 1;
  const skip = config.skipPhase1 && plan.index === 0 && round === 0;
  const ballot: Ballot = { round, leader: plan.index };
  leavePhases(state);
  state.roundHi = round;
  state.ballot = ballot;
  state.reportedFloor = state.floor;
  state.probing = false;
  out.persist({ kind: "roundHi", round });
  out.disarm("suspect");
  out.arm("retry", config.retryMs);
  if (skip) {
    // No ballot stands below [0,0], so nothing can have been accepted: phase 1 would find nothing (4.5, phase-1 skip).
    activate(plan, config, state, out);
    return;
  }
  state.phase = "phase1";
  for (const acceptor of plan.acceptors) mapSet(state.cursors, acceptor, state.floor + 1);
  out.send(plan.acceptors, { kind: "p1a", ballot, fromSlot: state.floor + 1 });
}

/**
 * The end of phase 1. What phase 1 reported goes before what was offered; gaps below the highest slot get the no-op, since
 * replicas deliver without gaps. Only slots about which the whole quorum said nothing are free to choose (4.10).
 */
export function activate(plan: LeaderPlan, config: LeaderConfig, state: LeaderState, out: Out): void {
  const ballot = state.ballot!;
  raiseFloor(state, state.reportedFloor);
  state.pmax.keys.forEach((slot, i) => {
    if (slot > state.floor && !mapHas(state.decided, slot))
      mapSet(state.proposals, slot, state.pmax.values[i]!.value);
  });
  const highest = Math.max(state.proposals.keys.at(-1) ?? 0, state.decided.keys.at(-1) ?? 0);
  state.pmax = emptyMap();
  state.phase = "active";
  state.seen = ballot;
  for (let slot = state.floor + 1; slot <= highest; slot++) {
    if (mapHas(state.decided, slot)) continue;
    if (!mapHas(state.proposals, slot)) mapSet(state.proposals, slot, config.noop);
    propose(plan, state, slot, mapGet(state.proposals, slot)!, out);
  }
  out.arm("heartbeat", 0);
  armStall(config, state, out);
  out.output({ kind: "leading", ballot });
}

export function propose(
  plan: LeaderPlan,
  state: LeaderState,
  slot: number,
  value: Uint8Array,
  out: Out,
): void {
  mapSet(state.acks, slot, { from: [], waited: false });
  out.send(plan.acceptors, { kind: "p2a", ballot: state.ballot!, slot, value });
}

/** The slot is decided: nothing else is kept about it. The suspicion timeout shrinks by a constant (4.8). */
export function settle(config: LeaderConfig, state: LeaderState, slot: number, value: Uint8Array): void {
  mapSet(state.decided, slot, value);
  mapDelete(state.proposals, slot);
  mapDelete(state.acks, slot);
  mapDelete(state.pmax, slot);
  state.stallMarked = false;
  state.suspectMs = Math.max(config.suspectMinMs, state.suspectMs - config.shrinkMs);
  advanceCommit(state);
}

function advanceCommit(state: LeaderState): void {
  let through = Math.max(state.commitThrough, state.floor);
  while (mapHas(state.decided, through + 1)) through++;
  state.commitThrough = through;
}

/** Retired slots are forgotten altogether (4.6). */
export function raiseFloor(state: LeaderState, floor: number): void {
  if (floor <= state.floor) return;
  state.floor = floor;
  mapDropThrough(state.proposals, floor);
  mapDropThrough(state.acks, floor);
  mapDropThrough(state.pmax, floor);
  mapDropThrough(state.decided, floor);
  advanceCommit(state);
}

/** The floor becomes durable when somebody is told of it, and not before (4.7). */
export function answerTrimmed(state: LeaderState, to: NodeId, out: Out): void {
  if (state.floorDurable < state.floor) {
    state.floorDurable = state.floor;
    out.persist({ kind: "floor", floor: state.floor });
  }
  out.send([to], { kind: "trimmed", floor: state.floor });
}

/** False once the rounds are used up, which takes 2^40 attempts or a broken peer: then others must lead. */
export function mayBegin(state: Readonly<LeaderState>): boolean {
  return Math.max(state.roundHi, state.seen?.round ?? -1) < roundMax;
}
