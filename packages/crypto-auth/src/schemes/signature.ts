import type { PrincipalId } from "@eunomia/codec";
import type { Evidence, EvidenceFault, Scheme, SignatureScheme, Spoken } from "@eunomia/engine";
import { AuthenticatorError } from "../errors.ts";
import type { SignedItem, SuiteSigningKey, VerifySuite } from "../suites/suite.ts";
import type { Directory } from "./directory.ts";
import { refused, said } from "./finding.ts";
import { isBytes, signInput } from "./inputs.ts";

export interface SignatureSchemeOptions {
  readonly self: PrincipalId;
  /** The suite that the directory was made with. */
  readonly suite: Pick<VerifySuite, "scheme" | "verdicts">;
  readonly directory: Directory;
  /** Without one, this principal can check and cannot sign. */
  readonly key?: SuiteSigningKey;
}

/**
 * A signature by the issuer, which convinces anyone who has the same directory. Signed is `signInput`. Throws
 * `AuthenticatorError` `mismatched-key` if the key is not the one that the directory has of `self`.
 *
 * @example
 * const scheme = signatureScheme({ self: alice, suite, directory, key: suite.importSigningKey(seed) })
 * scheme.check(statement, scheme.make(statement)!) // { ok: true, says: { by: "each", principals: [alice] }, convinces: "anyone" }
 */
export function signatureScheme({ self, suite, directory, key }: SignatureSchemeOptions): Scheme {
  const scheme: SignatureScheme = suite.scheme;
  if (key !== undefined) assertPublished(self, scheme, directory, key);

  /** All but the arithmetic: what is to be checked with which key, or why there is no point in it. */
  function prepare({ id, issuer }: Spoken, evidence: Evidence): SignedItem | EvidenceFault {
    if (evidence.scheme !== scheme) return "other-scheme";
    const { signer, sig } = evidence as { readonly signer: unknown; readonly sig: unknown };
    if (typeof signer !== "string" || !isBytes(sig)) return "malformed";
    if (signer !== issuer) return "other-signer";
    const known = directory.keyOf(signer, scheme);
    if (typeof known === "string") return known;
    if (!known.usable) return "no-proof-of-possession";
    return { key: known, message: signInput(scheme, id, signer), signature: sig };
  }
  const findingOf = (issuer: PrincipalId, fault: EvidenceFault | null) =>
    fault === null ? said([issuer], "anyone") : refused(fault);

  return {
    name: scheme,
    self,
    make: ({ id, issuer }) =>
      key === undefined || issuer !== self
        ? null
        : { scheme, signer: self, sig: key.sign(signInput(scheme, id, self)) },
    check(statement, evidence) {
      const item = prepare(statement, evidence);
      const fault = typeof item === "string" ? item : item.key.verdict(item.message, item.signature);
      return findingOf(statement.issuer, fault);
    },
    checkAll(all) {
      const prepared = all.map(({ statement, evidence }) => prepare(statement, evidence));
      const items = prepared.filter((item) => typeof item !== "string");
      const verdicts =
        suite.verdicts?.(items) ?? items.map((item) => item.key.verdict(item.message, item.signature));
      let next = 0;
      return all.map(({ statement: { issuer } }, i) => {
        const item = prepared[i] as SignedItem | EvidenceFault;
        return findingOf(
          issuer,
          typeof item === "string" ? item : (verdicts[next++] as EvidenceFault | null),
        );
      });
    },
  };
}

/** Peers would refuse whatever a key signs that they do not know: better told at the start. */
function assertPublished(
  self: PrincipalId,
  scheme: string,
  directory: Directory,
  key: Pick<SuiteSigningKey, "publicKey">,
): void {
  const published = directory.bundleOf(self)?.find((entry) => entry.scheme === scheme)?.publicKey;
  const same =
    published?.length === key.publicKey.length && published.every((byte, i) => byte === key.publicKey[i]);
  if (same) return;
  throw new AuthenticatorError(
    "mismatched-key",
    self,
    `"key" expected the ${scheme} key that the directory has of "${self}", got another one`,
  );
}
