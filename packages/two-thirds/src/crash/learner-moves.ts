import { mapDropThrough, mapHas, setDelete } from "@eunomia/codec";
import type { Effects, NodeId } from "@eunomia/engine";
import { fetchMax } from "../message.ts";
import type { LearnerConfig, LearnerState, LearnerTypes } from "./learner-types.ts";

export type Out = Effects<LearnerTypes>;

/** Retransmission backs off to every 2^3 retry ticks. */
const backoffMax = 3;
export const nextRetryTicks = (attempts: number): number => 2 ** Math.min(attempts, backoffMax);

export const within = (config: LearnerConfig, state: Readonly<LearnerState>, slot: number): boolean =>
  slot > state.floor && slot <= state.floor + config.maxAhead;

/** Something is missing: a decision of an own proposal, a slot that is decided elsewhere, or the answer to a read. */
const waiting = (state: Readonly<LearnerState>): boolean =>
  state.proposals.keys.length > 0 || state.through < state.top || state.reading !== null;

/** The timer runs exactly while something is missing. */
export function armRetry(config: LearnerConfig, state: LearnerState, out: Out): void {
  if (state.retrying || !waiting(state)) return;
  state.retrying = true;
  out.arm("retry", config.retryMs, config.retryMs >> 2);
}

/** Slots through `last` that are decided elsewhere and not here, lowest first, as many as one FETCH may name. */
function gaps(config: LearnerConfig, state: Readonly<LearnerState>, last: number): number[] {
  const slots: number[] = [];
  const end = Math.min(last, state.floor + config.maxAhead);
  for (let slot = state.through + 1; slot <= end && slots.length < fetchMax; slot++)
    if (!mapHas(state.decided, slot)) slots.push(slot);
  return slots;
}

/** Asks one member about the gaps that are old enough not to be on their way. */
export function fetchGaps(config: LearnerConfig, state: LearnerState, from: NodeId, out: Out): void {
  const slots = gaps(config, state, state.overdue);
  // A copy: what was sent may still wait on this node, and answers change what is asked.
  state.asked = [...slots];
  if (slots.length > 0) out.send([from], { kind: "fetch", slots });
}

/** Moves the end of the prefix that needs nothing any more. */
export function extendPrefix(state: LearnerState): void {
  state.through = Math.max(state.through, state.floor, state.forgotten);
  while (mapHas(state.decided, state.through + 1)) state.through += 1;
}

/** What is at or below the floor is of no interest; what was forgotten will never be decided here. */
export function drop(state: LearnerState): void {
  mapDropThrough(state.decided, state.floor);
  mapDropThrough(state.proposals, Math.max(state.floor, state.forgotten));
  for (const slot of state.asked.filter((one) => one <= Math.max(state.floor, state.forgotten)))
    setDelete(state.asked, slot);
  extendPrefix(state);
}
