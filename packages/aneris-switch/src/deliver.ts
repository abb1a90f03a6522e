import { compareBytes, mapDelete, mapGet, mapSet } from "@eunomia/codec";
import type { Effects } from "@eunomia/engine";
import { encodeRegistration } from "./entry.ts";
import { epochAt, isDetermined, lastEpoch } from "./epochs.ts";
import { type Executed, executeSlot, nextChain } from "./execute.ts";
import { judgePending } from "./queue.ts";
import type { Epoch, Pending, ReplicaConfig, ReplicaOracles, ReplicaState, ReplicaTypes } from "./state.ts";
import type { DeliveredSlot } from "./wire.ts";

type Out = Effects<ReplicaTypes>;

/** Slots beyond the next one for which decisions are kept. */
const ahead = (config: ReplicaConfig): number => 4 * config.alpha + 64;
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
  if (slot >= state.slotOut + ahead(config)) return;
  if (isDetermined(config, state, slot) && epochAt(state, slot).id !== epoch) return;
  if (epoch > lastEpoch(state).id + parkedEpochsMax) return;
  const decisions = mapGet(state.known, slot);
  if (decisions === undefined) return mapSet(state.known, slot, [{ epoch, value }]);
  const known = decisions.find((decision) => decision.epoch === epoch);
  if (known === undefined) decisions.push({ epoch, value });
  else if (compareBytes(known.value, value) !== 0)
    out.output({ kind: "alarm", slot, reason: `epoch ${epoch} decided two values` });
}

/** Delivers decided slots in order, each under the epoch that is in force there (aneris 5.4 `drain`). */
export function drain(config: ReplicaConfig, state: ReplicaState, oracles: ReplicaOracles, out: Out): void {
  for (;;) {
    const slot = state.slotOut;
    const epoch = epochAt(state, slot);
    const decision = mapGet(state.known, slot)?.find((candidate) => candidate.epoch === epoch.id);
    if (decision === undefined) return;
    deliver(config, state, oracles, out, epoch, decision.value);
  }
}

/** Executes a batch in the next slot and says so. */
export function deliver(
  config: ReplicaConfig,
  state: ReplicaState,
  oracles: ReplicaOracles,
  out: Out,
  epoch: Epoch,
  batch: Uint8Array,
): void {
  const slot = state.slotOut;
  const done = executeSlot(config, state, oracles, batch);
  const { vector, count, runs, registered, controls } = done;
  out.persist({ kind: "delivered", slot, epoch: epoch.id, vector, chain: state.chain });
  out.output({
    kind: "deliver",
    slot,
    epoch: epoch.id,
    protocol: epoch.protocol.name,
    vector,
    count,
    runs,
    registered,
    controls,
    chain: state.chain,
  });
  for (const { n, reason } of done.refusedControls) out.output({ kind: "controlRejected", n, reason });
  settle(config, state, out, slot, done);
}

/** Soft state after a delivery: what was proposed in vain waits again, in front; a change of epoch takes hold. */
function settle(config: ReplicaConfig, state: ReplicaState, out: Out, slot: number, done: Executed): void {
  mapDelete(state.known, slot);
  const mine = mapGet(state.inflight, slot);
  mapDelete(state.inflight, slot);
  const again = mine?.entries ?? [];
  const change = done.controls.find(({ operation }) => operation.kind === "swap");
  if (change !== undefined) {
    const { id, from, protocol } = lastEpoch(state);
    out.spawn(protocol.name, String(id), { from, params: protocol.params });
    state.duty = null;
    if (state.mode.kind === "window") state.flushTo = from - 1;
    else voidInstances(state, slot, id, again);
  }
  if (again.length > 0) {
    const wanted = again.filter((entry) => stillWanted(config, state, out, entry, done));
    if (wanted.length > 0) state.pending = wanted.concat(state.pending);
  }
  state.slotIn = Math.max(state.slotIn, state.slotOut);
}

/** Cut mode: instances of the old epoch behind the change are void; their entries are proposed anew. */
function voidInstances(state: ReplicaState, slot: number, newest: number, again: Pending[]): void {
  for (const { entries } of state.inflight.values) for (const entry of entries) again.push(entry);
  state.inflight = { keys: [], values: [] };
  for (const later of [...state.known.keys]) {
    const decisions = (mapGet(state.known, later) ?? []).filter((decision) => decision.epoch >= newest);
    if (decisions.length === 0) mapDelete(state.known, later);
    else mapSet(state.known, later, decisions);
  }
  state.slotIn = slot + 1;
}

/** Whether an entry whose slot went to another batch must be proposed again; tells its owner when it cannot be. */
function stillWanted(
  config: ReplicaConfig,
  state: ReplicaState,
  out: Out,
  entry: Pending,
  done: Executed,
): boolean {
  if (entry.kind === 2)
    return !done.registered.some(({ nonce }) => compareBytes(encodeRegistration(nonce), entry.bytes) === 0);
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
    if (slot !== state.slotOut) continue;
    const current = epochAt(state, slot);
    if (current.id !== epoch)
      return out.output({
        kind: "alarm",
        slot,
        reason: `a peer delivered it in epoch ${epoch}, here it is ${current.id}`,
      });
    if (compareBytes(nextChain(oracles, state.chain, slot, epoch, vector), chain) !== 0)
      return out.output({ kind: "alarm", slot, reason: "a peer delivered another history" });
    deliver(config, state, oracles, out, current, vector);
  }
}
