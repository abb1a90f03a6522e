import {
  bytes,
  doc,
  type Infer,
  list,
  nat,
  nullable,
  orderedId,
  record,
  sortedSet,
  text,
  variant,
} from "@eunomia/codec";

/** References of one message that a frame may carry; `Rules.refsMax` is at most this. */
export const refsLimit = 4096;
/** A WANT asks for at most so many messages, a QUERY for decisions of so many slots. */
export const askMax = 64;

export const ProcessId = orderedId("process");
/** An acceptor as the graph calls it. Signatures are checked against this name. */
export const AcceptorId = orderedId("acceptor");
export const LearnerName = text(256);
export const Slot = doc(nat(), "Slots are counted from 1; 0 is before the first.");
export const Value = doc(bytes(), "Opaque to consensus.");
export const Hash = bytes(32);

/** One consensus: everything signed says which. */
export const Instance = record({
  law: doc(
    Hash,
    "Digest of the chain, the learner graph and the rules: whoever holds another law is not listened to.",
  ),
  slot: Slot,
});
export type Instance = Infer<typeof Instance>;

/** A ballot on the wire. */
export const Stamp = record({
  number: doc(nat(), "A time stamp, in ticks."),
  value: doc(Hash, "Digest of the value."),
});
export type Stamp = Infer<typeof Stamp>;

const signed = {
  instance: Instance,
  signer: AcceptorId,
  prev: doc(nullable(Hash), "The signer's message before this one; also among the refs."),
  refs: doc(list(Hash, refsLimit), "Ids, ascending: with what they refer to, all that the signer goes by."),
  ballot: doc(Stamp, "A claim: receivers compute it from the refs."),
  learners: doc(sortedSet(LearnerName, 1024), "A claim: the learners that a 2a is for. None for a 1b."),
  signature: bytes(4096),
};

/** What nodes say to each other. The host adds the sender. */
export const HeteroPaxosMessage = variant({
  "1a": doc(record({ instance: Instance, number: nat(), value: Value }), "Opens a ballot with a value."),
  "1b": doc(record(signed), "I joined this ballot; here is my history."),
  "2a": doc(record(signed), "Each of these learners has a quorum that joined with this value."),
  want: doc(
    record({ instance: Instance, ids: list(Hash, askMax) }),
    "Asks for messages that others refer to.",
  ),
  query: doc(
    record({ instance: Instance, count: nat(askMax) }),
    "Asks for decisions of so many slots from this one on.",
  ),
  stable: doc(record({ law: Hash, slot: Slot }), "A watcher needs slots through this one no more."),
  closed: doc(record({ law: Hash, floor: Slot }), "An acceptor has let go of slots through this one."),
  highest: doc(record({ law: Hash, nonce: nat() }), "Up to which slot have you said anything?"),
  highestAck: doc(record({ law: Hash, nonce: nat(), slot: Slot }), "Nothing is said here above this slot."),
  decision: doc(
    record({
      certificate: record({
        instance: Instance,
        learner: LearnerName,
        ballot: Stamp,
        votes: list(
          record({
            signer: AcceptorId,
            prev: nullable(Hash),
            history: doc(Hash, "Digest of the refs."),
            learners: sortedSet(LearnerName, 1024),
            signature: bytes(4096),
          }),
          1024,
        ),
      }),
      value: Value,
    }),
    "Answers a query: the value, and who voted for it.",
  ),
});
export type HeteroPaxosMessage = Infer<typeof HeteroPaxosMessage>;
/** A 1a. */
export type Proposal = Extract<HeteroPaxosMessage, { readonly kind: "1a" }>;
/** A message of an acceptor. */
export type Speech = Extract<HeteroPaxosMessage, { readonly kind: "1b" | "2a" }>;
/** Signed 2a of one ballot for one learner, without their history: see `certificateProblem`. */
export type Certificate = Extract<HeteroPaxosMessage, { readonly kind: "decision" }>["certificate"];
