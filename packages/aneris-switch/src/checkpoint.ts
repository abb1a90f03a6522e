import { clone, mapDropThrough } from "@eunomia/codec";
import type { Effects } from "@eunomia/engine";
import { epochAt, lastEpoch } from "./epochs.ts";
import { spawnEpoch, tellPeers } from "./membership.ts";
import {
  Checkpoint,
  type Pending,
  type ReplicaConfig,
  type ReplicaState,
  type ReplicaTypes,
} from "./state.ts";
import { becameStable } from "./upkeep.ts";

type Out = Effects<ReplicaTypes>;

/** What a slot costs of `checkpointBytes` beside its vector. */
const slotOverheadBytes = 64;

/** What replicas have in common: a checkpoint without its tag, or the part of a state. */
export function agreedPart(state: Readonly<Checkpoint>): Checkpoint {
  const { slotOut, epochs, retired, mode, controllers, nextControl, lastChange } = state;
  const { chain, sessions, unsavedBytes } = state;
  return {
    slotOut,
    epochs,
    retired,
    mode,
    controllers,
    nextControl,
    lastChange,
    chain,
    sessions,
    unsavedBytes,
  };
}

/**
 * The same at every replica after the same slot: epochs that are over there are left out, since when they may be forgotten is
 * no part of the order.
 */
export function checkpointOf(state: Readonly<Checkpoint>): Checkpoint {
  const inForce = epochAt(state, state.slotOut).id;
  const epochs = state.epochs.filter(({ id }) => id >= inForce);
  return clone(Checkpoint, { ...agreedPart(state), epochs });
}

/** Counts a slot; true if a checkpoint follows it. Decided by the prefix alone, so that all replicas take the same ones. */
export function checkpointFollows(
  config: ReplicaConfig,
  state: Checkpoint,
  slot: number,
  vectorBytes: number,
): boolean {
  state.unsavedBytes += vectorBytes + slotOverheadBytes;
  const due = slot % config.checkpointSlots === 0 || state.unsavedBytes >= config.checkpointBytes;
  if (due) state.unsavedBytes = 0;
  return due;
}

/**
 * Sets the state to exactly that of having delivered every slot of a durable snapshot (aneris 5.9). What this replica proposed
 * in those slots waits again: sessions say what of it was executed.
 */
export function installCheckpoint(
  config: ReplicaConfig,
  state: ReplicaState,
  out: Out,
  checkpoint: Checkpoint,
): void {
  const slot = checkpoint.slotOut - 1;
  if (slot < state.slotOut) return;
  const before = state.epochs;
  Object.assign(state, clone(Checkpoint, agreedPart(checkpoint)));
  for (const { id } of before)
    if (!state.epochs.some((epoch) => epoch.id === id)) out.output({ kind: "retire", epoch: id });
  tellPeers(state, out);
  for (const epoch of state.epochs)
    if (epoch.id > before[before.length - 1]!.id) spawnEpoch(config, out, epoch);
  const proposed: Pending[] = state.inflight.values.flatMap(({ entries }) => entries);
  state.pending = proposed.concat(state.pending);
  state.inflight = { keys: [], values: [] };
  mapDropThrough(state.known, slot);
  state.slotIn = state.slotOut;
  state.flushTo = lastEpoch(state).from - 1;
  state.duty = null;
  state.highestSeen = Math.max(state.highestSeen, slot);
  state.lastSlotOut = state.slotOut;
  state.stuckTicks = 0;
  const { protocol, id } = epochAt(state, state.slotOut);
  const { nextControl, chain } = state;
  out.output({ kind: "installed", delivered: slot, epoch: id, protocol: protocol.name, nextControl, chain });
  becameStable(state, out, slot);
}
