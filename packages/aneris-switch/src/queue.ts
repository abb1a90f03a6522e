import { equalBytes, mapGet, mapHas, mapSet } from "@eunomia/codec";
import type { Effects } from "@eunomia/engine";
import { checkControl } from "./control.ts";
import { type Entry, emptyBatch, joinBatch, readBatch } from "./entry.ts";
import { epochAt, lastEpoch } from "./epochs.ts";
import { isMember, replicasOf } from "./membership.ts";
import { isForeign, notYetKnown, ownership } from "./ownership.ts";
import { executed, liveSession, placeOf } from "./session.ts";
import type {
  Pending,
  ReplicaCommand,
  ReplicaConfig,
  ReplicaOracles,
  ReplicaState,
  ReplicaTypes,
} from "./state.ts";
import { entriesPerSlotMax } from "./wire.ts";

type Out = Effects<ReplicaTypes>;

/**
 * Takes a batch of entries into the queue; what was executed, queued or refused before does not enter twice. With an owner, what
 * is not that owner's is passed over.
 */
export function submit(
  config: ReplicaConfig,
  state: ReplicaState,
  oracles: ReplicaOracles,
  out: Out,
  batch: Uint8Array,
  owner: string | null = null,
): void {
  const entries = readBatch(batch);
  if (entries === null) return out.output({ kind: "rejected", client: 0, seq: 0, reason: "malformed" });
  let queued: ReadonlySet<string> | null = null;
  const fresh: Pending[] = [];
  for (const entry of entries) {
    if (owner !== null && isForeign(config, state, entry, owner)) continue;
    if (
      state.pending.length + fresh.length >= config.maxPending ||
      entry.end - entry.start > config.maxBatchBytes
    ) {
      reject(out, entry, entry.end - entry.start > config.maxBatchBytes ? "too large" : "busy");
      continue;
    }
    if (!admit(config, state, oracles, out, entry)) continue;
    const pending = toPending(entry, batch);
    if (entry.kind === "command") {
      const offered = mapGet(state.offered, entry.client) ?? 0;
      // A number above all that a client offered here cannot be in the queue: the common case needs no search.
      if (entry.seq > offered) mapSet(state.offered, entry.client, entry.seq);
      else {
        queued ??= queuedCommands(state, fresh);
        if (queued.has(keyOf(pending))) continue;
      }
    } else if (isQueued(state, fresh, pending)) continue;
    fresh.push(pending);
  }
  for (const entry of fresh) state.pending.push(entry);
  if (state.offered.keys.length > 2 * config.maxPending) forgetOffers(state);
  const duty = onDuty(config, state, state.slotIn);
  if (duty !== config.self && fresh.length > 0) forward(config, out, fresh, [duty]);
}

const keyOf = (entry: Pending): string => `${entry.client}:${entry.seq}`;

function queuedCommands(state: Readonly<ReplicaState>, fresh: readonly Pending[]): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const list of queues(state, fresh))
    for (const entry of list) if (entry.kind === 0) keys.add(keyOf(entry));
  return keys;
}

/** Everything that waits for a slot or for its decision. */
function queues(state: Readonly<ReplicaState>, fresh: readonly Pending[]): (readonly Pending[])[] {
  return [state.pending, fresh, ...state.inflight.values.map(({ entries }) => entries)];
}

/** Controls are the same by their number, registrations by their bytes. */
function isQueued(state: Readonly<ReplicaState>, fresh: readonly Pending[], entry: Pending): boolean {
  const { kind, seq, bytes } = entry;
  return queues(state, fresh).some((list) =>
    list.some(
      (other) => other.kind === kind && other.seq === seq && (kind === 1 || equalBytes(other.bytes, bytes)),
    ),
  );
}

/** Clients come and go: only what waits here counts. */
function forgetOffers(state: ReplicaState): void {
  const offers = new Map<number, number>();
  for (const list of queues(state, []))
    for (const { kind, client, seq } of list)
      if (kind === 0) offers.set(client, Math.max(seq, offers.get(client) ?? 0));
  const sorted = [...offers].sort(([a], [b]) => a - b);
  state.offered = { keys: sorted.map(([client]) => client), values: sorted.map(([, seq]) => seq) };
}

