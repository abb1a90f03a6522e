import type { NodeId } from "@eunomia/engine";
import { QuorumError } from "../errors.ts";

/**
 * The chance of each node to be in the set that is asked about (failed, or Byzantine), from 0 to 1, for one mission: not a
 * rate. One number for all, or one per node; nodes beyond those of the system are welcome.
 */
export type Chances =
  | number
  | ReadonlyMap<NodeId, number>
  | Readonly<Record<NodeId, number>>
  | ((id: NodeId) => number);

/**
 * The chance of every id, in their order.
 *
 * @throws QuorumError `chance` for a node without a chance, or one outside of 0 to 1.
 */
export function chancesOf(ids: readonly NodeId[], chances: Chances): Float64Array {
  return Float64Array.from(ids, (id) => checkChance(`chance of ${id}`, chanceOf(id, chances)));
}

function chanceOf(id: NodeId, chances: Chances): number | undefined {
  if (typeof chances === "number") return chances;
  if (typeof chances === "function") return chances(id);
  if (chances instanceof Map) return chances.get(id);
  return Object.hasOwn(chances, id) ? (chances as Readonly<Record<NodeId, number>>)[id] : undefined;
}

/** @throws QuorumError `chance` unless 0 <= chance <= 1. */
export function checkChance(title: string, chance: number | undefined): number {
  if (typeof chance !== "number" || !(chance >= 0 && chance <= 1))
    throw new QuorumError("chance", title, "a number from 0 to 1 for every node", chance);
  return chance;
}
