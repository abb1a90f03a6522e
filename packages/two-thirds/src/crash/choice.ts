import { compareBytes, equalBytes, mapGet, sha256, toHex } from "@eunomia/codec";
import type { Choice } from "../message.ts";
import type { MemberConfig, SlotState } from "./member-types.ts";

type DigestRule = Pick<MemberConfig, "digestAboveBytes">;

/** How votes name a value. Every member with the same `digestAboveBytes` names it alike, so equal names are equal values. */
export function choiceOf({ digestAboveBytes }: DigestRule, value: Uint8Array): Choice {
  return digestAboveBytes === null || value.length <= digestAboveBytes
    ? { kind: "whole", value }
    : { kind: "digest", digest: sha256(value), sizeBytes: value.length };
}

/**
 * A choice from the wire in the one form that `choiceOf` would give it; null if this member would never name a value so.
 * Were both forms of one value counted apart, a decided value might not look like the most frequent one.
 */
export function canonicalChoice(config: DigestRule, choice: Choice): Choice | null {
  if (choice.kind === "whole") return choiceOf(config, choice.value);
  const { digestAboveBytes } = config;
  return digestAboveBytes !== null && choice.sizeBytes > digestAboveBytes && choice.digest.length === 32
    ? choice
    : null;
}

export function sameChoice(a: Choice, b: Choice): boolean {
  if (a.kind === "whole") return b.kind === "whole" && equalBytes(a.value, b.value);
  return b.kind === "digest" && a.sizeBytes === b.sizeBytes && equalBytes(a.digest, b.digest);
}

/**
 * Is `choice` a name of the value? `known` is one that is already known to be. A digest is compared whatever the own limit
 * for digests is.
 */
export function isNamed(value: Uint8Array, known: Choice | null, choice: Choice): boolean {
  if (known !== null && sameChoice(known, choice)) return true;
  return choice.kind === "whole"
    ? equalBytes(value, choice.value)
    : known?.kind !== "digest" && sameChoice(choiceOf({ digestAboveBytes: -1 }, value), choice);
}

/** The total order that breaks ties, equal at every member (section 1). */
export function compareChoices({ order }: Pick<MemberConfig, "order">, a: Choice, b: Choice): number {
  if (order === "bytes" && a.kind === "whole" && b.kind === "whole") return compareBytes(a.value, b.value);
  return compareBytes(digestOf(a), digestOf(b));
}

const digestOf = (choice: Choice): Uint8Array =>
  choice.kind === "digest" ? choice.digest : sha256(choice.value);

/** The value that a choice names, if it is here. */
export function heldValue(slot: Readonly<SlotState>, choice: Choice): Uint8Array | null {
  return choice.kind === "whole" ? choice.value : (mapGet(slot.held, toHex(choice.digest)) ?? null);
}
