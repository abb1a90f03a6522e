import type { NodeId } from "@eunomia/engine";
import { compile } from "../circuit/circuit.ts";
import { interchangeableNodes } from "../circuit/classes.ts";
import { exprOf, type Quorums } from "../expressions/expr.ts";

/**
 * Nodes that can be swapped for one another without changing what is a quorum, as far as the normal form shows: those that
 * the same gates name, with the same weights. Of a class it matters only how many members are in a set. Members ascending,
 * classes by their first member; nodes that are like no other form classes of one.
 *
 * @example
 * interchangeable(parse("majority(a1..a3) & b")); // [["a1", "a2", "a3"], ["b"]]
 */
export function interchangeable(quorums: Quorums): readonly (readonly NodeId[])[] {
  const circuit = compile(exprOf(quorums));
  const { ids } = circuit.universe;
  if (circuit.constant !== null) return [];
  return interchangeableNodes([circuit]).map((members) => members.map((index) => ids[index]!));
}
