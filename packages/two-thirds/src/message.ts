import {
  bytes,
  doc,
  type Infer,
  id,
  list,
  nat,
  record,
  refine,
  type Schema,
  text,
  variant,
} from "@eunomia/codec";

/** Rounds are counted up to here; nobody who follows the rules gets near it. */
export const roundMax = 2 ** 31 - 1;
/** A FETCH asks for at most so many slots. */
export const fetchMax = 32;

export const ProcessId = id("process");
export const Slot = doc(nat(), "Slots are counted from 1; 0 is before the first.");
export const Round = nat(roundMax);
export const Value = doc(bytes(), "Opaque to consensus.");

/** One of a few words. */
export function word<W extends string>(...words: readonly W[]): Schema<W> {
  return refine(text(32), {
    rule: `one of ${words.join(", ")}`,
    holds: (value) => (words as readonly string[]).includes(value),
    repair: (value) => words.find((word) => word === value) ?? words[value.length % words.length]!,
  }) as Schema<string> as Schema<W>;
}

/** What a vote names: the value itself, or its digest if the members agreed to send large values only once. */
export const Choice = variant({
  whole: record({ value: Value }),
  digest: record({ digest: doc(bytes(32), "SHA-256 of the value."), sizeBytes: nat() }),
});
export type Choice = Infer<typeof Choice>;

/** Everything that members and learners say to each other. The host adds cluster, epoch and sender (section 1). */
export const TwoThirdsMessage = variant({
  propose: doc(record({ slot: Slot, value: Value }), "Learner to members."),
  vote: doc(record({ slot: Slot, round: Round, choice: Choice }), "Member to members."),
  decided: doc(record({ slot: Slot, choice: Choice }), "Member to learners and members."),
  trimmed: doc(record({ floor: Slot }), "Slots through the floor are finished and forgotten here."),
  head: doc(
    record({ floor: Slot, maxVoted: Slot, maxDecided: Slot }),
    "Periodic gossip of a member, for anti-entropy.",
  ),
  stable: doc(record({ slot: Slot }), "Learner to members: slots through this one are needed no more."),
  fetch: doc(
    record({ slots: list(Slot, fetchMax) }),
    "Asks a member for decisions; answered by decided or trimmed.",
  ),
  want: doc(record({ slot: Slot, digest: bytes(32) }), "Asks a voter for the value behind a digest."),
  value: doc(record({ slot: Slot, value: Value }), "Answers want."),
  highest: doc(record({ nonce: nat() }), "Learner to members: up to which slot have you voted or decided?"),
  highestAck: doc(
    record({ nonce: nat(), slot: Slot }),
    "Member to learner: nothing is voted for, decided or finished here above this slot.",
  ),
});
export type TwoThirdsMessage = Infer<typeof TwoThirdsMessage>;
