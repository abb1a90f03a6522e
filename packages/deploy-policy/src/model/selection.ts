import type { Link } from "../text/ast.ts";
import type { Principals } from "./principals.ts";

/** `none`: no clause covers the three. `two`: the clauses tie and say different things. */
export type Selected<Clause> =
  | { readonly is: "none" }
  | { readonly is: "one"; readonly clause: Clause }
  | { readonly is: "two"; readonly clauses: readonly [Clause, Clause] };

interface Ranked<Clause> {
  readonly clause: Clause;
  readonly said: string;
  readonly from: ReadonlyMap<string, number>;
  readonly to: ReadonlyMap<string, number>;
  readonly any: { readonly from: boolean; readonly to: boolean };
}

const none: Selected<never> = { is: "none" };

/**
 * Which clause of one section applies to an issuer, a target and a type: the one with the most specific link. That it has an `on`
 * list counts most, then the ranks of both ends: `*` 0, a group 1, an individual 2.
 */
export class Selection<Clause extends { readonly link: Link }> {
  readonly #ranked: readonly Ranked<Clause>[];
  readonly #used = new Set<Clause>();
  /** Every question that two clauses tie for. */
  readonly ties: {
    readonly issuer: string;
    readonly target: string;
    readonly type: string;
    readonly clauses: readonly [Clause, Clause];
  }[] = [];
  /** By type, issuer and target. */
  readonly #known = new Map<string, Map<string, Map<string, Selected<Clause>>>>();

  /** `said`: the right-hand side as text, by which clauses are told apart. */
  constructor(principals: Principals, clauses: readonly Clause[], said: (clause: Clause) => string) {
    this.#ranked = clauses.map((clause) => ({
      clause,
      said: said(clause),
      from: ranks(principals, clause.link.from),
      to: ranks(principals, clause.link.to),
      any: { from: clause.link.from.includes("*"), to: clause.link.to.includes("*") },
    }));
  }

  of(issuer: string, target: string, type: string): Selected<Clause> {
    const known = within(within(this.#known, type), issuer);
    let selected = known.get(target);
    if (selected === undefined) {
      selected = this.#select(issuer, target, type);
      known.set(target, selected);
    }
    return selected;
  }

  #select(issuer: string, target: string, type: string): Selected<Clause> {
    let best = -1;
    let winners: Ranked<Clause>[] = [];
    for (const ranked of this.#ranked) {
      const rank = rankOf(ranked, issuer, target, type);
      if (rank < 0 || rank < best) continue;
      if (rank > best) winners = [];
      best = rank;
      winners.push(ranked);
    }
    for (const { clause } of winners) this.#used.add(clause);
    const [first, ...others] = winners;
    if (first === undefined) return none;
    const other = others.find(({ said }) => said !== first.said);
    if (other === undefined) return { is: "one", clause: first.clause };
    const clauses = [first.clause, other.clause] as const;
    this.ties.push({ issuer, target, type, clauses });
    return { is: "two", clauses };
  }

  /** Clauses that won nothing of all that was asked. */
  get unused(): readonly Clause[] {
    return this.#ranked.map(({ clause }) => clause).filter((clause) => !this.#used.has(clause));
  }
}

function ranks(principals: Principals, endpoints: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const name of endpoints)
    for (const member of principals.members(name) ?? [])
      found.set(member, Math.max(found.get(member) ?? 0, principals.isOne(name) ? 2 : 1));
  return found;
}

/** Ranks of both ends are at most 4 together. Negative: the link does not match. */
function rankOf<C extends { readonly link: Link }>(
  { clause: { link }, from, to, any }: Ranked<C>,
  issuer: string,
  target: string,
  type: string,
): number {
  if (link.on.length > 0 && !link.on.includes(type)) return -1;
  const end = (map: ReadonlyMap<string, number>, all: boolean, name: string): number =>
    map.get(name) ?? (all ? 0 : Number.NEGATIVE_INFINITY);
  const forth = end(from, any.from, issuer) + end(to, any.to, target);
  const back = link.both ? end(to, any.to, issuer) + end(from, any.from, target) : Number.NEGATIVE_INFINITY;
  return (link.on.length > 0 ? 5 : 0) + Math.max(forth, back);
}

/** The map under a key, made where there is none. */
function within<Value>(maps: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  let map = maps.get(key);
  if (map === undefined) {
    map = new Map();
    maps.set(key, map);
  }
  return map;
}
