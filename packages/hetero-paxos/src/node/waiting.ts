import {
  equalBytes,
  fromHex,
  mapDelete,
  mapGet,
  mapHas,
  mapSet,
  setAdd,
  setDelete,
  toHex,
} from "@eunomia/codec";
import { hasBit } from "../bits.ts";
import { rivalOf } from "../dag/known.ts";
import { shelfGet } from "../dag/shelf.ts";
import type { HeteroPaxosMessage, Proposal, Speech } from "../messages.ts";
import { askMax } from "../messages.ts";
import { convict } from "./convict.ts";
import type { Setup } from "./setup.ts";
import { type Out, refuse } from "./slots.ts";
import type { NodeConfig, NodeState, SlotState, Waiting } from "./types.ts";

export const isSpeech = (message: HeteroPaxosMessage): message is Speech =>
  message.kind === "1b" || message.kind === "2a";

/** Lists a slot for the internal actions of this step, if it has something for them. */
export function touch(state: NodeState, number: number, slot: Readonly<SlotState>): void {
  if (slot.ready.length > 0) setAdd(state.touched, number);
}

function block(slot: SlotState, id: string, missing: readonly string[]): void {
  for (const one of missing) {
    const blocked = mapGet(slot.blocks, one) ?? [];
    setAdd(blocked, id);
    mapSet(slot.blocks, one, blocked);
  }
}

/** Those that wait for a message and make it needed: of other signers, or needed themselves. */
const needing = (slot: Readonly<SlotState>, id: string, signer: string): Waiting[] =>
  (mapGet(slot.blocks, id) ?? [])
    .map((other) => mapGet(slot.waiting, other)!)
    .filter(({ message, needed }) => isSpeech(message) && (message.signer !== signer || needed));

/** How many messages wait on account of each acceptor. */
function accounts(slot: Readonly<SlotState>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { message, account } of slot.waiting.values)
    if (isSpeech(message)) counts.set(account, (counts.get(account) ?? 0) + 1);
  return counts;
}

/** Lets go of a message that waits; what refers to it waits on. */
export function forget(slot: SlotState, id: string): void {
  const waiting = mapGet(slot.waiting, id);
  if (waiting === undefined) return;
  mapDelete(slot.waiting, id);
  for (const one of waiting.missing) {
    const blocked = mapGet(slot.blocks, one)!;
    setDelete(blocked, id);
    if (blocked.length === 0) mapDelete(slot.blocks, one);
  }
}

/**
 * Keeps to the bound per account: the message of the highest ballot goes. Whoever is far behind is told the latest first and
 * asks its way down; what is lowest comes free first, and the others can be fetched again.
 */
function makeRoom(config: NodeConfig, setup: Setup, slot: SlotState, account: number, out: Out): void {
  if (slot.waiting.keys.length <= config.waitingMax) return;
  if (accounts(slot).get(account)! <= config.waitingMax) return;
  let highest: { readonly id: string; readonly number: number } | null = null;
  slot.waiting.keys.forEach((id, i) => {
    const { message, missing, parked, account: payer } = slot.waiting.values[i]!;
    if (payer !== account || !isSpeech(message) || (missing.length === 0 && !parked)) return;
    if (highest === null || message.ballot.number > highest.number)
      highest = { id, number: message.ballot.number };
  });
  if (highest === null) return;
  forget(slot, (highest as { readonly id: string }).id);
  refuse(out, "too many messages wait", setup.view.acceptors[account]!);
}

/** Marks a message that waits as needed, and those of its signer that it refers to in turn. None of them stays parked. */
function need(slot: SlotState, first: string): void {
  const open = [first];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const waiting = mapGet(slot.waiting, id);
    if (waiting === undefined || waiting.needed || !isSpeech(waiting.message)) continue;
    waiting.needed = true;
    if (waiting.parked && waiting.missing.length === 0) slot.ready.push(id);
    waiting.parked = false;
    open.push(...waiting.missing);
  }
}

