import { fromHex, mapDelete, mapGet, mapHas, mapSet, setAdd, setDelete, toHex } from "@eunomia/codec";
import { hasBit } from "../bits.ts";
import { shelfGet } from "../dag/shelf.ts";
import type { HeteroPaxosMessage, Speech } from "../messages.ts";
import { askMax } from "../messages.ts";
import type { Setup } from "./setup.ts";
import { type Out, refuse } from "./slots.ts";
import type { NodeConfig, NodeState, SlotState, Waiting } from "./types.ts";

const isSpeech = (message: HeteroPaxosMessage): message is Speech =>
  message.kind === "1b" || message.kind === "2a";

/** Lists a slot for the internal actions of this step, if it has something for them. */
export function touch(state: NodeState, number: number, slot: Readonly<SlotState>): void {
  if (slot.ready.length > 0) setAdd(state.touched, number);
}

function park(slot: SlotState, id: string, missing: readonly string[]): void {
  for (const one of missing) {
    const blocked = mapGet(slot.blocks, one) ?? [];
    setAdd(blocked, id);
    mapSet(slot.blocks, one, blocked);
  }
}

/** Whether somebody else than its signer refers to a message. */
const isCited = (slot: Readonly<SlotState>, id: string, signer: string): boolean =>
  (mapGet(slot.blocks, id) ?? []).some((other) => {
    const { message } = mapGet(slot.waiting, other)!;
    return isSpeech(message) && message.signer !== signer;
  });

/** Lets go of a message that waits; what refers to it waits on. */
function forget(slot: SlotState, id: string): void {
  const waiting = mapGet(slot.waiting, id);
  if (waiting === undefined) return;
  mapDelete(slot.waiting, id);
  for (const one of waiting.missing) {
    const blocked = mapGet(slot.blocks, one)!;
    setDelete(blocked, id);
    if (blocked.length === 0) mapDelete(slot.blocks, one);
  }
}

/** Keeps to the bound per signer: the message of the lowest ballot goes. It can be fetched again. */
function makeRoom(config: NodeConfig, slot: SlotState, signer: string, out: Out): void {
  if (slot.waiting.keys.length <= config.waitingMax) return;
  const own = slot.waiting.keys.flatMap((id, i) => {
    const { message } = slot.waiting.values[i]!;
    return isSpeech(message) && message.signer === signer ? [{ id, number: message.ballot.number }] : [];
  });
  if (own.length <= config.waitingMax) return;
  const lowest = own.reduce((a, b) => (b.number < a.number ? b : a));
  forget(slot, lowest.id);
  refuse(out, "too many messages wait", signer);
}

/** A parked message that somebody refers to now, and those of its signer that it refers to in turn. */
function unpark(slot: SlotState, id: string): void {
  const waiting = mapGet(slot.waiting, id);
  if (waiting === undefined || !waiting.parked) return;
  waiting.parked = false;
  for (const one of waiting.missing) unpark(slot, one);
  if (waiting.missing.length === 0) slot.ready.push(id);
}

/** Files a message of which all that needs no history is right. @returns refs that are not here at all */
export function fileSpeech(
  config: NodeConfig,
  setup: Setup,
  slot: SlotState,
  id: string,
  message: Speech,
  out: Out,
): string[] {
  const missing = message.refs.map(toHex).filter((ref) => shelfGet(slot.bodies, ref) === undefined);
  const { signer } = message;
  const forks = hasBit(slot.known.forked, setup.view.acceptor(signer));
  const waiting: Waiting = { message, missing, parked: forks && !isCited(slot, id, signer) };
  mapSet(slot.waiting, id, waiting);
  park(slot, id, missing);
  if (missing.length === 0 && !waiting.parked) slot.ready.push(id);
  for (const one of missing) {
    const other = mapGet(slot.waiting, one);
    if (other?.parked && isSpeech(other.message) && (other.message.signer !== signer || !waiting.parked))
      unpark(slot, one);
  }
  makeRoom(config, slot, signer, out);
  return missing.filter((one) => !mapHas(slot.waiting, one));
}

/** Files a 1a; it is delivered once it is due. */
export function fileProposal(slot: SlotState, id: string, message: HeteroPaxosMessage, due: boolean): void {
  mapSet(slot.waiting, id, { message, missing: [], parked: false });
  if (due) slot.ready.push(id);
}

/** Takes a message out of the waiting room and lets those go on that waited for nothing else. */
export function release(slot: SlotState, id: string): void {
  mapDelete(slot.waiting, id);
  const blocked = mapGet(slot.blocks, id) ?? [];
  mapDelete(slot.blocks, id);
  for (const other of blocked) {
    const waiting = mapGet(slot.waiting, other)!;
    setDelete(waiting.missing, id);
    if (waiting.missing.length === 0 && !waiting.parked) slot.ready.push(other);
  }
}

/** Whatever refers to a message that is not well-formed is not well-formed. */
export function condemn(slot: SlotState, id: string, reason: string, out: Out): void {
  const waiting = mapGet(slot.waiting, id);
  const blocked = [...(mapGet(slot.blocks, id) ?? [])];
  forget(slot, id);
  if (waiting !== undefined && isSpeech(waiting.message)) refuse(out, reason, waiting.message.signer);
  for (const other of blocked) condemn(slot, other, "refers to what is refused", out);
}

/** Asks for messages; at most so many at once, the rest with the next retry. */
export function ask(
  setup: Setup,
  slot: number,
  ids: readonly string[],
  to: readonly string[],
  out: Out,
): void {
  if (ids.length === 0 || to.length === 0) return;
  out.send(to, { kind: "want", instance: { law: setup.law, slot }, ids: ids.slice(0, askMax).map(fromHex) });
}

/** What others refer to and is not here. */
export const lacking = (slot: Readonly<SlotState>): string[] =>
  slot.blocks.keys.filter((id) => !mapHas(slot.waiting, id));
