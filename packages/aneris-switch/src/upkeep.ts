import { mapDelete, mapGet, mapHas, mapSet } from "@eunomia/codec";
import type { Effects } from "@eunomia/engine";
import { quorumSystem, threshold } from "@eunomia/quorum-algebra";
import { epochAt } from "./epochs.ts";
import { audienceOf, hasLeft, isMember, isPeer, replicasOf, tellPeers } from "./membership.ts";
import { forward, judgePending, onDuty, openSlot, othersOf, propose } from "./queue.ts";
import type { Epoch, ReplicaConfig, ReplicaMessage, ReplicaState, ReplicaTypes } from "./state.ts";

type Out = Effects<ReplicaTypes>;
type Head = Extract<ReplicaMessage, { kind: "head" }>;

/** The rule of time: age the queue, fill gaps, tell peers where we are (aneris 5.4 timers, 5.9; faults F7, F8, F15). */
export function tick(config: ReplicaConfig, state: ReplicaState, out: Out): void {
  state.ticks += 1;
  for (const peer of state.peers.values) peer.silentTicks += 1;
  agePending(config, state, out);
  watchProgress(config, state, out);
  retireEpochs(config, state, out);
  tellHead(config, state, out);
  propose(config, state, out);
  out.arm("tick", config.tickMs, Math.floor(config.tickMs / 4));
}

export function tellHead(config: ReplicaConfig, state: Readonly<ReplicaState>, out: Out): void {
  out.send(audienceOf(config, state), {
    kind: "head",
    delivered: state.slotOut - 1,
    stable: state.stable,
    held: state.held,
  });
}

/** Forgets what was executed by way of others; hands on what waits for too long. */
function agePending(config: ReplicaConfig, state: ReplicaState, out: Out): void {
  state.pending = state.pending.filter((entry) => {
    const verdict = judgePending(config, state, entry, null);
    if (verdict === "lost")
      out.output({ kind: "rejected", client: entry.client, seq: entry.seq, reason: "session" });
    return verdict === "go" || verdict === "wait";
  });
  const duty = onDuty(config, state, state.slotIn);
  const forDuty = [];
  const forAll = [];
  for (const entry of state.pending) {
    entry.age += 1;
    if (entry.age % config.forwardTicks === 0) forAll.push(entry);
    else if (entry.age === 1 && duty !== config.self) forDuty.push(entry);
  }
  if (forDuty.length > 0) forward(config, out, forDuty, [duty]);
  if (forAll.length > 0) forward(config, out, forAll, othersOf(config, state));
}

/** Later slots are known but the next one is not: propose the empty batch for it and ask a replica that is ahead. */
function watchProgress(config: ReplicaConfig, state: ReplicaState, out: Out): void {
  const ahead = hasLeft(config, state) ? null : mostAdvanced(config, state);
  const behind = state.highestSeen >= state.slotOut || ahead !== null;
  const standing = state.slotOut === state.lastSlotOut;
  state.stuckTicks = behind && standing ? state.stuckTicks + 1 : 0;
  state.lastSlotOut = state.slotOut;
  if (ahead !== null && standing) out.send([ahead], { kind: "get", from: state.slotOut });
  if (state.stuckTicks < config.gapTicks) return;
  state.stuckTicks = 0;
  const slot = state.slotOut;
  const { id, membership } = epochAt(state, slot);
  if (!mapHas(state.inflight, slot) && state.highestSeen >= slot && isMember(membership, config.self))
    openSlot(state, out, slot, id, []);
}

/** The replica known to have delivered most, if more than this one. */
function mostAdvanced(config: ReplicaConfig, state: Readonly<ReplicaState>): string | null {
  let best: string | null = null;
  let delivered = state.slotOut - 1;
  for (const [i, peer] of state.peers.values.entries())
    if (peer.delivered > delivered && peer.silentTicks <= config.gapTicks) {
      best = state.peers.keys[i]!;
      delivered = peer.delivered;
    }
  return best;
}

export function heardFrom(state: ReplicaState, replica: string, { delivered, stable, held }: Head): void {
  const peer = mapGet(state.peers, replica);
  mapSet(state.peers, replica, {
    delivered: Math.max(delivered, peer?.delivered ?? 0),
    stable: Math.max(stable, peer?.stable ?? 0),
    held: Math.max(held, peer?.held ?? 0),
    silentTicks: 0,
  });
}

/** This replica's own log is durable up to `slot`: consensus may forget (aneris 4.6). */
export function becameStable(state: ReplicaState, out: Out, slot: number): void {
  state.stable = slot;
  for (let i = 0; i < state.epochs.length; i += 1) {
    const epoch = state.epochs[i]!;
    const until = Math.min(slot, (state.epochs[i + 1]?.from ?? Number.MAX_SAFE_INTEGER) - 1);
    if (until >= epoch.from) out.output({ kind: "trim", epoch: epoch.id, slot: until });
  }
}

/**
 * Ends the epochs before one whose replicas hold, f + 1 of them durably, all slots before it: whoever lags learns these from one
 * of them (aneris 5.6, 5.11). The latest such epoch counts: members of one between may be gone for good.
 */
export function retireEpochs(config: ReplicaConfig, state: ReplicaState, out: Out): void {
  const held = state.epochs.findLast((epoch) => epoch.id > state.held && isHeld(config, state, epoch));
  if (held !== undefined) state.held = held.id;
  const over = state.epochs.findIndex(({ id }) => id >= state.held);
  if (over > 0) {
    for (const { id } of state.epochs.splice(0, over)) out.output({ kind: "retire", epoch: id });
    forgetStrangers(config, state);
    tellPeers(state, out);
  } else if (held !== undefined) {
    // A replica that began with a snapshot knows no epoch before this one, but its node may still hold what they left.
    out.output({ kind: "retire", epoch: held.id - 1 });
  }
  const current = epochAt(state, state.slotOut);
  if (!state.left && hasLeft(config, state) && state.held >= current.id)
    leave(config, state, out, current.from);
}

/** This replica is needed no more; what waits here goes to others. */
export function leave(config: ReplicaConfig, state: ReplicaState, out: Out, from: number): void {
  state.left = true;
  forward(config, out, state.pending, othersOf(config, state));
  out.output({ kind: "removed", from });
}

/** Are all slots before an epoch durable here, and at f + 1 of its own replicas, or has a peer found that it is so? */
function isHeld(
  config: ReplicaConfig,
  state: Readonly<ReplicaState>,
  { id, from, membership }: Epoch,
): boolean {
  if (state.stable < from - 1) return false;
  if (state.peers.values.some((peer) => peer.held >= id)) return true;
  const replicas = replicasOf(membership);
  const durable = quorumSystem(threshold(replicas, membership.f + 1));
  return durable.has(
    replicas.filter(
      (replica) => replica === config.self || (mapGet(state.peers, replica)?.stable ?? 0) >= from - 1,
    ),
  );
}

function forgetStrangers(config: ReplicaConfig, state: ReplicaState): void {
  for (const replica of [...state.peers.keys])
    if (!isPeer(config, state, replica)) mapDelete(state.peers, replica);
}
