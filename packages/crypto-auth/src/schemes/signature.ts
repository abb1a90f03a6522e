import type { PrincipalId } from "@eunomia/codec";
import type { Scheme, SignatureScheme } from "@eunomia/engine";
import { AuthenticatorError } from "../errors.ts";
import type { SuiteSigningKey, VerifySuite } from "../suites/suite.ts";
import type { Directory } from "./directory.ts";
import { refused, said } from "./finding.ts";
import { isBytes, signInput } from "./inputs.ts";

export interface SignatureSchemeOptions {
  readonly self: PrincipalId;
  readonly suite: Pick<VerifySuite, "scheme">;
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
  return {
    name: scheme,
    self,
    make: ({ id, issuer }) =>
      key === undefined || issuer !== self
        ? null
        : { scheme, signer: self, sig: key.sign(signInput(scheme, id, self)) },
    check({ id, issuer }, evidence) {
      if (evidence.scheme !== scheme) return refused("other-scheme");
      const { signer, sig } = evidence as { readonly signer: unknown; readonly sig: unknown };
      if (typeof signer !== "string" || !isBytes(sig)) return refused("malformed");
      if (signer !== issuer) return refused("other-signer");
      const known = directory.keyOf(signer, scheme);
      if (typeof known === "string") return refused(known);
      if (!known.usable) return refused("no-proof-of-possession");
      const fault = known.verdict(signInput(scheme, id, signer), sig);
      return fault === null ? said([signer], "anyone") : refused(fault);
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
