import type { PrincipalId } from "@eunomia/codec";
import type { SchemeName } from "./scheme-rows.ts";

/** Names a group of principals: 64 lower-case hexadecimal digits that whoever checks can compute from its definition. */
export type GroupId = string;

/** Bytes that back a statement. They are no part of the statement's identity: they can be added, replaced or dropped. */
export type Evidence =
  /** A MAC vector: one tag for each receiver. */
  | { readonly scheme: "HMAC-SHA256" | "HMAC-SHA1"; readonly tags: ReadonlyMap<PrincipalId, Uint8Array> }
  | { readonly scheme: "HMAC-GROUP"; readonly group: GroupId; readonly tag: Uint8Array }
  | { readonly scheme: SignatureScheme; readonly signer: PrincipalId; readonly sig: Uint8Array }
  /** Bit i of the bitmap (byte i >> 3, bit i & 7) stands for `members[i]`: the members are sorted, and all named. */
  | {
      readonly scheme: "BLS-AGG";
      readonly members: readonly PrincipalId[];
      readonly bitmap: Uint8Array;
      readonly sig: Uint8Array;
    }
  | { readonly scheme: "BLS-THRESHOLD" | "FROST-ED25519"; readonly group: GroupId; readonly sig: Uint8Array }
  /** n rows of n tags of 32 bytes, in the order of `servers`, which is sorted: row j is what server j made for each. */
  | { readonly scheme: "MAC-MATRIX"; readonly servers: readonly PrincipalId[]; readonly tags: Uint8Array }
  /** `time`: milliseconds, as the notary says. `by`: the notary's own signature. */
  | { readonly scheme: "TTP"; readonly notary: PrincipalId; readonly time: number; readonly by: Evidence }
  /** Came over a channel inside one machine, from this principal. */
  | { readonly scheme: "LOCAL"; readonly from: PrincipalId };

/** Schemes in which one principal signs alone and everybody can check. */
export type SignatureScheme = "Ed25519" | "secp256k1" | "BIP-340" | "RSA-PSS" | "BLS";

/** As much of a statement as evidence is about. */
export interface Spoken {
  /** The 32 bytes of the statement's id. */
  readonly id: Uint8Array;
  /** Of a joint statement: the id of the group. */
  readonly issuer: PrincipalId | GroupId;
  /** Whom the evidence is made for, the issuer left out: MAC vectors need to know. */
  readonly audience: readonly PrincipalId[];
}

/** Why evidence does not convince. Short constants, to count by. */
export type EvidenceFault =
  /** The scheme was given evidence of another one. */
  | "other-scheme"
  /** Not of the shape that its scheme has: types, order, ranges. */
  | "malformed"
  | "wrong-length"
  /** The same value has another spelling, which is the allowed one. */
  | "non-canonical"
  /** S above half of the order: the other spelling of an ECDSA signature. */
  | "high-s"
  | "infinity"
  | "not-on-curve"
  | "wrong-subgroup"
  /** Good or not: it is by somebody else than the issuer. */
  | "other-signer"
  /** Nobody of this name in the directory of this epoch. */
  | "unknown-signer"
  /** The signer is known and has no key of this scheme. */
  | "no-key"
  | "no-proof-of-possession"
  /** Has nothing for whoever checks. */
  | "not-addressed"
  /** A receiver's own key made it, or could only have. */
  | "reflected"
  | "too-few"
  | "bad-tag"
  | "bad-signature"
  /** The notary would vouch for itself, or for nobody. */
  | "self-notary";

/** What good evidence entitles whoever checked it to conclude. */
export type Saying =
  /** Each of them says it. */
  | { readonly by: "each"; readonly principals: readonly PrincipalId[] }
  /** One of them says it, and nobody knows which. */
  | { readonly by: "one-of"; readonly principals: readonly PrincipalId[] }
  /** The group says it; no individual can be held to it. */
  | { readonly by: "group"; readonly group: GroupId }
  /** The notary says that the principal says it: worth as much as the trust in the notary. */
  | {
      readonly by: "notary";
      readonly notary: PrincipalId;
      readonly principal: PrincipalId;
      readonly time: number;
    };

export type Finding =
  /** `convinces`: who else comes to the same conclusion from the same bytes. */
  | { readonly ok: true; readonly says: Saying; readonly convinces: "anyone" | readonly PrincipalId[] }
  | { readonly ok: false; readonly why: EvidenceFault };

/**
 * Makes and checks evidence of one kind for one principal, in one epoch. What it can do for whom is a row of data
 * (`schemeRow`), for which no keys are needed.
 */
export interface Scheme {
  readonly name: SchemeName;
  /** Whose keys it makes evidence with, and from whose place it checks. */
  readonly self: PrincipalId;
  /** Null: this principal has nothing to say it with (no such key, or the scheme takes several principals). */
  make(statement: Spoken): Evidence | null;
  /** Never throws, whatever the evidence holds. */
  check(statement: Spoken, evidence: Evidence): Finding;
  /** The same answers as one `check` after the other, where several at once are cheaper. */
  checkAll?(
    items: readonly { readonly statement: Spoken; readonly evidence: Evidence }[],
  ): readonly Finding[];
}
