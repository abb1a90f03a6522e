import type { Deployment, Link, Stage } from "@eunomia/deploy-policy";
import { type Expr, parse } from "@eunomia/quorum-algebra";

export function keysOf({ principals }: Deployment, who: string): readonly string[] {
  return principals.flatMap((clause) =>
    clause.is === "keys" && clause.names.includes(who) ? clause.keys : [],
  );
}

export const everybody = ({ principals }: Deployment): readonly string[] => [
  ...new Set(principals.flatMap((clause) => (clause.is === "keys" ? clause.names : []))),
];

/** Names that were looked up: all that is remembered. */
const looked = new WeakMap<Deployment, Map<string, readonly string[]>>();

export function who(d: Deployment, name: string): readonly string[] {
  const names = looked.get(d) ?? new Map<string, readonly string[]>();
  looked.set(d, names);
  const people = names.get(name) ?? lookUp(d, name);
  names.set(name, people);
  return people;
}

function lookUp(d: Deployment, name: string): readonly string[] {
  if (everybody(d).includes(name)) return [name];
  for (const clause of d.principals) {
    if (clause.is === "role" && clause.name === name) return who(d, clause.of);
    if (clause.is === "group" && clause.name === name) return clause.of.flatMap((part) => who(d, part));
  }
  return [];
}

const isGroup = (d: Deployment, name: string): boolean =>
  d.principals.some((clause) => clause.is === "group" && clause.name === name);

export function place(d: Deployment, names: string): readonly string[] {
  if (names === "NOONE") return [];
  if (names === "ANYONE") return everybody(d);
  return [...new Set(names.split(" + ").flatMap((name) => who(d, name)))];
}

export function quorum(d: Deployment, text: string): Expr {
  const groups: Record<string, Expr | readonly string[]> = {};
  for (const clause of d.principals)
    if (clause.is === "group") groups[clause.name] = clause.of;
    else if (clause.is === "role") groups[clause.name] = parse(clause.of);
  return parse(text, groups);
}

export function meets(set: readonly string[], expr: Expr): boolean {
  switch (expr.t) {
    case "node":
      return set.includes(expr.id);
    case "const":
      return expr.v;
    case "thr":
      return expr.of.filter((child) => meets(set, child)).length >= expr.k;
    case "wthr":
      return expr.of.reduce((sum, [w, child]) => sum + (meets(set, child) ? w : 0n), 0n) >= expr.k;
  }
}

export function subsets(of: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: 2 ** of.length }, (_, bits) => of.filter((_, at) => (bits >> at) % 2 === 1));
}

export const entails = (d: Deployment, a: Expr, b: Expr): boolean =>
  subsets(everybody(d)).every((set) => !meets(set, a) || meets(set, b));

/** Rank of a link, or null if it does not match. */
function rank(d: Deployment, link: Link, i: string, t: string, type: string): number | null {
  if (link.on.length > 0 && !link.on.includes(type)) return null;
  const end = (names: readonly string[], person: string): number | null => {
    const ranks = names
      .filter((name) => name === "*" || who(d, name).includes(person))
      .map((name) => (name === "*" ? 0 : isGroup(d, name) ? 1 : 2));
    return ranks.length === 0 ? null : Math.max(...ranks);
  };
  const ways: number[] = [];
  const add = (a: number | null, b: number | null): void => {
    if (a !== null && b !== null) ways.push(a + b);
  };
  add(end(link.from, i), end(link.to, t));
  if (link.both) add(end(link.to, i), end(link.from, t));
  if (ways.length === 0) return null;
  return (link.on.length > 0 ? 100 : 0) + Math.max(...ways);
}

/** The right-hand side that applies; undefined: none does; "tie": two do. */
function applies<Says>(
  d: Deployment,
  clauses: readonly { readonly link: Link; readonly says: Says }[],
  i: string,
  t: string,
  type: string,
): Says | undefined | "tie" {
  const ranked = clauses.map(({ link, says }) => ({ says, rank: rank(d, link, i, t, type) }));
  const best = ranked.reduce((most, one) => Math.max(most, one.rank ?? -1), -1);
  const winners = ranked.filter((one) => best >= 0 && one.rank === best).map(({ says }) => says);
  if (new Set(winners.map((says) => JSON.stringify(says))).size > 1) return "tie";
  return winners[0];
}

export const suitesFor = (
  d: Deployment,
  room: "authentication" | "nonRepudiation",
  i: string,
  t: string,
  type: string,
) =>
  applies(
    d,
    d[room].map(({ link, alternatives }) => ({ link, says: alternatives })),
    i,
    t,
    type,
  );

export function channel(d: Deployment, from: string, to: string, type: string): string {
  const says = applies(
    d,
    d.channels.map((clause) => ({ link: clause.link, says: clause.channel })),
    from,
    to,
    type,
  );
  return says ?? "open";
}

export function stages(d: Deployment, i: string, v: string, type: string): readonly Stage[] | "tie" {
  const direct: Stage = { policy: "DIRECT", withinMs: null, final: false };
  const says = applies(
    d,
    d.dissemination.map((clause) => ({ link: clause.link, says: clause.stages })),
    i,
    v,
    type,
  );
  if (says === "tie") return "tie";
  if (says === undefined) return [direct];
  const last = says.at(-1)!;
  return last.final || last.policy === "DIRECT" ? says : [...says, direct];
}

export const expressionNames = (expr: Expr): readonly string[] =>
  expr.t === "node"
    ? [expr.id]
    : expr.t === "thr"
      ? expr.of.flatMap(expressionNames)
      : expr.t === "wthr"
        ? expr.of.flatMap(([, child]) => expressionNames(child))
        : [];

/** How many of a set may be faulty. */
export function faulty(d: Deployment, set: readonly string[]): number {
  const covering = d.faults.filter(({ of }) => {
    const names = "name" in of ? who(d, of.name) : of.set.flatMap((name) => who(d, name));
    return set.every((one) => names.includes(one));
  });
  if (covering.length === 0) return set.length;
  const least = (kind: string): number =>
    covering
      .filter((one) => one.kind === kind)
      .reduce((m, { most }) => Math.min(m, most), Number.POSITIVE_INFINITY);
  const [crash, byzantine] = [least("crash"), least("byzantine")];
  return Math.min(set.length, (crash === Infinity ? 0 : crash) + (byzantine === Infinity ? 0 : byzantine));
}
