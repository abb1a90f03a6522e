import { doc, type Infer, list, nat, nullable, record, sortedMap, variant } from "@eunomia/codec";
import { Ballot, Id, MaybeBallot } from "../ballot.ts";
import { Bits } from "../bits.ts";

/** A message of an acceptor and its place along `prev`, counted from 1. */
export const Tip = record({ id: Id, height: nat() });
export type Tip = Infer<typeof Tip>;

/** The highest 2a for a learner, and the highest with another value than that one. */
export const Top = record({ first: MaybeBallot, second: MaybeBallot });
export type Top = Infer<typeof Top>;

/** What an acceptor voted for last, per learner. */
export const Own = list(MaybeBallot);
export type Own = Infer<typeof Own>;

const common = {
  signer: doc(nat(), "Acceptors and learners are counted as the graph lists them."),
  prev: nullable(Id),
  ballot: doc(Ballot, "Of the highest 1a in the history."),
  height: doc(nat(), "Messages of the signer from its first one to this one, along prev."),
  depth: doc(nat(), "Longest way down the references."),
  tips: doc(
    list(nullable(Tip)),
    "Latest message of each acceptor in the history; null: none. The signer's own is the message itself, and null here.",
  ),
  caught: doc(Bits, "Acceptors of which the history shows two messages with one prev."),
  top: doc(list(Top), "Per learner: the highest 2a of the history, itself among them."),
  own: doc(Own, "Per learner: highest 2a of the signer in the history, itself among them."),
  forkOwn: doc(sortedMap(nat(), Own), "As `own`, over all branches of each acceptor that is caught."),
  fresh: doc(list(Bits), "Per learner: acceptors with a fresh 1b of this ballot in the history."),
};

/** What is remembered of a delivered message: a function of its history and the graph, made from the entries of its refs. */
export const Entry = variant({
  "1a": record({ ballot: Ballot }),
  "1b": record({ ...common, freshFor: doc(Bits, "Learners for whom this 1b is fresh.") }),
  "2a": record({ ...common, learners: doc(Bits, "Learners that have a quorum of fresh 1b.") }),
});
export type Entry = Infer<typeof Entry>;
/** Of a message that an acceptor signed. */
export type SignedEntry = Extract<Entry, { readonly kind: "1b" | "2a" }>;

/** Is it of a 1b or a 2a? */
export const isSigned = (entry: Entry | undefined): entry is SignedEntry =>
  entry !== undefined && entry.kind !== "1a";

/** The latest message of acceptor `p` in the history of `id`. */
export const tipIn = (id: string, entry: Readonly<SignedEntry>, p: number): Tip | null =>
  p === entry.signer ? { id, height: entry.height } : entry.tips[p]!;
