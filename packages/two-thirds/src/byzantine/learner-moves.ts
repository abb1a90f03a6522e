import { mapDropThrough, mapGet, mapHas, mapSet, setDelete } from "@eunomia/codec";
import type { Effects, NodeId, QuorumSystem } from "@eunomia/engine";
import { fetchMax } from "../message.ts";
import type {
  ByzantineLearnerConfig,
  ByzantineLearnerState,
  ByzantineLearnerTypes,
} from "./learner-types.ts";
import { vouched } from "./quorums.ts";

export type Out = Effects<ByzantineLearnerTypes>;
type Config = ByzantineLearnerConfig;
type State = ByzantineLearnerState;

/** Retransmission backs off to every 2^3 retry ticks. */
const backoffMax = 3;
export const nextRetryTicks = (attempts: number): number => 2 ** Math.min(attempts, backoffMax);

export const within = (config: Config, state: Readonly<State>, slot: number): boolean =>
  slot > state.floor && slot <= state.floor + config.maxAhead;

/** Something is missing: a decision of an own proposal, a slot that is decided elsewhere, or the answer to a read. */
const waiting = (state: Readonly<State>): boolean =>
  state.proposals.keys.length > 0 || state.through < state.top || state.reading !== null;

/** The timer runs exactly while something is missing. */
export function armRetry(config: Config, state: State, out: Out): void {
  if (state.retrying || !waiting(state)) return;
  state.retrying = true;
  out.arm("retry", config.retryMs, config.retryMs >> 2);
}

/** Asks one member about the gaps that are old enough not to be on their way, as many as one FETCH may name. */
export function fetchGaps(config: Config, state: State, from: NodeId, out: Out): void {
  const slots: number[] = [];
  const end = Math.min(state.overdue, state.floor + config.maxAhead);
  for (let slot = state.through + 1; slot <= end && slots.length < fetchMax; slot++)
    if (!mapHas(state.decided, slot)) slots.push(slot);
  // A copy: what was sent may still wait on this node, and answers change what is asked.
  state.asked = [...slots];
  if (slots.length > 0) out.send([from], { kind: "fetch", slots });
}

/** Moves the end of the prefix that needs nothing any more. */
export function extendPrefix(state: State): void {
  state.through = Math.max(state.through, state.floor, state.forgotten);
  while (mapHas(state.decided, state.through + 1)) state.through += 1;
}

/** What is at or below the floor is of no interest; what was forgotten will never be decided here. */
export function drop(state: State): void {
  mapDropThrough(state.decided, state.floor);
  mapDropThrough(state.proposals, Math.max(state.floor, state.forgotten));
  for (const slot of state.asked.filter((one) => one <= Math.max(state.floor, state.forgotten)))
    setDelete(state.asked, slot);
  extendPrefix(state);
}

/** What f+1 members say of floors is so: then it is told to the replica. */
export function hearFloor(vouch: QuorumSystem, state: State, from: NodeId, told: number, out: Out): void {
  mapSet(state.floors, from, Math.max(told, mapGet(state.floors, from) ?? 0));
  const floor = vouched(vouch, state.floors);
  if (floor <= state.through) return;
  state.forgotten = floor;
  drop(state);
  out.output({ kind: "trimmed", floor });
}
