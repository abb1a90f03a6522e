import { mapSet, setAdd } from "@eunomia/codec";
import { nextChain } from "./chain.ts";
import { checkpointFollows } from "./checkpoint.ts";
import { judgeControl } from "./control.ts";
import { type Entry, joinBatch, readBatch } from "./entry.ts";
import { effectiveFrom, epochAt, lastEpoch } from "./epochs.ts";
import { isMember, replicasOf } from "./membership.ts";
import { executed, extendRuns, liveSession, markExecuted, openSession, sweepSessions } from "./session.ts";
import type { Checkpoint, ReplicaConfig, ReplicaOracles } from "./state.ts";
import { entriesPerSlotMax, type Operation, type Run } from "./wire.ts";

/** What one slot did. */
export interface Executed {
  readonly vector: Uint8Array;
  readonly count: number;
  readonly runs: Run[];
  readonly registered: { nonce: Uint8Array; client: number; owner: string }[];
  readonly controls: { n: number; operation: Operation }[];
  /** Why control commands of the batch were skipped. */
  readonly refusedControls: { n: number; reason: string }[];
  /** A checkpoint follows this slot. */
  readonly checkpoint: boolean;
}

/**
 * Executes the batch that was decided for `state.slotOut` and moves on to the next slot. The slot always advances, whatever
 * is in it; what is delivered is the batch less its unknown, repeated or invalid entries, by a function of the prefix alone.
 */
export function executeSlot(
  config: ReplicaConfig,
  state: Checkpoint,
  oracles: ReplicaOracles,
  batch: Uint8Array,
): Executed {
  const slot = state.slotOut;
  const epoch = epochAt(state, slot).id;
  const entries = readBatch(batch) ?? [];
  const result: Executed = {
    vector: batch,
    count: 0,
    runs: [],
    registered: [],
    controls: [],
    refusedControls: [],
    checkpoint: false,
  };
  const kept: Entry[] = [];
  const alone = entries.length === 1;
  for (const entry of entries)
    if (execute(config, state, oracles, entry, alone, kept.length, result)) kept.push(entry);
  // A batch is canonical, so one of which everything was kept is its own vector. What is no batch counts as an empty one.
  const whole = kept.length > 0 && kept.length === entries.length;
  const vector = whole ? batch : joinBatch(kept.map((entry) => batch.subarray(entry.start, entry.end)));
  state.chain = nextChain(oracles.sha256, state.chain, slot, epoch, oracles.sha256(vector));
  state.slotOut = slot + 1;
  for (const { operation } of result.controls) applyOperation(config, state, operation, slot);
  sweepSessions(config, state, slot);
  const checkpoint = checkpointFollows(config, state, slot, vector.length);
  return { ...result, vector, count: kept.length, checkpoint };
}

function execute(
  config: ReplicaConfig,
  state: Checkpoint,
  oracles: ReplicaOracles,
  entry: Entry,
  alone: boolean,
  index: number,
  result: Executed,
): boolean {
  const slot = state.slotOut;
  if (entry.kind === "command") {
    const { client, seq } = entry;
    const session = liveSession(config, state, client, slot);
    if (session === null || executed(session, seq) || seq > session.low + config.sessionWindow) return false;
    if (config.fifo && seq !== session.low + 1) return false;
    if (session.lastSlot === 0) mapSet(state.sessions, client, session);
    markExecuted(session, client, seq, entry.ack, slot, index, config.sessionWindow);
    extendRuns(result.runs, client, seq, slot, index);
    return true;
  }
  if (entry.kind === "register") {
    const client = slot * entriesPerSlotMax + index;
    const { nonce, owner } = entry;
    openSession(state, client, slot, owner);
    result.registered.push({ nonce, client, owner });
    return true;
  }
  // So that no command ever shares a slot with a change of rules.
  const verdict = alone ? judgeControl(config, state, oracles, entry, slot) : notAlone;
  if (!verdict.ok) {
    result.refusedControls.push({ n: entry.n, reason: verdict.reason });
    return false;
  }
  state.nextControl += 1;
  state.lastChange = slot;
  result.controls.push({ n: entry.n, operation: verdict.operation });
  return true;
}

const notAlone = { ok: false, reason: "a control command travels alone in its slot" } as const;

function applyOperation(config: ReplicaConfig, state: Checkpoint, operation: Operation, slot: number): void {
  if (operation.kind === "swap" || operation.kind === "reconfigure") {
    const last = lastEpoch(state);
    const from = Math.max(last.from, effectiveFrom(config, state, slot));
    const membership = operation.kind === "swap" ? last.membership : operation.membership;
    state.epochs.push({ id: last.id + 1, from, protocol: operation.protocol, membership });
    for (const replica of replicasOf(last.membership))
      if (!isMember(membership, replica)) setAdd(state.retired, replica);
  } else if (operation.kind === "keys") state.controllers = operation.controllers;
  else state.mode = operation.mode;
}