/** Two messages of one signer after the same one convict it, delivered or not. */
function lookForRival({ scheme, view }: Setup, slot: SlotState, id: string, message: Speech, out: Out): void {
  const signer = view.acceptor(message.signer);
  if (hasBit(slot.convicted, signer)) return;
  const { prev } = message;
  const delivered = rivalOf(slot.known, id, signer, prev === null ? null : toHex(prev));
  const samePrev = (other: Uint8Array | null): boolean =>
    prev === null || other === null ? prev === other : equalBytes(prev, other);
  const rival =
    delivered === null
      ? slot.waiting.values.find(
          ({ message: other }) => isSpeech(other) && other.signer === message.signer && samePrev(other.prev),
        )?.message
      : shelfGet(slot.bodies, delivered);
  // What is not delivered may name the message of another as its prev.
  if (rival !== undefined && (rival as Speech).signer === message.signer)
    convict(scheme, slot, signer, rival as Speech, message, out);
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
  lookForRival(setup, slot, id, message, out);
  const missing = message.refs.map(toHex).filter((ref) => shelfGet(slot.bodies, ref) === undefined);
  const signer = setup.view.acceptor(message.signer);
  const whom = needing(slot, id, message.signer);
  const needed = whom.length > 0;
  const parked = hasBit(slot.known.forked, signer) && !needed;
  const counts = needed ? accounts(slot) : new Map<number, number>();
  // On account of whoever has least: a flood of one acceptor takes no room from what an honest one refers to.
  const account = whom
    .map((other) => other.account)
    .reduce((a, b) => ((counts.get(b) ?? 0) < (counts.get(a) ?? 0) ? b : a), signer);
  mapSet(slot.waiting, id, { message, missing, parked, needed, account, asked: 0 });
  block(slot, id, missing);
  if (missing.length === 0 && !parked) slot.ready.push(id);
  for (const one of missing) {
    const other = mapGet(slot.waiting, one)?.message;
    if (other !== undefined && isSpeech(other) && (other.signer !== message.signer || needed))
      need(slot, one);
  }
  makeRoom(config, setup, slot, account, out);
  return missing.filter((one) => !mapHas(slot.waiting, one));
}

/** Files a 1a that is to be delivered now, or later. Of those that nobody refers to, so many wait at most: the latest goes. */
export function fileProposal(
  config: NodeConfig,
  slot: SlotState,
  id: string,
  message: Proposal,
  now: boolean,
  out: Out,
): void {
  mapSet(slot.waiting, id, {
    message,
    missing: [],
    parked: false,
    needed: false,
    account: 0,
    asked: 0,
  });
  if (now) {
    slot.ready.push(id);
    return;
  }
  const idle = slot.waiting.keys.filter(
    (one, i) => slot.waiting.values[i]!.message.kind === "1a" && !mapHas(slot.blocks, one),
  );
  if (idle.length <= config.waitingMax) return;
  const numberOf = (one: string): number => (mapGet(slot.waiting, one)!.message as Proposal).number;
  forget(
    slot,
    idle.reduce((a, b) => (numberOf(b) > numberOf(a) ? b : a)),
  );
  refuse(out, "too many ballots wait", config.self);
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
export function condemn(slot: SlotState, first: string, reason: string, out: Out): void {
  const open = [first];
  for (const id of open) {
    const waiting = mapGet(slot.waiting, id);
    open.push(...(mapGet(slot.blocks, id) ?? []));
    forget(slot, id);
    if (waiting !== undefined && isSpeech(waiting.message))
      refuse(out, id === first ? reason : "refers to what is refused", waiting.message.signer);
  }
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

/** What others refer to and is not here: of each account in turn one, so that refs to nothing do not crowd out the others. */
export function lacking(slot: Readonly<SlotState>): string[] {
  const byAccount = new Map<number, string[]>();
  for (const { message, missing, account } of [...slot.waiting.values].sort(byBallot)) {
    if (!isSpeech(message)) continue;
    const list = byAccount.get(account) ?? [];
    list.push(...missing.filter((id) => !mapHas(slot.waiting, id)));
    byAccount.set(account, list);
  }
  const lists = [...byAccount].sort(([a], [b]) => a - b).map(([, list]) => list);
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  const turns = Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list[i] ?? []));
  return [...new Set(turns.flat())];
}

function byBallot(a: Waiting, b: Waiting): number {
  const [x, y] = [a, b].map(({ message }) => (isSpeech(message) ? message.ballot.number : 0));
  return x! - y!;
}
