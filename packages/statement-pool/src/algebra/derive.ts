import type { PrincipalId } from "@eunomia/codec";
import type { Finding } from "@eunomia/engine";
import type { Program, StatementType } from "../program/program.ts";
import { contentId, type Hash } from "../statement/identity.ts";
import type { Content, Core, Ctx, Id, Quorum } from "../statement/types.ts";
import { sameValue } from "../statement/value.ts";
import { groupSays, type Individuals, together } from "./groups.ts";
import { individual, individualOf, type Proof } from "./judgement.ts";
import { Knowledge, type SaysProof } from "./knowledge.ts";
import { admitted, type Beliefs } from "./leaves.ts";
import { saturate } from "./saturate.ts";

/** A statement and what its evidence was found to be, place by place; null: not looked at. */
export interface Testimony {
  readonly id: Id;
  readonly cid: Id;
  readonly core: Core;
  readonly findings: readonly (Finding | null)[];
  /** The observer's own, in its write-ahead log. */
  readonly own: boolean;
}

/** What shall be derived: that the principal or group says the content. For a monotone type: says at least that. */
export interface Goal {
  readonly principal: Quorum;
  readonly content: Content;
  /** The group counts those who speak for its members, not the roots of what they say. Default: roots. */
  readonly countAuthority?: boolean;
}

/** What the observer knows from the testimonies, closed under delegation and attestation. */
export function knowledgeOf(testimonies: Iterable<Testimony>, beliefs: Beliefs, hash: Hash): Knowledge {
  const knowledge = new Knowledge();
  for (const { id, cid, core, findings, own } of testimonies) {
    const issuer = typeof core.issuer === "string" ? core.issuer : null;
    if (own && issuer !== null)
      knowledge.add(core.content, {
        rule: "OWN",
        premises: [{ evidence: id, index: -1 }],
        conclusion: {
          kind: "says",
          who: individual(issuer),
          cid,
          root: issuer,
          hops: 0,
          types: null,
          depth: null,
        },
      });
    findings.forEach((finding, index) => {
      if (finding?.ok !== true) return;
      for (const { judgement, content } of admitted(core.content, cid, issuer, finding, beliefs, hash))
        knowledge.add(content, { rule: "ADMIT", premises: [{ evidence: id, index }], conclusion: judgement });
    });
  }
  saturate(knowledge, beliefs, hash);
  return knowledge;
}

/** Whether two contexts are the same one. */
export const sameCtx = (a: Ctx, b: Ctx): boolean =>
  a.manifest === b.manifest && a.epoch === b.epoch && sameValue(a.instance, b.instance);

interface Held {
  readonly content: Content;
  readonly proof: SaysProof;
}

/** LUB: both values were said by one individual on one root, so their least upper bound was. Null: not compatible. */
function joined(type: StatementType, a: Held, b: Held, hash: Hash): Held | null {
  const value = type.cstruct!.lub(a.content.body[0]!, b.content.body[0]!);
  if (value === null) return null;
  const content = { ...a.content, body: [value] };
  const premises = [a.proof, b.proof];
  const { who, root } = a.proof.conclusion;
  const conclusion = { ...together(who, contentId(content, hash), premises), root };
  return { content, proof: { rule: "LUB", premises, conclusion, content } };
}

/** PREFIX: whoever said a value said every smaller one. Null: this is not a smaller one. */
function lowered(type: StatementType, held: Held, content: Content, cid: Id): SaysProof | null {
  if (!type.cstruct!.leq(content.body[0]!, held.content.body[0]!)) return null;
  if (held.proof.conclusion.cid === cid) return held.proof;
  return { rule: "PREFIX", premises: [held.proof], conclusion: { ...held.proof.conclusion, cid }, content };
}

/** Proofs that one individual said at least this, one for each root. `held`: what the individual said, on one root. */
function atLeast(
  type: StatementType,
  held: readonly Held[],
  content: Content,
  cid: Id,
  hash: Hash,
): SaysProof | null {
  for (const one of held) {
    const proof = lowered(type, one, content, cid);
    if (proof !== null) return proof;
  }
  for (const first of held) {
    let sum = first;
    for (const other of held) if (other !== first) sum = joined(type, sum, other, hash) ?? sum;
    const proof = lowered(type, sum, content, cid);
    if (proof !== null) return proof;
  }
  return null;
}

/** Who said at least this value, by what each said in this context. */
function monotone(
  knowledge: Knowledge,
  type: StatementType,
  content: Content,
  cid: Id,
  hash: Hash,
): Individuals {
  const byWho = new Map<PrincipalId, Map<PrincipalId, Held[]>>();
  for (const [other, said] of knowledge.contents) {
    if (said.type !== content.type || !sameCtx(said.ctx, content.ctx)) continue;
    for (const [who, proofs] of knowledge.individuals(other))
      for (const proof of proofs) {
        const roots = byWho.get(who) ?? new Map<PrincipalId, Held[]>();
        byWho.set(who, roots);
        const root = proof.conclusion.root!;
        roots.set(root, [...(roots.get(root) ?? []), { content: said, proof }]);
      }
  }
  const found = new Map<PrincipalId, SaysProof[]>();
  for (const [who, roots] of byWho) {
    const proofs = [...roots.values()].map((held) => atLeast(type, held, content, cid, hash));
    const good = proofs.filter((proof) => proof !== null);
    if (good.length > 0) found.set(who, good);
  }
  return found;
}

/** The proof that the goal follows from what is known; null: it does not, or not within the limits of effort. */
export function deriveSays(knowledge: Knowledge, program: Program, goal: Goal, hash: Hash): Proof | null {
  const { principal, content, countAuthority = false } = goal;
  const cid = contentId(content, hash);
  const type = program.types.get(content.type);
  if (type === undefined || type.cstruct === null)
    return groupSays(knowledge, principal, cid, countAuthority);
  if (!type.fits(content)) return null;
  const individuals = monotone(knowledge, type, content, cid, hash);
  const single = individualOf(principal);
  if (single !== null) return individuals.get(single)?.[0] ?? null;
  return groupSays(knowledge, principal, cid, countAuthority, individuals);
}
