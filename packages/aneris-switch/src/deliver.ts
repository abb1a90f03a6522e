import { equalBytes, mapDelete, mapGet, mapSet } from "@eunomia/codec";
import type { Effects } from "@eunomia/engine";
import { nextChain } from "./chain.ts";
import { checkpointOf } from "./checkpoint.ts";
import { encodeRegistration, joinBatch } from "./entry.ts";
import { epochAt, lastEpoch } from "./epochs.ts";
import { type Executed, executeSlot } from "./execute.ts";
import { hasLeft, spawnEpoch, tellPeers } from "./membership.ts";
import { forward, judgePending, othersOf } from "./queue.ts";
import type {
  Delivery,
  Epoch,
  Pending,
  ReplicaConfig,
  ReplicaOracles,
  ReplicaState,
  ReplicaTypes,
} from "./state.ts";
import type { DeliveredSlot } from "./wire.ts";

type Out = Effects<ReplicaTypes>;

/** Decisions of epochs that are not known yet are kept for so many epochs. */
const parkedEpochsMax = 4;

/** Files a decision under its slot and epoch, if it can still matter (aneris 5.4 `onDecision`; faults F1, F3, F11). */
export function learn(
  config: ReplicaConfig,
  state: ReplicaState,
  out: Out,
  epoch: number,
  slot: number,
  value: Uint8Array,
): void {
  if (slot < state.slotOut) return;
  if (slot > state.highestSeen) state.highestSeen = slot;
  if (slot > state.slotOut + config.maxAhead) return;
  // The epoch of a slot never goes back: an older one is void here for good. A later one may still come into force.
  if (epoch < epochAt(state, slot).id || epoch > lastEpoch(state).id + parkedEpochsMax) return;
  const decisions = mapGet(state.known, slot);
  if (decisions === undefined) return mapSet(state.known, slot, [{ epoch, value }]);
  const known = decisions.find((decision) => decision.epoch === epoch);
  if (known === undefined) decisions.push({ epoch, value });
  else if (!equalBytes(known.value, value))
    out.output({ kind: "alarm", slot, reason: `epoch ${epoch} decided two values` });
}

/** Delivers decided slots in order, each under the epoch that is in force there (aneris 5.4 `drain`). */
export function drain(config: ReplicaConfig, state: ReplicaState, oracles: ReplicaOracles, out: Out): void {
  while (!hasLeft(config, state)) {
    const slot = state.slotOut;
    const epoch = epochAt(state, slot);
    const decision = mapGet(state.known, slot)?.find((candidate) => candidate.epoch === epoch.id);
    if (decision === undefined) return;
    deliver(config, state, oracles, out, epoch, decision.value);
  }
}

/** Executes a batch in the next slot and says so. */
function deliver(
  config: ReplicaConfig,
  state: ReplicaState,
  oracles: ReplicaOracles,
  out: Out,
  epoch: Epoch,
  batch: Uint8Array,
): void {
  const slot = state.slotOut;
  const done = executeSlot(config, state, oracles, batch);
  const { vector } = done;
  out.persist({ kind: "delivered", slot, epoch: epoch.id, vector, chain: state.chain });
  out.output({ kind: "deliver", ...deliveryOf(state, epoch, slot, done) });
  for (const { n, reason } of done.refusedControls) out.output({ kind: "controlRejected", n, reason });
  settle(config, state, out, slot, batch, done);
  if (done.checkpoint) out.output({ kind: "checkpoint", ...checkpointOf(state) });
}

/** One slot as others hear of it, just after it was executed. */
export function deliveryOf(
  state: Readonly<Pick<ReplicaState, "chain">>,
  epoch: Epoch,
  slot: number,
  { vector, count, runs, registered, controls }: Executed,
): Delivery {
  const { protocol, id } = epoch;
  return {
    slot,
    epoch: id,
    protocol: protocol.name,
    vector,
    count,
    runs,
    registered,
    controls,
    chain: state.chain,
  };
}

