import type { PrincipalId } from "@eunomia/codec";
import { quorumSystem } from "@eunomia/quorum-algebra";
import type { Delegation, Quorum } from "@eunomia/statement-pool";

/** Somebody says a content (by a name), as the rules of section A5 conclude it; nothing is left out because something else covers it. */
export interface Fact {
  /** An individual, or a group that is said for as a whole. */
  readonly who: Quorum;
  readonly what: string;
  readonly root: PrincipalId | null;
  readonly hops: number;
  readonly types: readonly string[] | null;
  readonly depth: number;
}

export interface Made extends Delegation {
  readonly what: string;
}

const single = (who: Quorum): PrincipalId | null => (who.t === "node" ? who.id : null);
const keyOf = (fact: Fact): string => JSON.stringify(fact);

function* subsets<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let bits = 0; bits < 2 ** items.length; bits++) yield items.filter((_, i) => (bits >> i) & 1);
}

/** Whether each can be given one of its own roots, all different: by trying all. */
function distinct(choices: readonly (readonly PrincipalId[])[], taken: readonly PrincipalId[] = []): boolean {
  const [first, ...rest] = choices;
  return (
    first === undefined || first.some((root) => !taken.includes(root) && distinct(rest, [...taken, root]))
  );
}

/** THRESH and ENTAIL for one content, by definition: any set of members, any world that fits. */
export function groupSaysNaively(facts: readonly Fact[], group: Quorum, what: string): boolean {
  const about = facts.filter((fact) => fact.what === what);
  const one = single(group);
  if (one !== null) return about.some(({ who }) => single(who) === one);
  if (about.some(({ who }) => JSON.stringify(who) === JSON.stringify(group))) return true;
  const { members } = quorumSystem(group);
  const rootsOf = (member: PrincipalId) =>
    about.flatMap(({ who, root }) => (single(who) === member && root !== null ? [root] : []));
  for (const set of subsets(members))
    if (quorumSystem(group).has(set) && distinct(set.map(rootsOf))) return true;
  const direct = about.filter(({ hops }) => hops === 0);
  const groups = direct.filter(({ who }) => single(who) === null);
  if (groups.length === 0) return false;
  const all = [...new Set([...members, ...direct.flatMap(({ who }) => quorumSystem(who).members)])];
  return [...subsets(all)].every(
    (world) => !direct.every(({ who }) => quorumSystem(who).has(world)) || quorumSystem(group).has(world),
  );
}

/** What follows from what is said at first hand, by applying the rules until nothing is new. `typeOf`: of a content by its name. */
export function closure(
  leaves: readonly Fact[],
  made: readonly Made[],
  typeOf: (what: string) => string,
): readonly Fact[] {
  const facts = new Map(leaves.map((fact) => [keyOf(fact), fact]));
  for (let before = -1; before < facts.size; ) {
    before = facts.size;
    for (const { delegate, for: target, types, depth, what } of made) {
      const all = [...facts.values()];
      const edges: { readonly types: readonly string[]; readonly depth: number }[] = [];
      for (const fact of all) {
        if (fact.what !== what || JSON.stringify(fact.who) !== JSON.stringify(target)) continue;
        if (fact.hops === 0) edges.push({ types, depth });
        else if (fact.depth >= 1)
          edges.push({
            types: types.filter((type) => fact.types!.includes(type)),
            depth: Math.min(depth, fact.depth - 1),
          });
      }
      // For a group the members' own words count; the limits of delegated ones are looked at in single cases only.
      if (single(target) === null && groupSaysNaively(all, target, what)) edges.push({ types, depth });
      for (const edge of edges)
        for (const fact of all) {
          if (single(fact.who) !== delegate || !edge.types.includes(typeOf(fact.what))) continue;
          if (fact.hops > edge.depth) continue;
          const next: Fact = {
            ...fact,
            who: target,
            hops: fact.hops + 1,
            types: fact.types === null ? edge.types : fact.types.filter((type) => edge.types.includes(type)),
            depth: Math.min(fact.depth, edge.depth),
          };
          facts.set(keyOf(next), next);
        }
    }
  }
  return [...facts.values()];
}
