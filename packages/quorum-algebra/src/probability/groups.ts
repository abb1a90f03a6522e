import type { NodeId } from "@eunomia/engine";
import { QuorumError } from "../errors.ts";
import { and, type Expr, node, thresholdOf, weightedOf } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { support } from "../expressions/transform.ts";
import { type Chances, chancesOf, checkChance } from "./chances.ts";

/** What fails as one: a provider, a country, a program. Its members fail when it fails, beside their own failures. */
export interface FailureGroup {
  /** Another id than that of any node or group. */
  readonly id: NodeId;
  readonly members: readonly NodeId[];
  /** The chance that the whole group fails, from 0 to 1. */
  readonly chance: number;
}

/**
 * The expression in which a group is one node more: a member holds if it and its groups do. A group that contains whole gates
 * is multiplied in outside of them, so that nested groups leave a read-once tree one.
 *
 * @throws QuorumError `duplicate-member` if a group has the id of a node or of another group, `chance`, `empty` without members.
 */
export function withGroups(expr: Expr, groups: readonly FailureGroup[]): Expr {
  if (groups.length === 0) return expr;
  const normal = normalize(expr);
  const groupsOf = memberships(normal, groups);
  if (groupsOf.size === 0) return normal;
  const done = new Map<Expr, Grouped>();
  const visit = (e: Expr): Grouped => {
    const known = done.get(e);
    if (known !== undefined) return known;
    const made = build(e);
    done.set(e, made);
    return made;
  };
  const build = (e: Expr): Grouped => {
    if (e.t === "node") return { expr: e, groups: groupsOf.get(e.id) ?? none };
    if (e.t === "const") return { expr: e, groups: none };
    const children = e.t === "thr" ? e.of.map(visit) : e.of.map(([, child]) => visit(child));
    const isAnd = e.t === "thr" && e.k === e.of.length;
    const all = children.flatMap((child) => [...child.groups]);
    const common = new Set(all.filter((id) => isAnd || children.every((child) => child.groups.has(id))));
    const inside = children.map((child) => close(child, common));
    return {
      expr:
        e.t === "thr"
          ? thresholdOf(e.k, inside)
          : weightedOf(
              e.k,
              e.of.map(([weight], i) => [weight, inside[i]!] as const),
            ),
      groups: common,
    };
  };
  return close(visit(normal), none);
}

interface Grouped {
  readonly expr: Expr;
  /** Groups that must hold besides, for all of `expr`. */
  readonly groups: ReadonlySet<NodeId>;
}

const none: ReadonlySet<NodeId> = new Set();

/** The expression with its groups, but for those that are asked for outside. */
function close({ expr, groups }: Grouped, outside: ReadonlySet<NodeId>): Expr {
  const here = [...groups].filter((id) => !outside.has(id));
  return here.length === 0 ? expr : and(expr, ...here.map(node));
}

/** Which groups each node is in. */
function memberships(expr: Expr, groups: readonly FailureGroup[]): ReadonlyMap<NodeId, ReadonlySet<NodeId>> {
  const nodes = support(expr);
  checkGroups(nodes, groups);
  const found = new Map<NodeId, Set<NodeId>>();
  for (const id of nodes) {
    const own = groups.filter(({ members }) => members.includes(id)).map((group) => group.id);
    if (own.length > 0) found.set(id, new Set(own));
  }
  return found;
}

/** @throws QuorumError as `withGroups`. */
export function checkGroups(nodes: readonly NodeId[], groups: readonly FailureGroup[]): void {
  const taken = new Set(nodes);
  for (const { id, members, chance } of groups) {
    checkChance(`chance of ${id}`, chance);
    if (taken.has(id)) throw new QuorumError("duplicate-member", "group", "an id of its own", id);
    taken.add(id);
    if (members.length === 0)
      throw new QuorumError("empty", "members", "at least one member of the group", members);
  }
}

/** The chances of nodes and groups together. */
export function chancesWith(failing: Chances, groups: readonly FailureGroup[]): Chances {
  if (groups.length === 0) return failing;
  const ofGroup = new Map(groups.map(({ id, chance }) => [id, chance]));
  return (id) => ofGroup.get(id) ?? chancesOf([id], failing)[0]!;
}
