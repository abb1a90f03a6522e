import type { NodeId } from "@eunomia/engine";
import type { CoverWitness } from "../answers.ts";
import { type Universe, universeOf } from "../circuit/bits.ts";
import { compile } from "../circuit/circuit.ts";
import { emptySet } from "../circuit/evaluate.ts";
import type { Expr } from "../expressions/expr.ts";
import { support } from "../expressions/transform.ts";

/**
 * The quorums and fault sets behind an assignment of every node to a family that does without it. The first `quorumCount`
 * families are quorums, the others what fault sets leave. Checked with the families themselves: an assignment that does not
 * hold water would be our fault, or that of an injected solver.
 */
export function witnessOf(
  families: readonly Expr[],
  quorumCount: number,
  owner: ReadonlyMap<NodeId, number>,
): CoverWitness {
  const universe = universeOf(families.flatMap(support));
  const kept = families.map((family, number) =>
    minimalWithin(
      family,
      universe,
      universe.ids.filter((id) => owner.get(id) !== number),
    ),
  );
  const quorums = kept.slice(0, quorumCount);
  const common = universe.ids.filter((id) => quorums.every((quorum) => quorum.includes(id)));
  const faults = families
    .slice(quorumCount)
    .map((_, index) => common.filter((id) => owner.get(id) === quorumCount + index));
  return { quorums, faults };
}

/** Drops every node that the rest can do without. */
export function minimalWithin(family: Expr, universe: Universe, ids: readonly NodeId[]): readonly NodeId[] {
  const circuit = compile(family, universe);
  const set = emptySet(circuit);
  for (const id of ids) set.insert(universe.indexOf.get(id)!);
  if (!set.holds()) throw new Error("fault: the quorum of a witness is none");
  return ids.filter((id) => {
    const index = universe.indexOf.get(id)!;
    set.remove(index);
    if (set.holds()) return false;
    set.insert(index);
    return true;
  });
}
