import { mapDelete, mapGet, mapSet, setAdd, setHas } from "@eunomia/codec";
import type { Checkpoint, ReplicaConfig, Session } from "./state.ts";
import type { Run } from "./wire.ts";
import { firstRegisteredClient } from "./wire.ts";

/** Exactly-once bookkeeping (aneris 5.8). A function of the delivered prefix alone, so equal at every replica. */

/** The session of a client at `slot`; null when there is none or it has expired. A static client's begins when it is used. */
export function liveSession(
  config: ReplicaConfig,
  state: Readonly<Pick<Checkpoint, "sessions">>,
  client: number,
  slot: number,
): Session | null {
  const session = mapGet(state.sessions, client);
  if (client < firstRegisteredClient) {
    if (client >= config.staticClients) return null;
    return session ?? { low: 0, done: [], lastSlot: 0, runs: [], owner: "" };
  }
  if (session === undefined || slot - session.lastSlot > config.sessionTtlSlots) return null;
  return session;
}

export function executed(session: Session, seq: number): boolean {
  return seq <= session.low || setHas(session.done, seq);
}

/** Marks one command executed and remembers where it stands, for a client that asks again. */
export function markExecuted(
  session: Session,
  client: number,
  seq: number,
  ack: number,
  slot: number,
  index: number,
  window: number,
): void {
  if (seq === session.low + 1) {
    session.low = seq;
    let absorbed = 0;
    while (absorbed < session.done.length && session.done[absorbed] === session.low + 1) {
      session.low += 1;
      absorbed += 1;
    }
    if (absorbed > 0) session.done.splice(0, absorbed);
  } else setAdd(session.done, seq);
  session.lastSlot = slot;
  const runs = session.runs;
  while (runs.length > 0 && isAcknowledged(runs[0]!, ack)) runs.shift();
  extendRuns(runs, client, seq, slot, index);
  // A client has a window of commands open at most: of more runs than that, the one with the lowest numbers is acknowledged.
  if (runs.length > window) runs.splice(lowestRun(runs), 1);
}

const isAcknowledged = (run: Run, ack: number): boolean => run.seq + run.count - 1 <= ack;

function lowestRun(runs: readonly Run[]): number {
  let lowest = 0;
  for (let i = 1; i < runs.length; i += 1) if (runs[i]!.seq < runs[lowest]!.seq) lowest = i;
  return lowest;
}

/** Adds one command to a list of runs, to the last run where it continues it. */
export function extendRuns(runs: Run[], client: number, seq: number, slot: number, index: number): void {
  const last = runs[runs.length - 1];
  if (
    last !== undefined &&
    last.client === client &&
    last.slot === slot &&
    last.seq + last.count === seq &&
    last.index + last.count === index
  )
    last.count += 1;
  else runs.push({ client, seq, count: 1, slot, index });
}

/** Where an executed command stands; null when its place is forgotten because the client has acknowledged it. */
export function placeOf(session: Session, client: number, seq: number): Run | null {
  for (const run of session.runs)
    if (run.client === client && run.seq <= seq && seq < run.seq + run.count)
      return { client, seq, count: 1, slot: run.slot, index: run.index + seq - run.seq };
  return null;
}

export function openSession(
  state: Pick<Checkpoint, "sessions">,
  client: number,
  slot: number,
  owner: string,
): void {
  mapSet(state.sessions, client, { low: 0, done: [], lastSlot: slot, runs: [], owner });
}

/** Expired sessions answer like unknown ones already; this frees their memory at slots that are the same everywhere. */
export function sweepSessions(
  config: ReplicaConfig,
  state: Pick<Checkpoint, "sessions">,
  slot: number,
): void {
  const period = Math.max(1, Math.floor(config.sessionTtlSlots / 8));
  if (slot % period !== 0) return;
  for (const client of [...state.sessions.keys])
    if (client >= firstRegisteredClient && liveSession(config, state, client, slot) === null)
      mapDelete(state.sessions, client);
}
