import { fromHex, type PrincipalId } from "@eunomia/codec";
import type { Scheme } from "@eunomia/engine";
import { AuthenticatorError } from "../errors.ts";
import type { HashProvider } from "../provider.ts";
import { macInput } from "../secrets.ts";
import { refused, said } from "./finding.ts";
import { isBytes, isId } from "./inputs.ts";
import { macKeys } from "./mac-keys.ts";

export interface MacVectorOptions {
  readonly self: PrincipalId;
  /** For each peer the secret that only the two know, 32 random bytes or more. */
  readonly secrets: ReadonlyMap<PrincipalId, Uint8Array>;
  readonly provider: HashProvider;
  /** `HMAC-SHA1` is for old peers only and needs `allowLegacy`. */
  readonly name?: "HMAC-SHA256" | "HMAC-SHA1";
  readonly allowLegacy?: boolean;
}

/**
 * A tag for each receiver: it convinces that receiver and nobody else, who may find another tag bad, or none. Receivers with
 * whom nothing is shared get no tag. Throws `AuthenticatorError` (`short-secret`, `self-peer`, `bad-name`, `legacy`).
 *
 * @example
 * const evidence = macVectorScheme({ self: alice, secrets: new Map([[bob, secret]]), provider: portableHash }).make(statement)
 */
export function macVectorScheme(options: MacVectorOptions): Scheme {
  const { self, secrets, provider, name = "HMAC-SHA256", allowLegacy = false } = options;
  const legacy = name === "HMAC-SHA1";
  if (legacy && !allowLegacy)
    throw new AuthenticatorError(
      "legacy",
      self,
      "HMAC-SHA1 is a legacy scheme; write HMAC-SHA256 or set allowLegacy",
    );
  const keys = macKeys(provider, self, secrets, legacy ? "sha1" : "sha256");
  const tagBytes = legacy ? 20 : 32;
  const own = fromHex(self);
  return {
    name,
    self,
    make({ id, issuer, audience }) {
      if (issuer !== self) return null;
      const tags = new Map<PrincipalId, Uint8Array>();
      for (const to of audience) {
        const link = keys.link(to);
        if (link !== null) tags.set(to, link.outward.tag(macInput(id, own, link.address)));
      }
      return tags.size === 0 ? null : { scheme: name, tags };
    },
    check({ id, issuer }, evidence) {
      if (evidence.scheme !== name) return refused("other-scheme");
      const tags: unknown = evidence.tags;
      if (!(tags instanceof Map)) return refused("malformed");
      if (issuer === self) return refused("reflected");
      if (!isId(issuer)) return refused("malformed");
      const tag: unknown = tags.get(self);
      if (tag === undefined) return refused("not-addressed");
      if (!isBytes(tag)) return refused("malformed");
      if (tag.length !== tagBytes) return refused("wrong-length");
      const link = keys.link(issuer);
      if (link === null) return refused("unknown-signer");
      const good = provider.equal(link.inward.tag(macInput(id, link.address, own)), tag);
      return good ? said([issuer], [self]) : refused("bad-tag");
    },
  };
}
