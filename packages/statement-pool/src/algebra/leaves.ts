import type { PrincipalId } from "@eunomia/codec";
import type { Finding, Saying } from "@eunomia/engine";
import { or } from "@eunomia/quorum-algebra";
import { quotation } from "../program/forms.ts";
import { contentId, type Hash } from "../statement/identity.ts";
import type { Content, Id, Quorum } from "../statement/types.ts";
import { individual, type Says } from "./judgement.ts";

/** What an observer goes by besides evidence. */
export interface Beliefs {
  readonly observer: PrincipalId;
  /** Whose schemes look at evidence: "one of the others" is said from this one's place. */
  readonly checker: PrincipalId;
  /** The current one: delegations of others are over, or have not begun. */
  readonly epoch: number;
  /** Notaries whose word the observer takes for who said something. The observer itself need not stand here. */
  readonly trusts: ReadonlySet<PrincipalId>;
  /** Groups by the names that evidence gives them. */
  readonly groups: ReadonlyMap<Id, Quorum>;
}

/** What a piece of evidence says at first hand. `content` is another one than that of the statement for a notary's word. */
export interface Said {
  readonly judgement: Says;
  readonly content: Content;
}

type Good = Extract<Finding, { readonly ok: true }>;

const says = (who: Quorum, cid: Id, root: PrincipalId | null): Says => ({
  kind: "says",
  who,
  cid,
  root,
  hops: 0,
  types: null,
  depth: null,
});

/**
 * ADMIT: what good evidence for a content lets the observer conclude. Evidence that convinces only others says nothing.
 * `issuer` null: a joint statement, which no single one has to answer for.
 */
export function admitted(
  content: Content,
  cid: Id,
  issuer: PrincipalId | null,
  finding: Good,
  { observer, checker, trusts, groups }: Beliefs,
  hash: Hash,
): Said[] {
  if (finding.convinces !== "anyone" && !finding.convinces.includes(observer)) return [];
  const by = (who: Quorum, root: PrincipalId | null): Said => ({ judgement: says(who, cid, root), content });
  const saying: Saying = finding.says;
  switch (saying.by) {
    case "each":
      // Evidence of somebody else than the issuer would be a fault of the scheme: it counts for nothing.
      return saying.principals
        .filter((principal) => issuer === null || principal === issuer)
        .map((principal) => by(individual(principal), principal));
    case "one-of":
      // The checker left itself out of the others; another observer cannot.
      if (observer !== checker) return [];
      return saying.principals.length === 1
        ? [by(individual(saying.principals[0]!), saying.principals[0]!)]
        : [by(or(...saying.principals.map(individual)), null)];
    case "group": {
      const group = groups.get(saying.group);
      return group === undefined ? [] : [by(group, null)];
    }
    case "notary": {
      const { notary, principal } = saying;
      if (issuer !== null && principal !== issuer) return [];
      const quoted = quotation(individual(principal), content);
      const word: Said = {
        judgement: says(individual(notary), contentId(quoted, hash), notary),
        content: quoted,
      };
      return trusts.has(notary) || notary === observer
        ? [word, by(individual(principal), principal)]
        : [word];
    }
  }
}
