import type { NodeId } from "@eunomia/engine";
import { universeOf } from "../circuit/bits.ts";
import { QuorumError } from "../errors.ts";
import { and, constant, type Expr, exprOf, node, type Quorums, thresholdOf } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { restrictByzantine, restrictCrash, support } from "../expressions/transform.ts";
import { Contraction } from "./contraction.ts";
import { type Gates, gatesOf } from "./gates.ts";

/** A node and whom it wants to agree with; null: nobody knows. */
export interface FederatedNode {
  readonly id: NodeId;
  readonly quorums: Quorums | null;
}

/**
 * Nodes whose condition is not known, and nodes that others name and nobody has listed: they count as members of every condition
 * that names them, and either never answer, or are free to join any quorum (the careful choice for safety). Free nodes alone
 * are no quorum.
 */
export type UnknownPolicy = "never" | "free";

/** How a federated system reads its nodes. */
export interface FederatedOptions {
  /** "never" by default. */
  readonly unknown?: UnknownPolicy;
}

/**
 * Nodes that each have their own condition. A set is a quorum if it is not empty and meets the condition of each of its members;
 * the union of quorums is a quorum, so every set has a greatest one inside.
 */
export class FederatedSystem {
  /** Everybody that is listed or named, ascending. */
  readonly ids: readonly NodeId[];
  /** Those of `ids` whose condition nobody knows. */
  readonly unknown: readonly NodeId[];
  readonly unknownPolicy: UnknownPolicy;
  /** Per node of `ids` its condition in normal form, itself included as `standardForm` does; a constant for unknown nodes. */
  readonly conditions: readonly Expr[];
  /** The conditions compiled, for the questions of this room. */
  readonly gates: Gates;
  /** Per node of `ids` 1 if its condition is known. */
  readonly known: Uint8Array;

  /** Use `federatedSystem`. `conditions` are normal forms over the keys; null: not known. */
  constructor(conditions: ReadonlyMap<NodeId, Expr | null>, policy: UnknownPolicy) {
    const universe = universeOf(conditions.keys());
    this.ids = universe.ids;
    this.unknownPolicy = policy;
    this.unknown = this.ids.filter((id) => conditions.get(id) === null);
    this.conditions = this.ids.map((id) => conditions.get(id) ?? constant(policy === "free"));
    this.known = Uint8Array.from(this.ids, (id) => Number(conditions.get(id) !== null));
    this.gates = gatesOf(universe, this.conditions);
  }

