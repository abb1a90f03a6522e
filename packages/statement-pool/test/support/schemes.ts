import { concat, equalBytes, fromHex, type PrincipalId, sha256, toHex, utf8Encode } from "@eunomia/codec";
import type { Evidence, Finding, Saying, Scheme, SchemeName, Spoken } from "@eunomia/engine";

/** The principal of a name, as in the vectors of the definition. */
export const principal = (name: string): PrincipalId => toHex(sha256(utf8Encode(`principal:${name}`)));

/** Good for tests: a "signature" is what nobody computes but this file. */
const tagOf = (key: string, ...parts: readonly (Uint8Array | string)[]): Uint8Array =>
  sha256(
    concat(
      utf8Encode(`${key}\0`),
      ...parts.map((part) => (typeof part === "string" ? utf8Encode(part) : part)),
    ),
  );

export const sign = (signer: PrincipalId, id: Uint8Array): Evidence => ({
  scheme: "Ed25519",
  signer,
  sig: tagOf(`signature of ${signer}`, id),
});

export const mac = (from: PrincipalId, to: readonly PrincipalId[], id: Uint8Array): Evidence => ({
  scheme: "HMAC-SHA256",
  tags: new Map(to.map((one) => [one, tagOf(`mac ${from} ${one}`, id)])),
});

export const threshold = (group: string, id: Uint8Array): Evidence => ({
  scheme: "BLS-THRESHOLD",
  group,
  sig: tagOf(`threshold ${group}`, id),
});

export const aggregate = (
  members: readonly PrincipalId[],
  signers: readonly PrincipalId[],
  id: Uint8Array,
): Evidence => {
  const sorted = members.toSorted();
  const bitmap = new Uint8Array(Math.ceil(sorted.length / 8));
  sorted.forEach((one, i) => {
    if (signers.includes(one)) bitmap[i >> 3] = bitmap[i >> 3]! | (1 << (i & 7));
  });
  return {
    scheme: "BLS-AGG",
    members: sorted,
    bitmap,
    sig: tagOf(`aggregate ${signers.toSorted().join()}`, id),
  };
};

const attest = (notary: PrincipalId, { id, issuer }: Spoken, time: number): Evidence => ({
  scheme: "Ed25519",
  signer: notary,
  sig: tagOf(`signature of ${notary}`, "attest", id, fromHex(issuer), String(time)),
});

export const notarised = (notary: PrincipalId, issuer: PrincipalId, id: Uint8Array, time = 7): Evidence => ({
  scheme: "TTP",
  notary,
  time,
  by: attest(notary, { id, issuer, audience: [] }, time),
});

const good = (says: Saying, convinces: "anyone" | readonly PrincipalId[] = "anyone"): Finding => ({
  ok: true,
  says,
  convinces,
});
const bad = (why: Extract<Finding, { ok: false }>["why"]): Finding => ({ ok: false, why });
const same = (a: Evidence, b: Evidence): boolean =>
  "sig" in a && "sig" in b && a.sig instanceof Uint8Array && equalBytes(a.sig, b.sig);

/** Me, a and b share a key. */
export const groupOfThree = "33".repeat(32);
export const groupTag = (id: Uint8Array): Evidence => ({
  scheme: "HMAC-GROUP",
  group: groupOfThree,
  tag: tagOf(`group ${groupOfThree}`, id),
});

type Check = (statement: Spoken, evidence: never, self: PrincipalId) => Finding;
const checks: Readonly<Partial<Record<SchemeName, Check>>> = {
  Ed25519: ({ id, issuer }, evidence: Extract<Evidence, { signer: unknown }>) => {
    if (evidence.signer !== issuer) return bad("other-signer");
    return same(evidence, sign(evidence.signer, id))
      ? good({ by: "each", principals: [evidence.signer] })
      : bad("bad-signature");
  },
  "HMAC-SHA256": (
    { id, issuer },
    { tags }: Extract<Evidence, { tags: ReadonlyMap<string, unknown> }>,
    self,
  ) => {
    const tag = tags.get(self);
    if (tag === undefined) return bad("not-addressed");
    return equalBytes(tag, tagOf(`mac ${issuer} ${self}`, id))
      ? good({ by: "each", principals: [issuer] }, [self])
      : bad("bad-tag");
  },
  "BLS-THRESHOLD": ({ id }, evidence: Extract<Evidence, { group: string; sig: unknown }>) =>
    same(evidence, threshold(evidence.group, id))
      ? good({ by: "group", group: evidence.group })
      : bad("bad-signature"),
  "BLS-AGG": ({ id }, evidence: Extract<Evidence, { scheme: "BLS-AGG" }>) => {
    const { members, bitmap } = evidence;
    const signers = members.filter((_, i) => ((bitmap[i >> 3]! >> (i & 7)) & 1) === 1);
    return same(evidence, aggregate(members, signers, id))
      ? good({ by: "each", principals: signers })
      : bad("bad-signature");
  },
  TTP: (statement, { notary, time, by }: Extract<Evidence, { scheme: "TTP" }>) => {
    if (notary === statement.issuer) return bad("self-notary");
    return same(by, attest(notary, statement, time))
      ? good({ by: "notary", notary, principal: statement.issuer, time })
      : bad("bad-signature");
  },
  "HMAC-GROUP": ({ id }, { group, tag }: Extract<Evidence, { tag: unknown }>, self) => {
    const holders = group === groupOfThree ? ["Me", "a", "b"].map(principal).sort() : [];
    if (!holders.includes(self)) return bad("not-addressed");
    if (!equalBytes(tag, tagOf(`group ${group}`, id))) return bad("bad-tag");
    return good({ by: "one-of", principals: holders.filter((one) => one !== self) }, holders);
  },
  LOCAL: ({ issuer }, { from }: Extract<Evidence, { scheme: "LOCAL" }>, self) =>
    from === issuer ? good({ by: "each", principals: [issuer] }, [self]) : bad("other-signer"),
};

/** Schemes of one principal. By default it can check them all, and signs. */
export function schemesOf(
  self: PrincipalId,
  makes: readonly ("Ed25519" | "HMAC-SHA256")[] = ["Ed25519"],
): readonly Scheme[] {
  return (Object.keys(checks) as SchemeName[]).map((name) => ({
    name,
    self,
    make({ id, audience }) {
      if (!(makes as readonly string[]).includes(name)) return null;
      return name === "Ed25519" ? sign(self, id) : mac(self, audience, id);
    },
    check: (statement, evidence) =>
      evidence.scheme === name ? checks[name]!(statement, evidence as never, self) : bad("other-scheme"),
  }));
}
