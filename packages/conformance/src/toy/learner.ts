import { emptyMap, mapDelete, mapDropThrough, mapGet, mapHas, mapSet } from "@eunomia/codec";
import { actionsOf, type Engine } from "@eunomia/engine";
import { askHighest, hearHighest } from "./reads.ts";
import { slotMax } from "./sequencer.ts";
import { Command, type Learner, LearnerConfig, LearnerState, Message, Nothing, Output } from "./types.ts";

/** What may be wrong with a learner. */
export type LearnerFault =
  /** Reports a decision every time that it hears of it. */
  | "repeats"
  /** Never asks again. */
  | "gives-up"
  /** Answers reads from what it knows itself. */
  | "guesses"
  /** Counts a late answer to an earlier question. */
  | "mixes-answers"
  /** Believes its own proposal. */
  | "own-way"
  /** Keeps what `trim` lets it forget, and proposes it again. */
  | "ignores-trim";

const isBusy = ({ waiting, asking }: LearnerState): boolean => waiting.keys.length > 0 || asking > 0;

/**
 * A learner of the toy protocol: proposes, asks again until told, reports once.
 *
 * @example
 * const engine = learner();
 */
export function learner(fault?: LearnerFault): Engine<Learner> {
  const on = actionsOf<Learner>();
  return {
    name: "learner",
    schema: {
      config: LearnerConfig,
      state: LearnerState,
      command: Command,
      message: Message,
      record: Nothing,
      output: Output,
      timers: ["retry"],
    },
    self: (config) => config.self,
    init: () => ({ waiting: emptyMap(), known: emptyMap(), floor: 0, asking: 0 }),
    actions: [
      on.commands(
        "propose and trim",
        (_config, _state, commands) => commands,
        (config, state, commands, out) => {
          for (const command of commands) {
            if (command.kind === "highest") {
              askHighest(config, state, command.nonce, out, fault);
              continue;
            }
            const { slot } = command;
            if (command.kind === "trim") {
              if (fault === "ignores-trim") continue;
              state.floor = Math.max(state.floor, Math.min(slot, slotMax));
              mapDropThrough(state.waiting, state.floor);
              mapDropThrough(state.known, state.floor);
            } else if (slot <= state.floor) out.output({ kind: "trimmed", floor: state.floor });
            else if (slot <= slotMax && !mapHas(state.known, slot) && !mapHas(state.waiting, slot)) {
              mapSet(state.waiting, slot, command.value);
              out.send([config.sequencer], { kind: "propose", slot, value: command.value });
              if (fault === "own-way" && slot % 2 === 0) {
                mapSet(state.known, slot, command.value);
                out.output({ kind: "decided", slot, value: command.value });
              }
            }
          }
          if (isBusy(state) && fault !== "gives-up") out.arm("retry", config.retryMs);
        },
      ),
      on.message(
        "told",
        "learn",
        (config, state, { slot, value }, from) => {
          const wanted =
            slot > state.floor &&
            slot <= slotMax &&
            (fault === "repeats" || mapGet(state.known, slot) === undefined);
          return from === config.sequencer && wanted ? { slot, value } : null;
        },
        (_config, state, { slot, value }, out) => {
          mapSet(state.known, slot, value);
          mapDelete(state.waiting, slot);
          out.output({ kind: "decided", slot, value });
        },
      ),
      hearHighest(fault),
      on.timeout(
        "retry",
        "ask again",
        (_config, state) => (isBusy(state) ? { ...state.waiting, asking: state.asking } : null),
        (config, _state, { keys, values, asking }, out) => {
          if (asking > 0) out.send([config.sequencer], { kind: "highest", nonce: asking });
          for (const [at, slot] of keys.entries())
            out.send([config.sequencer], { kind: "propose", slot, value: values[at]! });
          out.arm("retry", config.retryMs);
        },
      ),
    ],
    compact: () => [],
    observe: (_config, { known }) => known,
    fairness: {
      "propose and trim": "weak",
      learn: "weak",
      "hear how far writes have come": "weak",
      "ask again": "weak",
    },
  };
}
