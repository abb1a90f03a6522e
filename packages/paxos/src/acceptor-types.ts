import {
  bool,
  doc,
  type Infer,
  list,
  nat,
  nil,
  nullable,
  record,
  sortedMap,
  text,
  variant,
} from "@eunomia/codec";
import type { EngineTypes, NodeId } from "@eunomia/engine";
import { Ballot } from "./ballot.ts";
import { mustBeDistinct, mustBeInteger } from "./errors.ts";
import { AcceptorId, LeaderId, LearnerId, type PaxosMessage, Slot, Value } from "./message.ts";

export const AcceptorConfig = record({
  self: AcceptorId,
  leaders: doc(list(LeaderId), "By leader index. Nobody else may ask for promises and acceptances."),
  learners: doc(list(LearnerId), "Whose stable reports retire slots."),
  colocatedLearner: doc(nullable(LearnerId), "The learner of this node, which gets chosen values from here."),
  fromSlot: doc(Slot, "First slot of the epoch."),
  f: doc(nat(), "f+1 learners must call a slot stable before it is forgotten."),
  maxAhead: doc(nat(), "Slots above the floor that are taken."),
  pageBytes: doc(nat(), "Bytes of values in one p1b; at least one value travels."),
  acknowledgeDigests: doc(bool(), "Send the SHA-256 of the value in p2b, for the leader to compare."),
});
export type AcceptorConfig = Infer<typeof AcceptorConfig>;

const Accepted = record({ ballot: Ballot, value: Value });

export const AcceptorState = record({
  promised: doc(nullable(Ballot), "Durable. No lower ballot is helped any more."),
  accepted: doc(sortedMap(Slot, Accepted), "Durable. The highest ballot per slot is enough (4.4)."),
  floor: doc(Slot, "Durable. Slots through it are finished and forgotten."),
  stable: doc(sortedMap(LearnerId, Slot), "What each learner called stable."),
});
export type AcceptorState = Infer<typeof AcceptorState>;

export const AcceptorRecord = variant({
  promised: record({ ballot: Ballot }),
  accepted: doc(record({ ballot: Ballot, slot: Slot, value: Value }), "Implies a promise of the ballot."),
  floor: record({ floor: Slot }),
});
export type AcceptorRecord = Infer<typeof AcceptorRecord>;

export const AcceptorOutput = variant({
  alarm: doc(
    record({ reason: text(), slot: Slot, ballot: Ballot }),
    "Something happened that the fault model excludes: stop and look.",
  ),
});
export type AcceptorOutput = Infer<typeof AcceptorOutput>;

/** Acceptors take no commands. */
export const AcceptorCommand = nil();

/** The types of an acceptor engine. */
export interface AcceptorTypes extends EngineTypes {
  Config: AcceptorConfig;
  State: AcceptorState;
  Command: Infer<typeof AcceptorCommand>;
  Message: PaxosMessage;
  Timer: never;
  Record: AcceptorRecord;
  Output: AcceptorOutput;
}

export function checkAcceptorConfig(config: AcceptorConfig): void {
  mustBeDistinct("leaders", config.leaders);
  mustBeInteger("fromSlot", config.fromSlot, 1);
  mustBeInteger("maxAhead", config.maxAhead, 1);
  mustBeInteger("pageBytes", config.pageBytes, 1);
}

/** A leader may only speak for ballots of its own index; everybody else is ignored. */
export function owns(config: AcceptorConfig, from: NodeId, ballot: Ballot): boolean {
  return config.leaders[ballot.leader] === from;
}
