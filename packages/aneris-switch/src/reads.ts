import type { Effects } from "@eunomia/engine";
import { epochAt } from "./epochs.ts";
import { hasLeft, isMember } from "./membership.ts";
import type { ReplicaConfig, ReplicaState, ReplicaTypes } from "./state.ts";

type Out = Effects<ReplicaTypes>;

/** A read arrives: a question that is asked from now on serves it, an earlier one does not. */
export function takeRead(config: ReplicaConfig, { reads }: ReplicaState, out: Out, nonce: number): void {
  const open = reads.behind.reduce((sum, { nonces }) => sum + nonces.length, reads.asked.length);
  if (open + reads.waiting.length >= config.maxPending)
    return out.output({ kind: "unreadable", nonces: [nonce], reason: "busy" });
  reads.waiting.push(nonce);
}

/**
 * The answer of a read quorum: every write that was complete when the question was asked has a slot of at most `slot`. It counts
 * for the question that is open and for no other, be it of this epoch or of another one.
 */
export function takeAnswer(state: ReplicaState, epoch: number, nonce: number, slot: number): void {
  const { reads } = state;
  if (epoch !== reads.epoch || reads.asked[0] !== nonce) return;
  const nonces = reads.asked;
  reads.asked = [];
  const last = reads.behind.at(-1);
  // To wait for a later slot than one must is never wrong, and keeps the list as short as the pipeline.
  if (last !== undefined && slot <= last.slot) last.nonces.push(...nonces);
  else reads.behind.push({ slot, nonces });
  // A slot that was voted in may never be decided by itself: whoever proposed there has crashed. Then the gap is filled.
  if (slot > state.highestSeen) state.highestSeen = slot;
}

/**
 * Moves reads on, after anything that may have moved this replica (aneris 5.10). What was answered in one epoch says nothing of
 * writes in a later one, so all that is open is asked again there; that later epoch cannot be missed, because its beginning was
 * decided in this one, below every slot of it.
 */
export function settleReads(config: ReplicaConfig, state: ReplicaState, out: Out): void {
  const { reads } = state;
  const { id, membership } = epochAt(state, state.slotOut);
  if (id !== reads.epoch) {
    reads.waiting = [...reads.behind.flatMap(({ nonces }) => nonces), ...reads.asked, ...reads.waiting];
    reads.asked = [];
    reads.behind = [];
    reads.epoch = id;
  }
  if (!isMember(membership, config.self) || state.left || hasLeft(config, state)) {
    if (reads.waiting.length > 0)
      out.output({ kind: "unreadable", nonces: reads.waiting, reason: "not a member" });
    reads.waiting = [];
    return;
  }
  while (reads.behind.length > 0 && reads.behind[0]!.slot < state.slotOut)
    out.output({ kind: "readable", nonces: reads.behind.shift()!.nonces, slot: state.slotOut - 1 });
  if (reads.asked.length > 0 || reads.waiting.length === 0) return;
  reads.asked = reads.waiting;
  reads.waiting = [];
  // Under the number of its first read, which is fresh: no answer to an earlier question bears it.
  out.output({ kind: "highest", epoch: id, nonce: reads.asked[0]! });
}
