import { bytes, doc, type Infer, int, list, nat, nullable, orderedId, record, variant } from "@eunomia/codec";
import { fetchMax, Round, roundMax, Slot, Value } from "../message.ts";

/** Members coordinate in their order, and signers stand in it. */
export const ProcessId = orderedId("process");

/** Whatever the scheme makes; Ed25519 needs 64 bytes. */
export const Signature = doc(bytes(256), "Over the statement that the message makes (3.2).");
export const Digest = doc(bytes(32), "SHA-256 of a value.");
/** The last round voted in; -1: none. */
export const LastRound = int(-1, roundMax);

/** A STATUS as others pass it on: values by digest, which is what was signed. */
export const StatusReport = record({
  from: ProcessId,
  lastRound: LastRound,
  est: nullable(Digest),
  signature: Signature,
});
export type StatusReport = Infer<typeof StatusReport>;

/** q signed votes of one round for one value: proves a decision to whoever knows the keys of the members. */
export const Certificate = record({
  round: Round,
  votes: list(record({ from: ProcessId, signature: Signature }), 1024),
});
export type Certificate = Infer<typeof Certificate>;

/** Everything that members and learners say to each other. The host adds cluster, epoch and sender (section 1). */
export const ByzantineMessage = variant({
  propose: doc(record({ slot: Slot, value: Value }), "Learner to members."),
  vote: doc(record({ slot: Slot, round: Round, signature: Signature, value: Value }), "Member to members."),
  status: doc(
    record({ slot: Slot, round: Round, signature: Signature, lastRound: LastRound, est: nullable(Value) }),
    "Member to members: votes in no round below this one any more, and voted for est last.",
  ),
  newround: doc(
    record({
      slot: Slot,
      round: Round,
      signature: Signature,
      statuses: doc(list(StatusReport, 1024), "q of them, ascending by signer."),
      value: Value,
    }),
    "The coordinator of a round to members.",
  ),
  decided: doc(
    record({ slot: Slot, certificate: Certificate, value: Value }),
    "Member to learners and members.",
  ),
  trimmed: doc(record({ floor: Slot }), "Slots through the floor are finished and forgotten here."),
  head: doc(record({ floor: Slot, maxDecided: Slot }), "Periodic gossip of a member, for anti-entropy."),
  stable: doc(record({ slot: Slot }), "Learner to members: slots through this one are needed no more."),
  fetch: doc(
    record({ slots: list(Slot, fetchMax) }),
    "Asks a member for decisions; answered by decided or trimmed.",
  ),
  highest: doc(record({ nonce: nat() }), "Learner to members: up to which slot have you voted or decided?"),
  highestAck: doc(
    record({ nonce: nat(), slot: Slot }),
    "Member to learner: nothing is voted for, decided or finished here above this slot.",
  ),
});
export type ByzantineMessage = Infer<typeof ByzantineMessage>;
