import type { NodeId } from "@eunomia/engine";
import type { Expr } from "@eunomia/quorum-algebra";

/** A family as weights that it may do without: every set of nodes that weighs at most `slack` can be left out. */
export interface Shares {
  /** One per node of the common list. */
  readonly weights: readonly bigint[];
  readonly slack: bigint;
}

/** The family as weights; null unless it is one flat gate. Nodes that it does not know weigh nothing. */
export function sharesOf(family: Expr, ids: readonly NodeId[]): Shares | null {
  const weights = new Map<NodeId, bigint>();
  let total = 0n;
  const add = (weight: bigint, child: Expr): boolean => {
    if (child.t !== "node") return false;
    weights.set(child.id, (weights.get(child.id) ?? 0n) + weight);
    total += weight;
    return true;
  };
  let need = 1n;
  if (family.t === "node") add(1n, family);
  else if (family.t === "thr") {
    need = BigInt(family.k);
    if (!family.of.every((child) => add(1n, child))) return null;
  } else if (family.t === "wthr") {
    need = family.k;
    if (!family.of.every(([weight, child]) => add(weight, child))) return null;
  } else return null;
  return { weights: ids.map((id) => weights.get(id) ?? 0n), slack: total - need };
}

/** The family as several flat gates of which all must hold; null unless it is that. One gate is the usual case. */
export function sharesOfAll(family: Expr, ids: readonly NodeId[]): readonly Shares[] | null {
  const one = sharesOf(family, ids);
  if (one !== null) return [one];
  if (family.t !== "thr" || family.k < family.of.length) return null;
  const all: Shares[] = [];
  for (const part of family.of) {
    const shares = sharesOf(part, ids);
    if (shares === null) return null;
    all.push(shares);
  }
  return all;
}
