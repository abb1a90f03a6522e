import {
  bool,
  bytes,
  doc,
  type Infer,
  id,
  list,
  nat,
  nullable,
  orderedId,
  record,
  variant,
} from "@eunomia/codec";
import { Ballot } from "./ballot.ts";

/** Slots end here, so that a floor that somebody reported plus a window stays an exact integer. */
const slotMax = 2 ** 48;

export const AcceptorId = id("acceptor");
/** Ordered: a leader's place in the list of leaders is part of its ballots. */
export const LeaderId = orderedId("leader");
export const LearnerId = id("learner");
export const Slot = nat(slotMax);
/** Opaque to consensus. */
export const Value = bytes();

export const Pvalue = record({ slot: Slot, ballot: Ballot, value: Value });
/** What an acceptor accepted for a slot. */
export type Pvalue = Infer<typeof Pvalue>;

export const PaxosMessage = variant({
  propose: doc(record({ slot: Slot, value: Value }), "Learner to leaders: a value for a slot."),
  p1a: doc(
    record({ ballot: Ballot, fromSlot: nat() }),
    "Leader to acceptors: promise this ballot and report from this slot on.",
  ),
  p1b: doc(
    record({
      ballot: Ballot,
      promised: doc(nullable(Ballot), "Above `ballot`: the request is refused."),
      floor: Slot,
      fromSlot: doc(nat(), "The first slot of this page, as asked for."),
      accepted: list(Pvalue),
      more: doc(bool(), "Accepted slots above the last one of this page are left: ask again from there."),
    }),
    "Acceptor to leader: one page of what it accepted.",
  ),
  p2a: doc(record({ ballot: Ballot, slot: Slot, value: Value }), "Leader to acceptors: accept this."),
  p2b: doc(
    record({
      ballot: Ballot,
      slot: Slot,
      promised: doc(Ballot, "Above `ballot`: the request is refused."),
      valueDigest: doc(
        nullable(bytes(32)),
        "SHA-256 of the value acknowledged, where acceptors are told to send it.",
      ),
    }),
    "Acceptor to leader: the answer to p2a.",
  ),
  decision: doc(record({ slot: Slot, value: Value }), "The value of a slot is chosen."),
  chosen: doc(
    record({ ballot: Ballot, slots: list(Slot), commitThrough: Slot }),
    "Leader to acceptors: what the ballot proposed for these slots is chosen; all slots through `commitThrough` are.",
  ),
  fetch: doc(record({ slots: list(Slot) }), "Asks a leader for the decisions of slots."),
  trimmed: doc(record({ floor: Slot }), "Slots through the floor are finished and forgotten."),
  stable: doc(
    record({ slot: Slot }),
    "Learner to acceptors and leaders: a checkpoint through this slot is durable.",
  ),
  heartbeat: doc(record({ ballot: Ballot, commitThrough: Slot }), "Active leader to leaders and learners."),
  probe: doc(record({ nonce: nat() }), "Leader to acceptors: can we reach each other?"),
  probeAck: doc(record({ nonce: nat() }), "Acceptor to leader: yes."),
  highest: doc(
    record({ nonce: nat() }),
    "Learner to acceptors: up to which slot have you accepted anything?",
  ),
  highestAck: doc(
    record({ nonce: nat(), slot: Slot }),
    "Acceptor to learner: nothing is accepted or retired here above this slot.",
  ),
});
export type PaxosMessage = Infer<typeof PaxosMessage>;
