import {
  bytes,
  type Infer,
  int,
  list,
  nat,
  nil,
  orderedId,
  record,
  sortedMap,
  variant,
} from "@eunomia/codec";
import type { ConsensusCommand, ConsensusOutput } from "@eunomia/engine";

// A consensus protocol as small as can be: one sequencer takes the first value of each slot. It is no protocol to use, since
// it stops while the sequencer is down; it is what suites and schedules are tried on.

const Entry = record({ slot: nat(), value: bytes(1 << 16) });
const Values = sortedMap(nat(), bytes(1 << 16), 1024);

export const Message = variant({
  propose: Entry,
  told: Entry,
  highest: record({ nonce: nat() }),
  highestAck: record({ nonce: nat(), slot: nat() }),
});
export type Message = Infer<typeof Message>;

export const SequencerConfig = record({ self: orderedId("process"), learners: list(orderedId("process")) });
export const SequencerState = record({ values: Values });
export const EntryRecord = Entry;
export const Nothing = nil();

export interface Sequencer {
  Config: Infer<typeof SequencerConfig>;
  State: Infer<typeof SequencerState>;
  Command: null;
  Message: Message;
  Timer: never;
  Record: Infer<typeof Entry>;
  Output: null;
}

export const LearnerConfig = record({
  self: orderedId("process"),
  sequencer: orderedId("process"),
  retryMs: int(1),
});
export type LearnerConfig = Infer<typeof LearnerConfig>;
export const LearnerState = record({
  waiting: Values,
  known: Values,
  floor: nat(),
  /** The question that is open; 0: none. */
  asking: nat(),
});
export type LearnerState = Infer<typeof LearnerState>;
export const Command = variant({
  propose: Entry,
  trim: record({ slot: nat() }),
  highest: record({ nonce: nat() }),
});
export const Output = variant({
  decided: Entry,
  trimmed: record({ floor: nat() }),
  highest: record({ nonce: nat(), slot: nat() }),
});

export interface Learner {
  Config: Infer<typeof LearnerConfig>;
  State: Infer<typeof LearnerState>;
  Command: ConsensusCommand;
  Message: Message;
  Timer: "retry";
  Record: null;
  Output: ConsensusOutput;
}