/** Soft state after a delivery: what was proposed in vain waits again, in front; a change of epoch takes hold. */
function settle(
  config: ReplicaConfig,
  state: ReplicaState,
  out: Out,
  slot: number,
  batch: Uint8Array,
  done: Executed,
): void {
  mapDelete(state.known, slot);
  const mine = mapGet(state.inflight, slot);
  mapDelete(state.inflight, slot);
  const lost = (mine?.entries ?? []).filter((entry) => stillWanted(config, state, out, entry, batch, done));
  let revived: readonly Pending[] = [];
  if (done.controls.some(({ operation }) => operation.kind === "swap" || operation.kind === "reconfigure")) {
    const epoch = lastEpoch(state);
    tellPeers(state, out);
    spawnEpoch(config, out, epoch);
    state.duty = null;
    state.flushTo = epoch.from - 1;
    revived = voidInstances(state);
    state.slotIn = slot + 1;
  }
  if (done.registered.length > 0)
    state.pending = state.pending.filter((entry) => entry.kind !== 2 || !isRegistered(entry, done));
  if (lost.length > 0) shareLosers(config, state, out, lost);
  const again = lost.concat(revived);
  if (again.length > 0) state.pending = again.concat(state.pending);
  state.slotIn = Math.max(state.slotIn, state.slotOut);
}

/** What loses slot after slot to other replicas goes to them, so that the winner proposes it too (fault F15). */
function shareLosers(
  config: ReplicaConfig,
  state: Readonly<ReplicaState>,
  out: Out,
  lost: readonly Pending[],
): void {
  for (const entry of lost) entry.age += 1;
  const losers = lost.filter((entry) => entry.age % config.forwardTicks === 0);
  if (losers.length > 0) forward(config, out, losers, othersOf(config, state));
}

/** Forgets instances whose slot belongs to a later epoch now (cut mode); answers what was proposed in them, in order. */
function voidInstances(state: ReplicaState): Pending[] {
  const proposed: Pending[] = [];
  for (const slot of [...state.inflight.keys]) {
    const { epoch, entries } = mapGet(state.inflight, slot)!;
    if (epoch === epochAt(state, slot).id) continue;
    mapDelete(state.inflight, slot);
    for (const entry of entries) proposed.push(entry);
  }
  for (const slot of [...state.known.keys]) {
    const inForce = epochAt(state, slot).id;
    const decisions = mapGet(state.known, slot)!.filter((decision) => decision.epoch >= inForce);
    if (decisions.length === 0) mapDelete(state.known, slot);
    else mapSet(state.known, slot, decisions);
  }
  return proposed;
}

const isRegistered = (entry: Pending, done: Executed): boolean =>
  done.registered.some(({ nonce, owner }) => equalBytes(encodeRegistration(nonce, owner), entry.bytes));

/** Whether an entry of the batch that was proposed for this slot must be proposed again; tells its owner when it cannot be. */
function stillWanted(
  config: ReplicaConfig,
  state: ReplicaState,
  out: Out,
  entry: Pending,
  batch: Uint8Array,
  done: Executed,
): boolean {
  if (entry.kind === 2) return !isRegistered(entry, done);
  // A control that had the slot and did nothing was refused: its owner is told, and may sign another one.
  if (entry.kind === 1 && done.controls.length === 0 && equalBytes(batch, joinBatch([entry.bytes])))
    return false;
  const verdict = judgePending(config, state, entry, null);
  if (verdict === "lost")
    out.output({ kind: "rejected", client: entry.client, seq: entry.seq, reason: "session" });
  return verdict === "go" || verdict === "wait";
}

/** Takes over slots that another replica delivered. The chain shows at once whether both agree on everything before. */
export function install(
  config: ReplicaConfig,
  state: ReplicaState,
  oracles: ReplicaOracles,
  out: Out,
  slots: readonly DeliveredSlot[],
): void {
  for (const { slot, epoch, vector, chain } of slots) {
    if (slot !== state.slotOut || hasLeft(config, state)) continue;
    const current = epochAt(state, slot);
    if (current.id !== epoch)
      return out.output({
        kind: "alarm",
        slot,
        reason: `a peer delivered it in epoch ${epoch}, here it is ${current.id}`,
      });
    const own = nextChain(oracles.sha256, state.chain, slot, epoch, oracles.sha256(vector));
    if (!equalBytes(own, chain))
      return out.output({ kind: "alarm", slot, reason: "a peer delivered another history" });
    deliver(config, state, oracles, out, current, vector);
  }
}
