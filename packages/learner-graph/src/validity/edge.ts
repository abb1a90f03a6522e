import type { NodeId } from "@eunomia/engine";
import { and, type Expr, normalize, or, type Unknown } from "@eunomia/quorum-algebra";
import { alwaysMeet } from "../cover/meet.ts";
import type { Effort } from "../effort.ts";
import type { Condition } from "../labels/compiled.ts";
import type { TwoShares } from "../labels/meets.ts";

/** Whether a label may stand between two families of quorums. */
export type EdgeVerdict =
  | { readonly holds: true; readonly method: string }
  | {
      readonly holds: false;
      readonly method: string;
      readonly safe: readonly NodeId[];
      readonly qa: readonly NodeId[];
      readonly qb: readonly NodeId[];
    }
  | { readonly holds: null; readonly reason: Unknown; readonly steps: number };

/** Sets at which shares of stake did not hold are ruled out one by one, so many at most. */
const refinementsMax = 200;

/**
 * Do every quorum of a and every quorum of b meet in every set for which the label holds? A set of safe acceptors is one
 * "quorum" of the label, so this asks three families for a common member.
 *
 * Shares of stake are left out at first: if quorums meet without that condition, they do with it. Otherwise the set that was
 * found is widened until one acceptor more would make the shares hold; some acceptor outside it must then be safe, which
 * is said as an expression, and the question is asked again.
 */
export function edgeHolds(qa: Expr, qb: Expr, labels: readonly Condition[], effort: Effort): EdgeVerdict {
  const shares = labels.flatMap((label) => label.shares);
  let asked = normalize(and(...labels.map(({ expr }) => expr)));
  for (let round = 0; round <= refinementsMax; round++) {
    if (asked.t === "const" && !asked.v) return { holds: true, method: "no safe set" };
    const verdict = alwaysMeet([qa, qb, asked], effort);
    if (verdict.holds !== false) return verdict;
    const [setA, setB] = verdict.witness.quorums as [readonly NodeId[], readonly NodeId[]];
    // Everybody else may as well be safe: that is the most that shares can be given.
    const common = new Set(setA.filter((id) => setB.includes(id)));
    const failed = shares.find((share) => !share.holdsWithout(common));
    if (failed === undefined)
      return { holds: false, method: verdict.method, safe: leastSafe(labels, common), qa: setA, qb: setB };
    asked = normalize(and(asked, or(...leastUnsafe(failed, common).map((id): Expr => ({ t: "node", id })))));
  }
  return { holds: null, reason: "limit", steps: refinementsMax };
}

/** A least set outside `unsafe` for which all labels hold. */
function leastSafe(labels: readonly Condition[], unsafe: ReadonlySet<NodeId>): readonly NodeId[] {
  const safe = new Set(labels.flatMap(({ support }) => support));
  const dropped = new Set([...safe].filter((id) => unsafe.has(id)));
  for (const id of dropped) safe.delete(id);
  for (const id of [...safe].sort()) {
    dropped.add(id);
    if (labels.every((label) => label.holdsWithout([...dropped]))) safe.delete(id);
    else dropped.delete(id);
  }
  return [...safe].sort();
}

/** A least part of the nodes whose lack of safety alone breaks the condition: one of them must be safe. */
function leastUnsafe(share: TwoShares, unsafe: ReadonlySet<NodeId>): readonly NodeId[] {
  const kept = new Set(share.ids.filter((id) => unsafe.has(id)));
  for (const id of [...kept]) {
    kept.delete(id);
    if (share.holdsWithout(kept)) kept.add(id);
  }
  return [...kept];
}
