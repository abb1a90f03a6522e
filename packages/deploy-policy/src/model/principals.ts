import type { KeyKind } from "@eunomia/engine";
import { type Expr, node, parse, QuorumSyntaxError } from "@eunomia/quorum-algebra";
import type { Deployment, FaultClause, Place } from "../text/ast.ts";

/** A name that means nothing, and where it stands. */
export interface Stranger {
  readonly name: string;
  readonly section: string;
  readonly at: Place;
}

/** Who there is: individuals with their keys, and the names that the spec has for them. */
export class Principals {
  readonly strangers: Stranger[] = [];
  /** Names that are given a second time. */
  readonly twice: { readonly name: string; readonly at: Place }[] = [];
  readonly #keys = new Map<string, Set<KeyKind>>();
  readonly #roles = new Map<string, string>();
  readonly #groups = new Map<string, readonly string[]>();

  constructor({ principals }: Pick<Deployment, "principals">) {
    for (const clause of principals) {
      if (clause.is === "keys") for (const name of clause.names) this.#hold(name, clause.keys, clause.at);
      else this.#bind(clause.name, clause.is, clause.is === "role" ? [clause.of] : clause.of, clause.at);
    }
  }

  /** An individual may be named again with further keys. */
  #hold(name: string, keys: readonly KeyKind[], at: Place): void {
    if (this.members(name) !== null && !this.#keys.has(name)) this.twice.push({ name, at });
    const held = this.#keys.get(name) ?? new Set();
    for (const key of keys) held.add(key);
    this.#keys.set(name, held);
  }

  /** A name has to be known before it can be part of another one, so none can contain itself. */
  #bind(name: string, is: "role" | "group", of: readonly string[], at: Place): void {
    if (this.members(name) !== null) this.twice.push({ name, at });
    const members = new Set<string>();
    for (const part of of) {
      const known = this.members(part);
      if (known === null) this.strangers.push({ name: part, section: "Principals", at });
      for (const member of known ?? []) members.add(member);
    }
    const alone = of[0]!;
    if (is === "role" && !this.#groups.has(alone)) this.#roles.set(name, this.#roles.get(alone) ?? alone);
    else this.#groups.set(name, [...members]);
  }

  /** Every individual, in the order of the text. */
  get individuals(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /** The individuals that a name stands for; null: nobody knows it. */
  members(name: string): readonly string[] | null {
    if (this.#keys.has(name)) return [name];
    const role = this.#roles.get(name);
    return role === undefined ? (this.#groups.get(name) ?? null) : [role];
  }

  /** A group that consists of exactly these; null: there is none. */
  nameOf(individuals: readonly string[]): string | null {
    const all = new Set(individuals);
    for (const [name, members] of this.#groups)
      if (members.length === all.size && members.every((member) => all.has(member))) return name;
    return null;
  }

  /** Individuals and roles, in contrast to groups. */
  isOne(name: string): boolean {
    return this.#keys.has(name) || this.#roles.has(name);
  }

  /** A BLS key with its proof of possession is a BLS key. */
  holds(name: string, key: KeyKind): boolean {
    const held = this.#keys.get(name);
    return held !== undefined && (held.has(key) || (key === "bls" && held.has("bls-pop")));
  }

  /**
   * The condition that the text of a quorum stands for, groups as lists. A string says what is wrong with it, a stranger that
   * it names nobody.
   */
  quorum(text: string): Expr | string {
    const one = this.isOne(text) ? this.members(text)! : null;
    if (one !== null) return node(one[0]!);
    const roles = [...this.#roles].map(([name, of]) => [name, node(of)] as const);
    try {
      return parse(text, Object.fromEntries([...this.#groups, ...roles]));
    } catch (error) {
      if (error instanceof QuorumSyntaxError)
        return `expected ${error.expected.join(" or ")}, got ${error.got}`;
      throw error;
    }
  }
}

/** How many of a set may be faulty at once, by the bounds of [Faults]. */
export class Faults {
  readonly #bounds: readonly {
    readonly of: ReadonlySet<string>;
    readonly kind: FaultClause["kind"];
    readonly most: number;
  }[];

  constructor(principals: Principals, clauses: readonly FaultClause[]) {
    this.#bounds = clauses.map(({ of, kind, most }) => ({
      of: new Set(("name" in of ? [of.name] : of.set).flatMap((name) => principals.members(name) ?? [])),
      kind,
      most,
    }));
  }

  /** The smallest bound of each kind that covers the whole set, added up; without any: all of them. */
  within(set: readonly string[]): number {
    const covering = this.#bounds.filter(({ of }) => set.every((member) => of.has(member)));
    if (covering.length === 0) return set.length;
    const least = (kind: FaultClause["kind"]): number => {
      const bounds = covering.filter((bound) => bound.kind === kind).map(({ most }) => most);
      return bounds.length === 0 ? 0 : Math.min(...bounds);
    };
    return Math.min(set.length, least("crash") + least("byzantine"));
  }
}
