import type { NodeId } from "@eunomia/engine";
import {
  type CoverWitness,
  type Expr,
  intersectAll,
  quorumSystem,
  support,
  type Verdict,
} from "@eunomia/quorum-algebra";
import type { Effort } from "../effort.ts";
import { type Common, commonPart } from "./common.ts";
import { priced } from "./prices.ts";
import { sharesOfAll } from "./weights.ts";

/**
 * Do one set of each family always have a common member? As `intersectAll`, which it asks; before that, families of
 * different stakes are asked by prices, which decide most of them at any size.
 */
export function alwaysMeet(families: readonly Expr[], effort: Effort): Verdict<CoverWitness> {
  const common = commonPart(families);
  const shares = common.families.map((family) => sharesOfAll(family, common.ids));
  if (shares.every((share) => share !== null)) {
    const found = priced(shares);
    if (found?.kind === "never") return { holds: true, method: "prices" };
    if (found?.kind === "owners") {
      const quorums = parted(families, common, found.owner);
      return { holds: false, method: "prices", witness: { quorums, faults: [] } };
    }
  }
  return intersectAll(families, effort.limits, effort.engines);
}

/** One minimal set of each family: who is left out of which is known for every node. */
function parted(
  families: readonly Expr[],
  { ids, free }: Common,
  owner: readonly number[],
): readonly (readonly NodeId[])[] {
  const leftOut = new Map([...free, ...ids.map((id, v) => [id, owner[v]!] as const)]);
  return families.map((family, i) =>
    minimal(
      family,
      support(family).filter((id) => leftOut.get(id) !== i),
    ),
  );
}

/** The ids without those that the rest can do without. */
function minimal(family: Expr, ids: readonly NodeId[]): readonly NodeId[] {
  const system = quorumSystem(family);
  const kept = new Set(ids);
  if (!system.has(kept)) throw new Error("fault: the set of a witness does not satisfy its family");
  for (const id of ids) {
    kept.delete(id);
    if (!system.has(kept)) kept.add(id);
  }
  return [...kept].sort();
}
