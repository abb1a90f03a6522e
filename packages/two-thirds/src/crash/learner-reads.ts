import { actionsOf, belongsTo, counted, silentIn } from "@eunomia/engine";
import { quorumSystem } from "@eunomia/quorum-algebra";
import type { Out } from "./learner-moves.ts";
import type { LearnerConfig, LearnerState, LearnerTypes } from "./learner-types.ts";

const on = actionsOf<LearnerTypes>();

/** Asks all members; a later question takes the place of an earlier one, whose answers count no more. */
export function askHighest(config: LearnerConfig, state: LearnerState, nonce: number, out: Out): void {
  state.reading = { nonce, top: state.floor, heard: [] };
  out.send(config.members, { kind: "highest", nonce });
}

/** Questions and answers may be lost. */
export function askHighestAgain(config: LearnerConfig, state: Readonly<LearnerState>, out: Out): void {
  const { reading } = state;
  if (reading !== null)
    out.send(silentIn(reading, config.members), { kind: "highest", nonce: reading.nonce });
}

/** A read quorum meets every set of equal votes that decides. */
export const countHighest = on.message(
  "highestAck",
  "highest: count (5.10)",
  (config, { reading }, { nonce, slot }, from) =>
    belongsTo(reading, nonce, from) && config.members.includes(from) ? { reading, from, slot } : null,
  (config, state, { reading, from, slot }, out) => {
    const after = counted(reading, quorumSystem(config.readQuorum), from, slot);
    state.reading = after.reading;
    if (after.answer !== null) out.output({ kind: "highest", ...after.answer });
  },
);
