import type { PrincipalId } from "@eunomia/codec";
import { and, entails } from "@eunomia/quorum-algebra";
import type { Id, Quorum } from "../statement/types.ts";
import { individualOf, type Says, sameGroup } from "./judgement.ts";
import type { Knowledge, SaysProof } from "./knowledge.ts";
import { representatives, systemOf } from "./representatives.ts";

/** What individuals say, seen from one goal: by itself, or from more that they say (PREFIX, LUB). */
export type Individuals = ReadonlyMap<PrincipalId, readonly SaysProof[]>;

/** What a group says through several: whatever restricts one of them restricts the group. */
export function together(who: Quorum, cid: Id, premises: readonly { readonly conclusion: Says }[]): Says {
  let [hops, types, depth]: [number, readonly string[] | null, number | null] = [0, null, null];
  for (const { conclusion } of premises) {
    hops = Math.max(hops, conclusion.hops);
    if (conclusion.types !== null)
      types = (types ?? conclusion.types).filter((one) => conclusion.types!.includes(one));
    if (conclusion.depth !== null) depth = Math.min(depth ?? conclusion.depth, conclusion.depth);
  }
  return { kind: "says", who, cid, root: null, hops, types, depth };
}

/** Steps of one question about expressions: these come from peers, too, and what takes longer is not derived. */
const maxSteps = 100_000;

/** The proof with the fewest delegations. */
const shortest = (proofs: readonly SaysProof[]): SaysProof =>
  proofs.reduce((best, proof) => (proof.conclusion.hops < best.conclusion.hops ? proof : best));

function byThreshold(group: Quorum, cid: Id, individuals: Individuals): SaysProof | null {
  const roots = new Map(
    [...individuals].map(([who, proofs]) => [
      who,
      new Set(proofs.flatMap(({ conclusion }) => (conclusion.root === null ? [] : [conclusion.root]))),
    ]),
  );
  const found = representatives(group, roots);
  if (found === null) return null;
  const premises = [...found].map(([who, root]) =>
    shortest(individuals.get(who)!.filter(({ conclusion }) => conclusion.root === root)),
  );
  return { rule: "THRESH", premises, conclusion: together(group, cid, premises) };
}

function byAuthority(group: Quorum, cid: Id, individuals: Individuals): SaysProof | null {
  const system = systemOf(group);
  const speakers = system.members.filter((member) => individuals.has(member));
  if (!system.has(speakers)) return null;
  const premises = speakers.map((who) => shortest(individuals.get(who)!));
  return { rule: "AUTHORITY", premises, conclusion: together(group, cid, premises) };
}

/** From what groups say at first hand, and individuals with them, by the meaning of the expressions. */
function byEntailment(
  group: Quorum,
  cid: Id,
  individuals: Individuals,
  groups: readonly SaysProof[],
): SaysProof | null {
  const heard = groups.filter(({ conclusion }) => conclusion.hops === 0);
  if (heard.length === 0) return null;
  const direct = [...individuals.values()].flatMap((proofs) =>
    proofs.filter(({ conclusion }) => conclusion.hops === 0).slice(0, 1),
  );
  const premises = [...heard, ...direct];
  const verdict = entails(and(...premises.map(({ conclusion }) => conclusion.who)), group, { maxSteps });
  return verdict.holds === true
    ? { rule: "ENTAIL", premises, conclusion: together(group, cid, premises) }
    : null;
}

/**
 * Whether the group says the content, by the rules for groups: a delegate of the whole group, members counted by roots, or what
 * groups said at first hand. An individual is never concluded from a group.
 */
export function groupSays(
  knowledge: Knowledge,
  group: Quorum,
  cid: Id,
  countAuthority = false,
  individuals: Individuals = knowledge.individuals(cid),
): SaysProof | null {
  const single = individualOf(group);
  if (single !== null) {
    const proofs = individuals.get(single);
    return proofs === undefined || proofs.length === 0 ? null : shortest(proofs);
  }
  const groups = knowledge.groups(cid);
  const whole = groups.find(({ conclusion }) => sameGroup(conclusion.who, group));
  if (whole !== undefined) return whole;
  return (
    (countAuthority ? byAuthority(group, cid, individuals) : byThreshold(group, cid, individuals)) ??
    byEntailment(group, cid, individuals, groups)
  );
}
