import { type Action, actionsOf, type Effects } from "@eunomia/engine";
import type { LearnerFault } from "./learner.ts";
import type { Learner, LearnerConfig, LearnerState } from "./types.ts";

const on = actionsOf<Learner>();

/** How far writes have come is known to the sequencer. */
export function askHighest(
  config: LearnerConfig,
  state: LearnerState,
  nonce: number,
  out: Effects<Learner>,
  fault?: LearnerFault,
): void {
  if (fault === "guesses") {
    out.output({ kind: "highest", nonce, slot: Math.max(state.floor, state.known.keys.at(-1) ?? 0) });
    return;
  }
  state.asking = nonce;
  out.send([config.sequencer], { kind: "highest", nonce });
}

/** The answer to the question that is open, and to no other. */
export const hearHighest = (fault?: LearnerFault): Action<Learner> =>
  on.message(
    "highestAck",
    "hear how far writes have come",
    (config, { asking }, { nonce, slot }, from) =>
      from === config.sequencer && asking > 0 && (nonce === asking || fault === "mixes-answers")
        ? { nonce: asking, slot }
        : null,
    (_config, state, found, out) => {
      state.asking = 0;
      out.output({ kind: "highest", ...found });
    },
  ) as Action<Learner>;
