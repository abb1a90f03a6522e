/** Whose session is whose: a client's requests are taken in only under the name that registered it. */
import type { Entry } from "./entry.ts";
import type { GatewayConfig } from "./gateway-types.ts";
import { liveSession } from "./session.ts";
import type { ReplicaConfig, ReplicaState } from "./state.ts";
import { entriesPerSlotMax, firstRegisteredClient, ownerMax } from "./wire.ts";

/** The owner that a process speaks for; empty where sessions belong to nobody. */
export function ownerOf({ ownerUntil }: GatewayConfig, process: string): string {
  if (ownerUntil === "") return "";
  const end = process.indexOf(ownerUntil);
  return (end < 0 ? process : process.slice(0, end)).slice(0, ownerMax);
}

/**
 * Is this the owner's to ask? Sessions that begin in slots not yet delivered here are nobody's so far, and their requests come
 * again. Control commands carry signatures of their own.
 */
export function isForeign(
  config: ReplicaConfig,
  state: Readonly<ReplicaState>,
  entry: Entry,
  owner: string,
): boolean {
  if (entry.kind === "control") return false;
  return entry.kind === "register"
    ? entry.owner !== owner
    : ownership(config, state, entry.client, owner) !== "own";
}

/** Whose session it is, as far as this replica knows. One that is over counts as everybody's: whoever asks is told so. */
export function ownership(
  config: ReplicaConfig,
  state: Readonly<ReplicaState>,
  client: number,
  owner: string,
): "own" | "foreign" | "unknown" {
  const session = liveSession(config, state, client, state.slotOut);
  if (session === null) return notYetKnown(state, client) ? "unknown" : "own";
  return session.owner === owner ? "own" : "foreign";
}

/** A registration in a slot that this replica has not delivered yet: the session may begin any moment. */
export const notYetKnown = (state: ReplicaState, client: number): boolean =>
  client >= firstRegisteredClient && Math.floor(client / entriesPerSlotMax) >= state.slotOut;
