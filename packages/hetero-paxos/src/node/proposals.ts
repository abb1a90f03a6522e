import { mapGet, mapHas, mapSet, setAdd, setDelete, toHex } from "@eunomia/codec";
import { withBit } from "../bits.ts";
import type { Proposal } from "../messages.ts";
import type { Read } from "./read.ts";
import type { Setup } from "./setup.ts";
import { armRetry, type Out, openSlot, refuse, within } from "./slots.ts";
import type { NodeConfig, NodeState, SlotState, Waiting } from "./types.ts";
import { fileProposal, forget, touch } from "./waiting.ts";

/** A value that others vote for is asked about so often; then it is known without being voted for here. */
const askedMax = 4;

/**
 * A 1a is due by the own count of ticks, or because enough have joined it: late clocks only delay. Enough is a quorum of
 * every learner: if anybody is accurate, one of them is honest and has waited.
 */
function isDue(
  config: NodeConfig,
  { view }: Setup,
  state: Readonly<NodeState>,
  slot: Readonly<SlotState>,
  id: string,
  number: number,
): boolean {
  if (config.tickMs === 0 || number <= state.now) return true;
  const joined = (mapGet(slot.blocks, id) ?? []).reduce((signers, other) => {
    const { message } = mapGet(slot.waiting, other)!;
    const signer = message.kind === "1b" ? view.acceptor(message.signer) : -1;
    return signer < 0 ? signers : withBit(signers, signer);
  }, view.nobody);
  return view.learners.every((_, a) => view.isQuorum(a, joined));
}

/** Waiting 1a with their ids. */
function* openings(slot: Readonly<SlotState>): Iterable<[string, Waiting, Proposal]> {
  for (const id of [...slot.waiting.keys]) {
    const waiting = mapGet(slot.waiting, id)!;
    if (waiting.message.kind === "1a") yield [id, waiting, waiting.message];
  }
}

/** Readies the 1a that are due and whose values wait for nobody. */
export function readyDue(
  config: NodeConfig,
  setup: Setup,
  state: NodeState,
  number: number,
  slot: SlotState,
): void {
  for (const [id, { asked }, message] of openings(slot)) {
    if (asked > 0 || slot.ready.includes(id)) continue;
    if (!isDue(config, setup, state, slot, id, message.number)) continue;
    slot.ready.push(id);
    touch(state, number, slot);
  }
}

/** Takes a 1a that is new. What must not be voted for comes in only because others refer to it. */
export function takeProposal(
  config: NodeConfig,
  setup: Setup,
  state: NodeState,
  read: Extract<Read, { readonly kind: "open" }>,
  message: Proposal,
  out: Out,
): void {
  const slot = openSlot(setup, state, read.slot);
  const due = isDue(config, setup, state, slot, read.id, message.number);
  fileProposal(config, slot, read.id, message, due && read.fit !== "later", out);
  if (read.fit === false) setAdd(slot.unfit, read.digest);
  if (read.fit === "later") question(slot, read.id, read.slot, out);
  mapSet(slot.opened, message.number, (mapGet(slot.opened, message.number) ?? 0) + 1);
  touch(state, read.slot, slot);
  armRetry(config, setup, state, out);
}

function question(slot: SlotState, id: string, number: number, out: Out): void {
  const waiting = mapGet(slot.waiting, id);
  if (waiting === undefined) return;
  waiting.asked += 1;
  out.output({ kind: "judge", slot: number, value: (waiting.message as Proposal).value });
}

/** Asks the host again about values that wait. Those that others refer to wait so long only: their votes must be heard. */
export function askHost(
  config: NodeConfig,
  setup: Setup,
  state: NodeState,
  number: number,
  slot: SlotState,
  out: Out,
): void {
  for (const [id, waiting, { value }] of openings(slot)) {
    if (waiting.asked === 0) continue;
    if (waiting.asked < askedMax || !mapHas(slot.blocks, id)) question(slot, id, number, out);
    else {
      waiting.asked = 0;
      setAdd(slot.unfit, toHex(setup.scheme.digest(value)));
    }
  }
  readyDue(config, setup, state, number, slot);
}

/** What the host says of a value: its 1a go on, or go. */
export function takeVerdict(
  config: NodeConfig,
  setup: Setup,
  state: NodeState,
  verdict: { readonly slot: number; readonly value: Uint8Array; readonly fit: boolean },
  out: Out,
): void {
  if (!within(config, state, verdict.slot)) return;
  const slot = openSlot(setup, state, verdict.slot);
  const digest = toHex(verdict.value);
  mapSet(slot.verdicts, digest, verdict.fit);
  if (verdict.fit) setDelete(slot.unfit, digest);
  for (const [id, waiting, { value }] of openings(slot)) {
    if (waiting.asked === 0 || toHex(setup.scheme.digest(value)) !== digest) continue;
    waiting.asked = 0;
    if (verdict.fit) continue;
    if (mapHas(slot.blocks, id)) setAdd(slot.unfit, digest);
    else {
      forget(slot, id);
      refuse(out, "value not valid", config.self);
    }
  }
  readyDue(config, setup, state, verdict.slot, slot);
}
