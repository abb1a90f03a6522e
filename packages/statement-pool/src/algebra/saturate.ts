import { type Delegation, readDelegation, readQuotation } from "../program/forms.ts";
import { contentId, type Hash } from "../statement/identity.ts";
import type { Content, Ctx } from "../statement/types.ts";
import { groupSays } from "./groups.ts";
import { individual, individualOf, type Proof, type SpeaksFor } from "./judgement.ts";
import type { Knowledge, SaysProof } from "./knowledge.ts";
import type { Beliefs } from "./leaves.ts";

/** "The delegate speaks for the group", with its proof. */
export interface Edge extends Proof {
  readonly conclusion: SpeaksFor;
}

/** HANDOFF at first hand; REDELEG where the group's word came over delegations: types meet, and depth is used up. */
export function handedOff({ ctx }: { readonly ctx: Ctx }, made: Delegation, said: SaysProof): Edge | null {
  const { hops, types, depth } = said.conclusion;
  const common = {
    kind: "speaks",
    delegate: made.delegate,
    for: made.for,
    manifest: ctx.manifest,
    epoch: ctx.epoch,
  } as const;
  if (hops === 0)
    return {
      rule: "HANDOFF",
      premises: [said],
      conclusion: { ...common, types: made.types, depth: made.depth },
    };
  if (depth! < 1) return null;
  const shared = made.types.filter((type) => types!.includes(type));
  return {
    rule: "REDELEG",
    premises: [said],
    conclusion: { ...common, types: shared, depth: Math.min(made.depth, depth! - 1) },
  };
}

/** SPEAKS: what the delegate says of an allowed type is said by whom it speaks for. Null: the delegation does not cover it. */
export function spokenFor({ type, ctx }: Content, said: SaysProof, edge: Edge): SaysProof | null {
  const { conclusion } = said;
  const { types, depth, manifest, epoch } = edge.conclusion;
  const covered =
    types.includes(type) && conclusion.hops <= depth && ctx.manifest === manifest && ctx.epoch === epoch;
  if (!covered) return null;
  return {
    rule: "SPEAKS",
    premises: [said, edge],
    conclusion: {
      ...conclusion,
      who: edge.conclusion.for,
      hops: conclusion.hops + 1,
      types: conclusion.types === null ? types : conclusion.types.filter((one) => types.includes(one)),
      depth: Math.min(conclusion.depth ?? depth, depth),
    },
  };
}

/** ATTEST: the notary itself said that the individual said it, and the observer trusts the notary for that. */
export function attested(
  content: Content,
  said: SaysProof,
  { observer, trusts }: Beliefs,
  hash: Hash,
): { readonly content: Content; readonly proof: SaysProof } | null {
  const quoted = readQuotation(content);
  const { who, hops } = said.conclusion;
  const notary = individualOf(who);
  const principal = quoted === null ? null : individualOf(quoted.who);
  if (quoted === null || principal === null || notary === null || hops !== 0) return null;
  if (notary === principal || (notary !== observer && !trusts.has(notary))) return null;
  return {
    content: quoted.content,
    proof: {
      rule: "ATTEST",
      premises: [said],
      conclusion: {
        kind: "says",
        who: individual(principal),
        cid: contentId(quoted.content, hash),
        root: principal,
        hops: 0,
        types: null,
        depth: null,
      },
    },
  };
}

function attestations(knowledge: Knowledge, beliefs: Beliefs, hash: Hash): void {
  for (let news = true; news; ) {
    news = false;
    for (const [cid, content] of [...knowledge.contents])
      for (const said of [...knowledge.individuals(cid).values()].flat()) {
        const found = attested(content, said, beliefs, hash);
        if (found !== null && knowledge.add(found.content, found.proof)) news = true;
      }
  }
}

function edgesOf(knowledge: Knowledge, { epoch }: Beliefs): Edge[] {
  const edges: Edge[] = [];
  for (const [cid, content] of knowledge.contents) {
    const made = content.ctx.epoch === epoch ? readDelegation(content) : null;
    if (made === null) continue;
    const single = individualOf(made.for);
    const whole = single === null ? groupSays(knowledge, made.for, cid) : null;
    const said =
      single === null ? (whole === null ? [] : [whole]) : (knowledge.individuals(cid).get(single) ?? []);
    for (const proof of said) {
      const edge = handedOff(content, made, proof);
      if (edge !== null) edges.push(edge);
    }
  }
  return edges;
}

/**
 * Closes what is known under SPEAKS, HANDOFF, REDELEG and ATTEST. It ends, since delegations on the way only shrink what they
 * pass on, and what is covered by other proofs is dropped.
 */
export function saturate(knowledge: Knowledge, beliefs: Beliefs, hash: Hash): void {
  attestations(knowledge, beliefs, hash);
  for (let news = true; news; ) {
    news = false;
    for (const edge of edgesOf(knowledge, beliefs))
      for (const [cid, content] of knowledge.contents)
        for (const said of [...(knowledge.individuals(cid).get(edge.conclusion.delegate) ?? [])]) {
          const next = spokenFor(content, said, edge);
          if (next !== null && knowledge.add(content, next)) news = true;
        }
  }
}