function reject(out: Out, entry: Entry, reason: string): void {
  if (entry.kind === "command")
    out.output({ kind: "rejected", client: entry.client, seq: entry.seq, reason });
  else if (entry.kind === "control") out.output({ kind: "controlRejected", n: entry.n, reason });
}

/** False: answered or refused already. Judged again at delivery; here it only saves work. */
function admit(
  config: ReplicaConfig,
  state: ReplicaState,
  oracles: ReplicaOracles,
  out: Out,
  entry: Entry,
): boolean {
  if (entry.kind === "register") return true;
  if (entry.kind === "control") {
    if (entry.n < state.nextControl) {
      reject(out, entry, `number: ${entry.n} is used up, the next is ${state.nextControl}`);
      return false;
    }
    if (entry.notAfter < state.slotOut) {
      reject(out, entry, `expired: not after slot ${entry.notAfter}`);
      return false;
    }
    const verdict = checkControl(config, state, oracles, entry);
    if (!verdict.ok) reject(out, entry, verdict.reason);
    return verdict.ok;
  }
  const session = liveSession(config, state, entry.client, state.slotOut);
  if (session === null) {
    if (notYetKnown(state, entry.client)) return true;
    reject(out, entry, "session");
    return false;
  }
  if (executed(session, entry.seq)) {
    const place = placeOf(session, entry.client, entry.seq);
    if (place !== null) out.output({ kind: "reply", ...place });
    return false;
  }
  if (entry.seq > session.low + config.sessionWindow) {
    reject(out, entry, "window");
    return false;
  }
  return true;
}

/** A client's own batch: says first whether the process may speak for the client at all. */
export function request(
  config: ReplicaConfig,
  state: ReplicaState,
  oracles: ReplicaOracles,
  out: Out,
  { client, owner, process, batch }: Extract<ReplicaCommand, { kind: "request" }>,
): void {
  const whose = client === 0 ? "own" : ownership(config, state, client, owner);
  if (whose === "foreign") {
    const entry = readBatch(batch)?.find((one) => one.kind === "command" && one.client === client);
    out.output({ kind: "foreign", client, seq: entry?.kind === "command" ? entry.seq : 0, process });
  }
  if (whose !== "own") return;
  if (client > 0) out.output({ kind: "attached", client, process });
  submit(config, state, oracles, out, batch, owner);
}

function toPending(entry: Entry, batch: Uint8Array): Pending {
  const bytes = batch.subarray(entry.start, entry.end);
  if (entry.kind === "command") return { kind: 0, client: entry.client, seq: entry.seq, bytes, age: 0 };
  if (entry.kind === "control") return { kind: 1, client: 0, seq: entry.n, bytes, age: 0 };
  return { kind: 2, client: 0, seq: 0, bytes, age: 0 };
}

/** The other members of the last epoch: who may still propose what waits here. */
export const othersOf = (config: ReplicaConfig, state: Readonly<ReplicaState>): string[] =>
  replicasOf(lastEpoch(state).membership).filter((replica) => replica !== config.self);

/** Sends entries to other replicas, in frames within the batch limits. */
export function forward(
  config: ReplicaConfig,
  out: Out,
  entries: readonly Pending[],
  to: readonly string[],
): void {
  for (let i = 0; i < entries.length; ) {
    const part: Uint8Array[] = [];
    for (let bytes = 0; i < entries.length && part.length < entriesPerSlotMax; i += 1) {
      bytes += entries[i]!.bytes.length;
      if (part.length > 0 && bytes > config.maxBatchBytes) break;
      part.push(entries[i]!.bytes);
    }
    out.send(to, { kind: "forward", batch: joinBatch(part) });
  }
}

/**
 * Who proposes in a slot without delay: whom the protocol names, else members in turn, passing over silent ones. A replica
 * that is no member there names one that is.
 */
export function onDuty(config: ReplicaConfig, state: Readonly<ReplicaState>, slot: number): string {
  const awake = (replica: string): boolean =>
    replica === config.self || (mapGet(state.peers, replica)?.silentTicks ?? 0) < config.backupTicks;
  const { membership } = epochAt(state, slot);
  const own = isMember(membership, config.self);
  if (state.duty !== null && isMember(membership, state.duty)) {
    if (awake(state.duty)) return state.duty;
    if (own) return config.self;
  }
  if (config.dutySpan === 0 && own) return config.self;
  const replicas = replicasOf(membership);
  const first = Math.floor(slot / Math.max(1, config.dutySpan));
  const inTurn = replicas.map((_, i) => replicas[(first + i) % replicas.length]!);
  return inTurn.find(awake) ?? inTurn[0]!;
}

