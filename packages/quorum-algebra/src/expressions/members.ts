import type { NodeId } from "@eunomia/engine";
import type { Expr } from "./expr.ts";

/**
 * What a name of the text may stand for: a list of nodes or weights per node (where a list of members is expected), or an
 * expression (anywhere). A name that is not bound is a node.
 */
export type Group = readonly NodeId[] | ReadonlyMap<NodeId, bigint> | Expr;
/** Groups by the name under which quorum texts speak of them. */
export type Groups = Readonly<Record<string, Group>>;

export function bound(groups: Groups, name: string): Group | undefined {
  return Object.hasOwn(groups, name) ? groups[name] : undefined;
}

export function isList(group: Group | undefined): group is readonly NodeId[] | ReadonlyMap<NodeId, bigint> {
  return group !== undefined && (Array.isArray(group) || group instanceof Map);
}

/** Nodes of a list with their weights; null stands for a weight that was not given. */
export function listMembers(
  list: readonly NodeId[] | ReadonlyMap<NodeId, bigint>,
): [NodeId, bigint | null][] {
  if (list instanceof Map) return [...list];
  return [...(list as readonly NodeId[])].map((id) => [id, null]);
}

/** A range longer than this is a slip of the pen. */
const rangeMax = 10_000;

/**
 * The ids from `first` to `last`, both included: single letters (`a..e`), or one prefix with growing numbers (`n1..n12`; with
 * leading zeros both numbers need the same width). Null: no such range.
 */
export function expandRange(first: string, last: string): NodeId[] | null {
  if (/^[A-Za-z]$/.test(first) && /^[A-Za-z]$/.test(last)) {
    const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)];
    // Upper case ends before lower case begins: a range across would take in other signs.
    if (from > to || /[A-Z]/.test(first) !== /[A-Z]/.test(last)) return null;
    return Array.from({ length: to - from + 1 }, (_, i) => String.fromCharCode(from + i));
  }
  const [, prefix, low] = /^(.*?)([0-9]{1,9})$/.exec(first) ?? [];
  const [, otherPrefix, high] = /^(.*?)([0-9]{1,9})$/.exec(last) ?? [];
  if (prefix === undefined || prefix !== otherPrefix || low === undefined || high === undefined) return null;
  const padded = low.length > 1 && low.startsWith("0");
  if (padded ? low.length !== high.length : high.length > 1 && high.startsWith("0")) return null;
  const count = Number(high) - Number(low) + 1;
  if (count < 1 || count > rangeMax) return null;
  const width = padded ? low.length : 0;
  return Array.from({ length: count }, (_, i) => prefix + String(Number(low) + i).padStart(width, "0"));
}