  /** The condition of a node. @throws QuorumError `id` if there is no such node. */
  condition(id: NodeId): Expr {
    return this.conditions[this.#index(id)]!;
  }

  /** The greatest quorum among the nodes of `set` (all nodes by default), ascending; empty if there is none. Ids of nobody are passed over. */
  contract(set: Iterable<NodeId> = this.ids): readonly NodeId[] {
    const contraction = new Contraction(this.gates, this.known);
    for (const id of set) {
      const index = this.gates.universe.indexOf.get(id);
      if (index !== undefined) contraction.inside[index] = 1;
    }
    contraction.run();
    return this.ids.filter((_, v) => contraction.inside[v] === 1);
  }

  /** Does every member of the set have its condition met, and is there one? False if the set names somebody unheard of. */
  isQuorum(set: Iterable<NodeId>): boolean {
    const members = new Set(set);
    return members.size > 0 && this.contract(members).length === members.size;
  }

  /** The system after these nodes have stopped: nobody hears from them again. @throws QuorumError `id` */
  crash(ids: Iterable<NodeId>): FederatedSystem {
    return this.#without(ids, restrictCrash);
  }

  /**
   * What the others are left with when these nodes tell everybody what they like: all conditions are met by them, also those of two
   * sides that do not agree. They are gone from the system. @throws QuorumError `id`
   */
  byzantine(ids: Iterable<NodeId>): FederatedSystem {
    return this.#without(ids, restrictByzantine);
  }

  /** These nodes alone: all others never answer. @throws QuorumError `id` */
  only(ids: Iterable<NodeId>): FederatedSystem {
    const kept = new Set(ids);
    for (const id of kept) this.#index(id);
    if (kept.size === this.ids.length) return this;
    // Looks at whom the kept name, not at all that are gone: parts of large systems are cut out one by one.
    return this.#keep(kept, (expr) => {
      const gone = support(expr).filter((id) => !kept.has(id));
      return gone.length === 0 ? expr : restrictCrash(expr, gone);
    });
  }

  #without(ids: Iterable<NodeId>, restrict: typeof restrictCrash): FederatedSystem {
    const gone = new Set(ids);
    for (const id of gone) this.#index(id);
    return this.#keep(new Set(this.ids.filter((id) => !gone.has(id))), (expr) => restrict(expr, gone));
  }

  #keep(kept: ReadonlySet<NodeId>, restrict: (expr: Expr) => Expr): FederatedSystem {
    const once = memo((expr: Expr) => {
      const restricted = restrict(expr);
      return restricted === expr ? expr : normalize(restricted);
    });
    const left = [...kept].map((id) => {
      const v = this.#index(id);
      return [id, this.known[v] === 1 ? once(this.conditions[v]!) : null] as const;
    });
    return new FederatedSystem(new Map(left), this.unknownPolicy);
  }

  #index(id: NodeId): number {
    const index = this.gates.universe.indexOf.get(id);
    if (index === undefined) throw new QuorumError("id", "node", "a node of this system", id);
    return index;
  }
}

/**
 * A federated system (as Stellar's): every node says on its own whom it wants to agree with.
 *
 * @example
 * const each = majority(["a", "b", "c"]);
 * const system = federatedSystem(["a", "b", "c"].map((id) => ({ id, quorums: each })));
 * system.contract(["a", "c"]); // ["a", "c"]
 * @throws QuorumError `duplicate-member` for a node that is listed twice, `shape` for data that is no expression, `weight`.
 */
export function federatedSystem(
  nodes: readonly FederatedNode[],
  options: FederatedOptions = {},
): FederatedSystem {
  const listed = new Map<NodeId, Expr | null>();
  for (const { id, quorums } of nodes) {
    if (listed.has(node(id) && id)) throw new QuorumError("duplicate-member", "nodes", "each node once", id);
    listed.set(id, quorums === null ? null : exprOf(quorums));
  }
  const supportOf = memo((expr: Expr) => new Set(support(expr)));
  const named = new Set([...listed.values()].flatMap((expr) => (expr === null ? [] : [...supportOf(expr)])));
  const normal = memo(normalize);
  const conditions = new Map<NodeId, Expr | null>();
  for (const [id, expr] of listed)
    conditions.set(
      id,
      // A condition that many watchers share stays shared: whom nobody names needs no standard form.
      expr === null
        ? null
        : !named.has(id) || supportOf(expr).has(id)
          ? normal(expr)
          : standardForm(id, expr),
    );
  for (const id of named) if (!conditions.has(id)) conditions.set(id, null);
  return new FederatedSystem(conditions, options.unknown ?? "never");
}

/**
 * The condition with the node itself among those that it counts: says the same of every set that the node is in, and lets nodes that
 * name each other but not themselves have one common condition. Weighted conditions stay as they are.
 *
 * @example
 * standardForm("a", threshold(["b", "c"], 1)); // as threshold(["a", "b", "c"], 2)
 */
export function standardForm(id: NodeId, condition: Expr): Expr {
  const normal = normalize(condition);
  if (normal.t === "const" || normal.t === "wthr" || support(normal).includes(id)) return normal;
  if (normal.t === "node") return normalize(and(node(id), normal));
  return normalize(thresholdOf(normal.k + 1, [node(id), ...normal.of]));
}

function memo<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = make(key);
    known.set(key, made);
    return made;
  };
}
