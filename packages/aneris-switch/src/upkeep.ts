import { mapGet, mapHas, mapSet } from "@eunomia/codec";
import type { Effects } from "@eunomia/engine";
import { quorumSystem, threshold } from "@eunomia/quorum-algebra";
import { epochAt } from "./epochs.ts";
import { forward, judgePending, onDuty, openSlot, othersOf, propose } from "./queue.ts";
import type { ReplicaConfig, ReplicaState, ReplicaTypes } from "./state.ts";

type Out = Effects<ReplicaTypes>;

/** The rule of time: age the queue, fill gaps, tell peers where we are (aneris 5.4 timers, 5.9; faults F7, F8, F15). */
export function tick(config: ReplicaConfig, state: ReplicaState, out: Out): void {
  state.ticks += 1;
  for (const peer of state.peers.values) peer.silentTicks += 1;
  agePending(config, state, out);
  watchProgress(config, state, out);
  tellHead(config, state, out);
  propose(config, state, out);
  out.arm("tick", config.tickMs, Math.floor(config.tickMs / 4));
}

export function tellHead(config: ReplicaConfig, state: Readonly<ReplicaState>, out: Out): void {
  out.send(othersOf(config), { kind: "head", delivered: state.slotOut - 1, stable: state.stable });
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
  if (forAll.length > 0) forward(config, out, forAll, othersOf(config));
}

/** Later slots are known but the next one is not: propose the empty batch for it and ask a replica that is ahead. */
function watchProgress(config: ReplicaConfig, state: ReplicaState, out: Out): void {
  const ahead = mostAdvanced(config, state);
  const behind = state.highestSeen >= state.slotOut || ahead !== null;
  const standing = state.slotOut === state.lastSlotOut;
  state.stuckTicks = behind && standing ? state.stuckTicks + 1 : 0;
  state.lastSlotOut = state.slotOut;
  if (ahead !== null && standing) out.send([ahead], { kind: "get", from: state.slotOut });
  if (state.stuckTicks < config.gapTicks) return;
  state.stuckTicks = 0;
  const slot = state.slotOut;
  if (!mapHas(state.inflight, slot) && state.highestSeen >= slot)
    openSlot(state, out, slot, epochAt(state, slot).id, []);
}

/** The replica known to have delivered most, if more than this one. */
function mostAdvanced(config: ReplicaConfig, state: Readonly<ReplicaState>): string | null {
  let best: string | null = null;
  let delivered = state.slotOut - 1;
  for (const replica of config.replicas) {
    const peer = mapGet(state.peers, replica);
    if (peer !== undefined && peer.delivered > delivered && peer.silentTicks <= config.gapTicks) {
      best = replica;
      delivered = peer.delivered;
    }
  }
  return best;
}

export function heardFrom(state: ReplicaState, replica: string, delivered: number, stable: number): void {
  const peer = mapGet(state.peers, replica);
  mapSet(state.peers, replica, {
    delivered: Math.max(delivered, peer?.delivered ?? 0),
    stable: Math.max(stable, peer?.stable ?? 0),
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

/** Ends epochs whose last slot is durable at f + 1 replicas: whoever lags learns it from one of them (aneris 5.6). */
export function retireEpochs(config: ReplicaConfig, state: ReplicaState, out: Out): void {
  for (
    let next = state.epochs[1];
    next !== undefined && state.stable >= next.from - 1;
    next = state.epochs[1]
  ) {
    const last = next.from - 1;
    const durable = quorumSystem(threshold(config.replicas, config.f + 1));
    const holders = config.replicas.filter(
      (replica) => replica === config.self || (mapGet(state.peers, replica)?.stable ?? 0) >= last,
    );
    if (!durable.has(holders)) return;
    out.output({ kind: "retire", epoch: state.epochs[0]!.id });
    state.epochs.shift();
  }
}