/** Opens slots while the pipeline has room and there is something to propose (aneris 5.4, `propose`). */
export function propose(config: ReplicaConfig, state: ReplicaState, out: Out): void {
  while (state.slotIn <= state.slotOut - 1 + config.alpha) {
    const slot = state.slotIn;
    const { id: epoch, membership } = epochAt(state, slot);
    if (!isMember(membership, config.self)) return;
    const decided = mapGet(state.known, slot)?.some((decision) => decision.epoch === epoch) ?? false;
    if (!decided && !mapHas(state.inflight, slot)) {
      const entries = take(config, state, out, slot);
      if (entries.length === 0 && slot > state.flushTo) return;
      openSlot(state, out, slot, epoch, entries);
    }
    state.slotIn = slot + 1;
  }
}

/** Proposes entries (none: the empty batch) for a slot. */
export function openSlot(
  state: ReplicaState,
  out: Out,
  slot: number,
  epoch: number,
  entries: Pending[],
): void {
  mapSet(state.inflight, slot, { epoch, entries });
  const value = entries.length === 0 ? emptyBatch : joinBatch(entries.map((entry) => entry.bytes));
  out.output({ kind: "propose", epoch, slot, value });
}

/**
 * Takes the next batch from the head of the queue: either commands, first come first served, or one control command alone. A
 * control out of turn is passed over, never a barrier; what was executed meanwhile is dropped (aneris 5.4 `take`; F13, F14).
 */
function take(config: ReplicaConfig, state: ReplicaState, out: Out, slot: number): Pending[] {
  const { pending } = state;
  const minimumAge = onDuty(config, state, slot) === config.self ? 0 : config.backupTicks;
  const taken: Pending[] = [];
  const kept: Pending[] = [];
  const expected = config.fifo ? expectations(state) : null;
  let bytes = 0;
  let i = 0;
  for (; i < pending.length && taken.length < Math.min(config.maxBatch, entriesPerSlotMax); i += 1) {
    const entry = pending[i]!;
    const verdict = entry.age < minimumAge ? "wait" : judgePending(config, state, entry, expected);
    if (verdict === "drop") continue;
    if (verdict === "lost") {
      out.output({ kind: "rejected", client: entry.client, seq: entry.seq, reason: "session" });
      continue;
    }
    if (verdict === "wait") {
      kept.push(entry);
      continue;
    }
    if (entry.kind === 1 && taken.length > 0) break;
    if (taken.length > 0 && bytes + entry.bytes.length > config.maxBatchBytes) break;
    taken.push(entry);
    bytes += entry.bytes.length;
    if (expected !== null && entry.kind === 0) expected.set(entry.client, entry.seq + 1);
    if (entry.kind === 1) {
      i += 1;
      break;
    }
  }
  if (kept.length === 0) pending.splice(0, i);
  else state.pending = kept.concat(pending.slice(i));
  return taken;
}

/** First number of each client behind what is in flight, where commands must be executed in the order of their numbers. */
function expectations(state: ReplicaState): Map<number, number> {
  const expected = new Map<number, number>();
  for (const { entries } of state.inflight.values)
    for (const entry of entries) if (entry.kind === 0) expected.set(entry.client, entry.seq + 1);
  return expected;
}

/** What to do with a queued entry: `go`, `wait` in place, `drop` (executed or superseded), or `lost` (its session is gone). */
export function judgePending(
  config: ReplicaConfig,
  state: Readonly<ReplicaState>,
  entry: Pending,
  expected: ReadonlyMap<number, number> | null,
): "go" | "wait" | "drop" | "lost" {
  if (entry.kind === 2) return "go";
  if (entry.kind === 1)
    return entry.seq < state.nextControl ? "drop" : entry.seq === state.nextControl ? "go" : "wait";
  const session = liveSession(config, state, entry.client, state.slotOut);
  if (session === null) return notYetKnown(state, entry.client) ? "wait" : "lost";
  if (executed(session, entry.seq)) return "drop";
  if (entry.seq > session.low + config.sessionWindow) return "wait";
  if (expected === null) return "go";
  return entry.seq === Math.max(expected.get(entry.client) ?? 0, session.low + 1) ? "go" : "wait";
}
