/** Why an Ed25519 public key is refused at registration. */
export type PublicKeyFault =
  | "wrong-length"
  /** y >= p, or x = 0 with the sign bit set: a second spelling of some point. */
  | "non-canonical"
  | "not-on-curve"
  /** One signature would fit many messages. */
  | "small-order"
  /** A point outside the prime-order subgroup: cofactored and cofactorless verifiers would disagree about it. */
  | "mixed-order";

/** Why a public key of some other scheme is refused at registration. */
export type OtherKeyFault =
  | "wrong-length"
  /** Another spelling of some point. */
  | "non-canonical"
  | "not-on-curve"
  | "infinity"
  | "wrong-subgroup"
  /** The proof beside a BLS key is not by its owner. */
  | "bad-proof"
  /** RSA: below 2048 bits. */
  | "short-modulus"
  /** RSA: even, not filling its bytes, or with a small factor. */
  | "weak-modulus";

/** What is wrong with a key, a bundle of keys or a key file. */
export type KeyErrorCode =
  | PublicKeyFault
  | OtherKeyFault
  | "wrong-secret"
  | "unknown-scheme"
  | "other-epoch"
  | "bad-succession"
  | "bad-group"
  | "wrong-seed-length"
  | "bad-domain"
  | "unsorted-bundle"
  | "empty-bundle"
  | "not-json"
  | "wrong-shape"
  | "other-version"
  | "bad-hex"
  | "mismatch";

/** A caller handed in a key, a key bundle or a key file that cannot be used. Match on `code`. */
export class KeyError extends Error {
  readonly code: KeyErrorCode;
  /** The name of the argument or of the field of the key file. */
  readonly field: string;

  constructor(code: KeyErrorCode, field: string, message: string) {
    super(`"${field}" ${message}`);
    this.name = "KeyError";
    this.code = code;
    this.field = field;
  }
}

/** What is wrong with a name, a peer or a key that was given to an authenticator. */
export type AuthenticatorErrorCode =
  | "unknown-audience"
  | "bad-name"
  | "self-peer"
  | "missing-secret"
  | "short-secret"
  | "mismatched-key"
  | "legacy"
  | "few-servers";

/** A caller's mistake about an authenticator: never the answer to what a peer sent. Match on `code`. */
export class AuthenticatorError extends Error {
  readonly code: AuthenticatorErrorCode;
  /** The node that the mistake is about. */
  readonly node: string;

  constructor(code: AuthenticatorErrorCode, node: string, message: string) {
    super(message);
    this.name = "AuthenticatorError";
    this.code = code;
    this.node = node;
  }
}
