import { equalBytes, mapDropThrough, mapGet, setAdd, setDelete, toHex } from "@eunomia/codec";
import { entryOf, signedEntry } from "../dag/known.ts";
import { shelfGet, shelfIds } from "../dag/shelf.ts";
import type { HeteroPaxosMessage, Proposal, Speech } from "../messages.ts";
import { openingId, speechId } from "../proof/header.ts";
import { admit, withRecent } from "./deliver.ts";
import { fitnessOf } from "./read.ts";
import type { Setup } from "./setup.ts";
import { type Out, openSlot } from "./slots.ts";
import type { NodeConfig, NodeRecord, NodeState, SlotState } from "./types.ts";

function idOf({ scheme }: Setup, message: Proposal | Speech): string {
  if (message.kind !== "1a") return toHex(speechId(scheme, message));
  const { instance, number, value } = message;
  return toHex(openingId(scheme, instance, { number, value: scheme.digest(value) }));
}

/** Takes a durable message again; what this acceptor said itself is where its chain ends. */
function restoreMessage(
  config: NodeConfig,
  setup: Setup,
  slot: SlotState,
  message: HeteroPaxosMessage,
  out: Out,
): void {
  const known = message as Proposal | Speech;
  const id = idOf(setup, known);
  if (entryOf(slot.known, id) === undefined) {
    const problem = admit(config, setup, slot, id, known, out);
    if (problem !== null)
      throw new Error(`a message of the journal was well-formed when it was written, not now: ${problem}`);
  }
  if (known.kind === "1a") {
    const digest = toHex(setup.scheme.digest(known.value));
    if (fitnessOf(setup, slot, known.instance.slot, known.value, digest) !== true) setAdd(slot.unfit, digest);
    return;
  }
  if (setup.view.acceptor(known.signer) !== setup.voice) {
    slot.recent = withRecent(slot, id);
    return;
  }
  const said = known.refs.map(toHex);
  slot.recent = [id, ...slot.recent.filter((one) => !said.includes(one))].sort();
  slot.prev = id;
  // Whoever has voted for a value was told that it is fit.
  setDelete(slot.unfit, toHex(known.ballot.value));
}

/** What one durable record says. Records come oldest first. Those of another law are about other instances. */
export function restore(
  config: NodeConfig,
  setup: Setup,
  state: NodeState,
  record: NodeRecord,
  out: Out,
): void {
  if (record.kind === "floor") {
    state.floor = Math.max(state.floor, record.floor);
    mapDropThrough(state.slots, state.floor);
    return;
  }
  if (record.kind === "position") {
    const slot = mapGet(state.slots, record.slot);
    if (slot !== undefined) slot.recent = record.recent;
    return;
  }
  const { instance } = record.message as Proposal | Speech;
  if (!equalBytes(instance.law, setup.law) || instance.slot <= state.floor) return;
  const slot = openSlot(setup, state, instance.slot);
  restoreMessage(config, setup, slot, record.message, out);
  if (record.answer !== null) restoreMessage(config, setup, slot, record.answer, out);
}

const depthOf = (slot: Readonly<SlotState>, id: string): number => signedEntry(slot.known, id)?.depth ?? 0;

/** Records from which `restore` makes the same slots: messages after what they refer to, then what is not referred to yet. */
export function recordsOf({ floor, slots }: Readonly<NodeState>): NodeRecord[] {
  const records: NodeRecord[] = [{ kind: "floor", floor }];
  slots.keys.forEach((number, i) => {
    const slot = slots.values[i]!;
    const ids = shelfIds(slot.bodies).sort((a, b) => depthOf(slot, a) - depthOf(slot, b) || (a < b ? -1 : 1));
    for (const id of ids)
      records.push({ kind: "delivered", message: shelfGet(slot.bodies, id)!, answer: null });
    if (ids.length > 0) records.push({ kind: "position", slot: number, recent: slot.recent });
  });
  return records;
}
