import type { NodeId } from "@eunomia/engine";
import type { Answer, Limits } from "../answers.ts";
import { QuorumError } from "../errors.ts";
import { Budget } from "../limits.ts";
import { type Chances, chancesOf } from "./chances.ts";
import { type Distribution, distributionOf } from "./distribution.ts";
import type { Oracle } from "./estimate.ts";

const maxStepsDefault = 10_000_000;

/**
 * Exact unavailability of any monotone system whose nodes fall into classes of interchangeable ones: only how many of a class are
 * left matters, so the oracle is asked once per combination of counts, and for the largest class by bisection. Members of a
 * class may fail with different chances. A step is one question to the oracle, 10 000 000 by default.
 *
 * @param classes every member in exactly one list; that those of a list are interchangeable is the caller's word.
 * @throws QuorumError `shape` if a member is in no class, `duplicate-member`, `chance`.
 */
export function unavailabilityByCounts(
  system: Oracle,
  classes: readonly (readonly NodeId[])[],
  failing: Chances,
  limits: Limits = {},
): Answer<number> {
  checkClasses(system.members, classes);
  const budget = new Budget(limits, maxStepsDefault);
  const sorted = classes.filter(({ length }) => length > 0).sort((a, b) => a.length - b.length);
  const largest = sorted.pop() ?? [];
  const alive = sorted.map((ids) => aliveCounts(ids, failing));
  const ofLargest = aliveCounts(largest, failing);

  /** Fewest of the largest class that make a quorum with these; one more than there are if none do. NaN: out of budget. */
  const fewest = (others: readonly NodeId[]): number => {
    let [low, high] = [0, largest.length + 1];
    while (low < high) {
      if (!budget.spend()) return Number.NaN;
      const middle = (low + high) >>> 1;
      if (system.has([...others, ...largest.slice(0, middle)])) high = middle;
      else if (middle === largest.length) return largest.length + 1;
      else low = middle + 1;
    }
    return low;
  };
  const visit = (index: number, chosen: readonly NodeId[]): number => {
    const ids = sorted[index];
    if (ids === undefined) {
      const need = fewest(chosen);
      return Number.isNaN(need) ? need : below(ofLargest, need);
    }
    let total = 0;
    for (let count = 0; count <= ids.length && !Number.isNaN(total); count++) {
      const chance = alive[index]!.cells[count]!;
      if (chance > 0) total += chance * visit(index + 1, [...chosen, ...ids.slice(0, count)]);
    }
    return total;
  };
  const value = visit(0, []);
  if (Number.isNaN(value)) return { kind: "unknown", reason: "limit" };
  return { kind: "exact", value: Math.min(1, value), method: "counts per class" };
}

/** How many are left, from none to all. */
function aliveCounts(ids: readonly NodeId[], failing: Chances): Distribution {
  const not = chancesOf(ids, failing);
  const counts = not.map((chance) => 1 - chance);
  return distributionOf({ weights: new Array<number>(ids.length).fill(1), counts, not }, ids.length + 1);
}

function below({ cells }: Distribution, count: number): number {
  let sum = 0;
  for (let j = 0; j < count; j++) sum += cells[j]!;
  return sum;
}

function checkClasses(members: readonly NodeId[], classes: readonly (readonly NodeId[])[]): void {
  const seen = new Set<NodeId>();
  for (const id of classes.flat()) {
    if (seen.has(id)) throw new QuorumError("duplicate-member", "classes", "each member in one class", id);
    seen.add(id);
  }
  const missing = members.find((id) => !seen.has(id));
  if (missing !== undefined)
    throw new QuorumError("shape", "classes", "every member in a class", `none with ${missing}`);
}
