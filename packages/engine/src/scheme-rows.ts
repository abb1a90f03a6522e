/** Whom evidence of a scheme can convince. */
export type Convinces =
  /** The receiver, on a channel that no stranger can write to. */
  | "local"
  /** The peer at the other end, now; nothing survives a relay. */
  | "channel"
  /** Each receiver, by its own component. */
  | "receiver"
  /** Members of the group: that some other member made it. */
  | "group"
  /** The servers of a matrix. */
  | "servers"
  /** Whoever trusts the notary. */
  | "trusting"
  | "anyone";

/** A kind of key that a principal can hold. */
export type KeyKind = "mac" | "ed25519" | "secp256k1" | "bip340" | "rsa" | "bls" | "bls-pop";

/** What a way to authenticate can do, as data: checks of a deployment need no keys and no cryptography. */
export interface SchemeRow {
  readonly name: string;
  readonly convinces: Convinces;
  /**
   * Do all who can check it agree whether it is good, even if the issuer lies? Null: nothing is left to agree about.
   * `within-group`: its members do.
   */
  readonly uniform: "no" | "within-group" | "yes" | null;
  /** Can it convince third parties? `servers`: those of the matrix, and nobody else. */
  readonly transferable: "no" | "servers" | "yes";
  /** Who said it: told to `anyone`, to the `receiver`, only if the group has two members (`pair`), or not at all (`no`). */
  readonly namesSigners: "no" | "receiver" | "pair" | "anyone";
  /**
   * Size in bytes over n: constant + linear n + square n², rounded up. n is the number of receivers of a MAC vector, of
   * members of an aggregate, of servers of a matrix. For a notary the evidence of its own scheme comes on top.
   */
  readonly bytes: { readonly constant: number; readonly linear: number; readonly square: number };
  /** The kind of key that whoever makes it must hold; null: none. */
  readonly key: KeyKind | null;
  /** One piece of evidence stands for several principals. */
  readonly joint: boolean;
  /** For old peers only; has to be allowed by name. */
  readonly legacy: boolean;
}

type Draft = Partial<Omit<SchemeRow, "name" | "bytes">> & {
  readonly bytes: readonly [number, number?, number?];
};

/** Unless a row says otherwise, its evidence is a signature that everybody can check. */
function row<Name extends string>(
  name: Name,
  { bytes, ...draft }: Draft,
): SchemeRow & { readonly name: Name } {
  const [constant, linear = 0, square = 0] = bytes;
  return {
    convinces: "anyone",
    uniform: "yes",
    transferable: "yes",
    namesSigners: "anyone",
    key: null,
    joint: false,
    legacy: false,
    ...draft,
    name,
    bytes: { constant, linear, square },
  };
}

const nothing = { uniform: null, transferable: "no", namesSigners: "no" } as const;
const macVector = {
  convinces: "receiver",
  uniform: "no",
  transferable: "no",
  namesSigners: "receiver",
  key: "mac",
} as const;

/** Every scheme there is, in the order of its cost of trust: from none to notaries. */
export const schemeRows = [
  row("PlainTxt", { ...nothing, convinces: "local", bytes: [0] }),
  row("LOCAL", { ...nothing, convinces: "local", bytes: [0] }),
  row("TLS13", { ...nothing, convinces: "channel", bytes: [0] }),
  row("Noise", { ...nothing, convinces: "channel", bytes: [0] }),
  row("HMAC-SHA256", { ...macVector, bytes: [0, 32] }),
  row("HMAC-SHA1", { ...macVector, legacy: true, bytes: [0, 20] }),
  row("HMAC-GROUP", {
    convinces: "group",
    uniform: "within-group",
    transferable: "no",
    namesSigners: "pair",
    key: "mac",
    bytes: [32],
  }),
  row("Ed25519", { key: "ed25519", bytes: [64] }),
  row("secp256k1", { key: "secp256k1", bytes: [64] }),
  row("BIP-340", { key: "bip340", bytes: [64] }),
  row("RSA-PSS", { key: "rsa", bytes: [384] }),
  row("BLS", { key: "bls-pop", bytes: [48] }),
  row("BLS-AGG", { key: "bls-pop", joint: true, bytes: [48, 1 / 8] }),
  row("BLS-THRESHOLD", { namesSigners: "no", key: "bls", joint: true, bytes: [48] }),
  row("FROST-ED25519", { namesSigners: "no", key: "ed25519", joint: true, bytes: [64] }),
  row("MAC-MATRIX", { convinces: "servers", transferable: "servers", key: "mac", bytes: [0, 0, 32] }),
  row("TTP", { convinces: "trusting", bytes: [8] }),
] as const;

/** The name of a scheme, as evidence carries it. */
export type SchemeName = (typeof schemeRows)[number]["name"];

const aliases: ReadonlyMap<string, SchemeName> = new Map([
  ["RSA", "RSA-PSS"],
  ["Local", "LOCAL"],
  ["TrustedThirdParty", "TTP"],
]);
const byName: ReadonlyMap<string, SchemeRow & { readonly name: SchemeName }> = new Map(
  schemeRows.map((entry) => [entry.name, entry]),
);

/**
 * The row of a scheme, also by the names that deployments use (`RSA`, `Local`, `TrustedThirdParty`); null: no such scheme.
 *
 * @example
 * schemeRow("RSA")?.name // "RSA-PSS"
 */
export function schemeRow(name: string): (SchemeRow & { readonly name: SchemeName }) | null {
  return byName.get(aliases.get(name) ?? name) ?? null;
}

/**
 * How many bytes evidence takes for n receivers, members or servers.
 *
 * @example
 * evidenceBytes(schemeRow("BLS-AGG")!, 100) // 61
 */
export function evidenceBytes({ bytes: { constant, linear, square } }: SchemeRow, n = 1): number {
  return Math.ceil(constant + linear * n + square * n * n);
}
