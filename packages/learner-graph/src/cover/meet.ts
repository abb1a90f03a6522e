import type { NodeId } from "@eunomia/engine";
import { type Expr, neverCovered, quorumSystem, support, type Unknown } from "@eunomia/quorum-algebra";
import type { Effort } from "../effort.ts";
import { type Common, commonPart } from "./common.ts";
import { priced, sharesOf } from "./weights.ts";

/** Whether one set of each family always have a common member; if not, one set of each that have none, minimal. */
export type Meeting =
  | { readonly holds: true; readonly method: string }
  | { readonly holds: false; readonly method: string; readonly sets: readonly (readonly NodeId[])[] }
  | { readonly holds: null; readonly reason: Unknown; readonly steps: number };

/** Do one set of each family always have a common member? */
export function alwaysMeet(families: readonly Expr[], effort: Effort): Meeting {
  const common = commonPart(families);
  const shares = common.families.map((family) => sharesOf(family, common.ids));
  if (shares.every((share) => share !== null)) {
    const found = priced(shares);
    if (found?.kind === "never") return { holds: true, method: "prices" };
    if (found?.kind === "owners")
      return parted(families, common, "prices", (id, i) => found.owner[common.ids.indexOf(id)] === i);
  }
  const verdict = neverCovered(common.families, [], effort.limits);
  if (verdict.holds !== false) return verdict;
  const sets = verdict.witness.quorums.map((quorum) => new Set(quorum));
  return parted(families, common, verdict.method, (id, i) => !sets[i]!.has(id));
}

/** A witness over all nodes: who is left out of which set is known for every one of them. */
function parted(
  families: readonly Expr[],
  common: Common,
  method: string,
  leftOut: (id: NodeId, family: number) => boolean,
): Meeting {
  const sets = families.map((family, i) =>
    minimal(
      family,
      support(family).filter((id) => (common.free.has(id) ? common.free.get(id) !== i : !leftOut(id, i))),
    ),
  );
  return { holds: false, method, sets };
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
