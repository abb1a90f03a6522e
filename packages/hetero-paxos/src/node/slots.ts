import { emptyMap, mapDropThrough, mapGet, mapSet } from "@eunomia/codec";
import type { Effects } from "@eunomia/engine";
import { emptyKnown } from "../dag/known.ts";
import type { Setup } from "./setup.ts";
import type { NodeConfig, NodeState, NodeTypes, SlotState } from "./types.ts";

export type Out = Effects<NodeTypes>;

export const initialState = ({ fromSlot }: NodeConfig): NodeState => ({
  floor: fromSlot - 1,
  slots: emptyMap(),
  touched: [],
  now: 0,
  retrying: false,
  asked: 0,
  stable: emptyMap(),
  closed: emptyMap(),
  reading: null,
});

const freshSlot = ({ view }: Setup): SlotState => ({
  known: emptyKnown(view),
  bodies: emptyMap(),
  waiting: emptyMap(),
  blocks: emptyMap(),
  ready: [],
  prev: null,
  recent: [],
  tips: view.acceptors.map(() => null),
  highest: 0,
  opened: emptyMap(),
  tally: emptyMap(),
  decided: emptyMap(),
  retryTicks: 1,
  attempts: 0,
  offer: null,
  stuck: [],
  convicted: view.nobody,
  verdicts: emptyMap(),
  unfit: [],
  forwarded: null,
});

export const within = ({ maxAhead }: NodeConfig, { floor }: Readonly<NodeState>, slot: number): boolean =>
  slot > floor && slot <= floor + maxAhead;

export function openSlot(setup: Setup, state: NodeState, number: number): SlotState {
  const known = mapGet(state.slots, number);
  if (known !== undefined) return known;
  const slot = freshSlot(setup);
  mapSet(state.slots, number, slot);
  return slot;
}

/** Does some learner of the graph wait for a decision still? */
export const isOpen = ({ view }: Setup, slot: Readonly<SlotState>): boolean =>
  slot.decided.keys.length < view.learners.length;

/** The timer runs exactly while some slot is undecided. */
export function armRetry(config: NodeConfig, setup: Setup, state: NodeState, out: Out): void {
  if (state.retrying || config.retryMs === 0) return;
  if (!state.slots.values.some((slot) => isOpen(setup, slot))) return;
  state.retrying = true;
  out.arm("retry", config.retryMs, config.retryMs >> 2);
}

export function raiseFloor(state: NodeState, floor: number, out: Out): void {
  state.floor = floor;
  mapDropThrough(state.slots, floor);
  state.touched = state.touched.filter((slot) => slot > floor);
  out.persist({ kind: "floor", floor });
}

export const refuse = (out: Out, reason: string, from: string): void =>
  out.output({ kind: "refused", reason, from });
