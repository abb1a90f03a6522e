import type { Infer } from "@eunomia/codec";
import { doc, nat, record, refine, type Schema, text } from "@eunomia/codec";

/** One of a few words. */
export function word<W extends string>(...words: readonly W[]): Schema<W> {
  return refine(text(32), {
    rule: `one of ${words.join(", ")}`,
    holds: (value) => (words as readonly string[]).includes(value),
    repair: (value) => words.find((one) => one === value) ?? words[value.length % words.length]!,
  }) as Schema<string> as Schema<W>;
}

/** What belongs to well-formedness beside the graph: all nodes of an instance must have the same. */
export const Rules = record({
  unlock: doc(
    word("never", "refute"),
    "Whether a vote stops to bind once the history refutes that it was part of a decision. Our own rule, off by default.",
  ),
  refsMax: doc(nat(), "References of one message."),
  depthMax: doc(nat(), "Longest way down the references: bounds the history of an instance."),
});
export type Rules = Infer<typeof Rules>;

/** Why a message of an acceptor is not well-formed. */
export type Malformed =
  | "no refs"
  | "too many refs"
  | "refs not ascending"
  | "ref not delivered"
  | "prev not in refs"
  | "prev of another signer"
  | "history too deep"
  | "ballot already in history"
  | "no learner"
  | "no learner more";
