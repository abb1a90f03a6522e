import { emptyMap, mapGet, mapHas, mapSet } from "@eunomia/codec";
import { actionsOf, type Engine } from "@eunomia/engine";
import { EntryRecord, Message, Nothing, type Sequencer, SequencerConfig, SequencerState } from "./types.ts";

/** Slots above this are not taken: the state stays bounded whoever asks. */
export const slotMax = 512;

/** What may be wrong with a sequencer. */
export type SequencerFault =
  /** Tells a value without writing it down. */
  | "forgets"
  /** Writes a value down only after telling it. */
  | "late"
  /** Tells a value that nobody proposed. */
  | "invents"
  /** Takes the last value instead of the first. */
  | "overwrites"
  /** Never answers again once a slot is decided. */
  | "silent"
  /** Keeps a count outside its state. */
  | "impure"
  /** A guard that changes the state. */
  | "guard-acts"
  /** Throws for a slot of zero. */
  | "throws"
  /** `compact` leaves the last record out. */
  | "compacts-short"
  /** Takes slots without bound. */
  | "unbounded"
  /** Changes a message that it received. */
  | "writes-message"
  /** Puts something into its state that its schema does not know. */
  | "surplus";

/**
 * The sequencer of the toy protocol, right or wrong on purpose.
 *
 * @example
 * const engine = sequencer();
 */
export function sequencer(fault?: SequencerFault): Engine<Sequencer> {
  const on = actionsOf<Sequencer>();
  let outside = 0;
  const limit = fault === "unbounded" ? Number.MAX_SAFE_INTEGER : slotMax;
  return {
    name: "sequencer",
    schema: {
      config: SequencerConfig,
      state: SequencerState,
      command: Nothing,
      message: Message,
      record: EntryRecord,
      output: Nothing,
      timers: [],
    },
    self: (config) => config.self,
    init: () => ({ values: emptyMap() }),
    actions: [
      on.start(
        "restore",
        (_config, _state, records) => records,
        (_config, state, records) => {
          for (const { slot, value } of records) mapSet(state.values, slot, value);
        },
      ),
      on.message(
        "propose",
        "tell",
        (_config, state, { slot }, from) => {
          const value = mapGet(state.values, slot);
          return value === undefined || fault === "silent" || fault === "overwrites"
            ? null
            : { slot, value, from };
        },
        (_config, _state, { slot, value, from }, out) => out.send([from], { kind: "told", slot, value }),
      ),
      on.message(
        "highest",
        "answer a read",
        (_config, _state, { nonce }, from) => ({ nonce, from }),
        (_config, state, { nonce, from }, out) =>
          out.send([from], { kind: "highestAck", nonce, slot: state.values.keys.at(-1) ?? 0 }),
      ),
      on.message(
        "propose",
        "take",
        (_config, state, message) => {
          const { slot, value } = message;
          if (slot === 0 && fault === "throws") throw new Error("slot 0");
          if (fault === "guard-acts") mapSet((state as Sequencer["State"]).values, 0, value);
          if (slot === 0 || slot > limit || (fault !== "overwrites" && mapHas(state.values, slot)))
            return null;
          if (fault === "writes-message") (message as { slot: number }).slot = 0;
          return { slot, value };
        },
        (config, state, found, out) => {
          const { slot } = found;
          outside += 1;
          const value =
            fault === "invents" || (fault === "impure" && outside % 2 === 0)
              ? Uint8Array.of(255, 255)
              : found.value;
          mapSet(state.values, slot, value);
          if (fault === "surplus") (state as { extra?: number }).extra = 1;
          if (fault === "late") out.send(config.learners, { kind: "told", slot, value });
          if (fault !== "forgets") out.persist({ slot, value });
          if (fault !== "late") out.send(config.learners, { kind: "told", slot, value });
        },
      ),
    ],
    compact: (_config, { values }) => {
      const records = values.keys.map((slot, at) => ({ slot, value: values.values[at]! }));
      return fault === "compacts-short" ? records.slice(0, -1) : records;
    },
    observe: (_config, { values }) => values,
    fairness: { restore: "none", tell: "weak", "answer a read": "weak", take: "weak" },
  };
}
