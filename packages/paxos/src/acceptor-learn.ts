import { mapDropThrough, mapGet } from "@eunomia/codec";
import { type Action, actionsOf, type QuorumSystem } from "@eunomia/engine";
import { type AcceptorTypes, owns } from "./acceptor-types.ts";
import { compareBallots } from "./ballot.ts";
import { noteStable, stableFloor } from "./stability.ts";

const on = actionsOf<AcceptorTypes>();

/**
 * A decision by reference. The leader counted a phase-2 quorum for `ballot` and each of these slots. An acceptor that
 * accepted a ballot b' >= `ballot` for the slot holds the chosen value: for b' = `ballot` because a ballot proposes one
 * value per slot, for b' above because every higher ballot proposes what was chosen (4.10). So the value need not travel
 * again. One that accepted only a lower ballot, or nothing, holds perhaps another value: it asks.
 */
export const learnByReference = on.message(
  "chosen",
  "learn by reference (4.10)",
  (config, state, { ballot, slots }, from) => {
    if (!owns(config, from, ballot) || config.colocatedLearner === null) return null;
    const held: { slot: number; value: Uint8Array }[] = [];
    const missing: number[] = [];
    for (const slot of slots) {
      if (slot <= state.floor) continue;
      const own = mapGet(state.accepted, slot);
      if (own !== undefined && compareBallots(own.ballot, ballot) >= 0) held.push({ slot, value: own.value });
      else missing.push(slot);
    }
    return { from, learner: config.colocatedLearner, held, missing };
  },
  (_config, _state, { from, learner, held, missing }, out) => {
    for (const { slot, value } of held) out.send([learner], { kind: "decision", slot, value });
    if (missing.length > 0) out.send([from], { kind: "fetch", slots: missing });
  },
);

export const relayDecision = on.message(
  "decision",
  "relay a fetched decision (4.10)",
  (config, _state, { slot, value }, from) =>
    config.colocatedLearner !== null && config.leaders.includes(from)
      ? { learner: config.colocatedLearner, slot, value }
      : null,
  (_config, _state, { learner, slot, value }, out) => out.send([learner], { kind: "decision", slot, value }),
);

/** Retiring slots, section 4.6. */
export function stableActions(retiring: QuorumSystem): Action<AcceptorTypes>[] {
  return [
    on.message(
      "stable",
      "raise the floor (4.6)",
      (_config, state, { slot }, from) => {
        if (!retiring.members.includes(from)) return null;
        const floor = stableFloor(retiring, state.stable, from, slot, state.floor);
        return floor > state.floor ? { from, slot, floor } : null;
      },
      (_config, state, { from, slot, floor }, out) => {
        noteStable(state.stable, from, slot);
        state.floor = floor;
        mapDropThrough(state.accepted, floor);
        out.persist({ kind: "floor", floor });
      },
    ),
    on.message(
      "stable",
      "note a stable report (4.6)",
      (_config, state, { slot }, from) =>
        retiring.members.includes(from) && slot > (mapGet(state.stable, from) ?? 0) ? { from, slot } : null,
      (_config, state, { from, slot }) => noteStable(state.stable, from, slot),
    ),
  ] as Action<AcceptorTypes>[];
}
