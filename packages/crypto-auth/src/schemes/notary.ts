import type { PrincipalId } from "@eunomia/codec";
import type { Evidence, Finding, Scheme, Spoken } from "@eunomia/engine";
import type { HashProvider } from "../provider.ts";
import { refused } from "./finding.ts";
import { attestId, isId } from "./inputs.ts";

export interface NotaryOptions {
  readonly self: PrincipalId;
  /** How the notaries' own words are checked, and made if `self` is a notary: a signature for all, or MACs for each. */
  readonly word: Scheme;
  readonly provider: Pick<HashProvider, "sha256">;
}

/** The scheme of whoever reads a notary's words, and of the notary. */
export interface NotaryScheme extends Scheme {
  /**
   * For the notary: vouches for a statement that it has found good itself. `time` in milliseconds, not negative. Null: the finding
   * does not say that the issuer said it, the notary is the issuer, or it has nothing to say it with.
   */
  attest(statement: Spoken, found: Finding, time: number): Evidence | null;
}

/**
 * A trusted third party: it has authenticated the issuer, and says so. The finding is that the notary says that the issuer says
 * it; whether that is enough is up to whoever trusts the notary.
 *
 * @example
 * const notary = notaryScheme({ self: zoe, word: signatureScheme({ self: zoe, suite, directory, key }), provider: portableHash })
 * const evidence = notary.attest(statement, macs.check(statement, tags), 1_700_000_000_000)
 */
export function notaryScheme({ self, word, provider }: NotaryOptions): NotaryScheme {
  const spoken = (statement: Spoken, notary: PrincipalId, time: number): Spoken => ({
    id: attestId(provider, statement.id, statement.issuer, time),
    issuer: notary,
    audience: statement.audience,
  });
  return {
    name: "TTP",
    self,
    make: () => null,
    attest(statement, found, time) {
      const told = found.ok && found.says.by === "each" && found.says.principals.includes(statement.issuer);
      if (!told || statement.issuer === self || !isId(statement.issuer) || !isTime(time)) return null;
      const by = word.make(spoken(statement, self, time));
      return by === null ? null : { scheme: "TTP", notary: self, time, by };
    },
    check(statement, evidence) {
      if (evidence.scheme !== "TTP") return refused("other-scheme");
      const { notary, time, by } = evidence as {
        readonly notary: unknown;
        readonly time: unknown;
        readonly by: unknown;
      };
      if (!isId(notary) || !isId(statement.issuer) || !isTime(time)) return refused("malformed");
      if (typeof by !== "object" || by === null) return refused("malformed");
      if (notary === statement.issuer) return refused("self-notary");
      const found = word.check(spoken(statement, notary, time), by as Evidence);
      if (!found.ok) return found;
      const says = { by: "notary", notary, principal: statement.issuer, time } as const;
      return { ok: true, says, convinces: found.convinces };
    },
  };
}

const isTime = (time: unknown): time is number => Number.isSafeInteger(time) && (time as number) >= 0;
