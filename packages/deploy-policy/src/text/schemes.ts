import { type SchemeRow, schemeRow } from "@eunomia/engine";

/** How the evidence of a scheme convinces, as the checks tell schemes apart. */
type SchemeKind = "channel" | "mac" | "group" | "signature" | "threshold" | "matrix" | "notary";

/** A scheme under the name that deployments have for it. `takes`: what stands in its parentheses. */
export interface DeployedScheme {
  readonly row: SchemeRow;
  readonly kind: SchemeKind;
  readonly takes: "nothing" | "group" | "quorum" | "individual";
}

const names = [
  "PlainTxt",
  "Local",
  "TLS13",
  "Noise",
  "HMAC-SHA256",
  "HMAC-SHA1",
  "HMAC-GROUP",
  "Ed25519",
  "secp256k1",
  "BIP-340",
  "RSA-PSS",
  "RSA",
  "BLS",
  "BLS-THRESHOLD",
  "FROST-ED25519",
  "MAC-MATRIX",
  "TrustedThirdParty",
] as const;

function kindOf({ convinces, namesSigners }: SchemeRow): SchemeKind {
  switch (convinces) {
    case "local":
    case "channel":
      return "channel";
    case "receiver":
      return "mac";
    case "group":
      return "group";
    case "servers":
      return "matrix";
    case "trusting":
      return "notary";
    case "anyone":
      return namesSigners === "no" ? "threshold" : "signature";
  }
}

const takenBy: Readonly<Partial<Record<SchemeKind, DeployedScheme["takes"]>>> = {
  group: "group",
  matrix: "group",
  threshold: "quorum",
  notary: "individual",
};

const schemes: ReadonlyMap<string, DeployedScheme> = new Map(
  names.map((name) => {
    const row = schemeRow(name)!;
    const kind = kindOf(row);
    return [name, { row, kind, takes: takenBy[kind] ?? "nothing" }];
  }),
);

/** Null: no deployment knows this name. */
export function deployedScheme(name: string): DeployedScheme | null {
  return schemes.get(name) ?? null;
}

/** Evidence that convinces more than those whom it was made for. */
export function isEvidence(name: string): boolean {
  return (deployedScheme(name)?.row.transferable ?? "no") !== "no";
}
