import type { NodeId } from "@eunomia/engine";
import type { Answer } from "../answers.ts";
import { exprOf, type Quorums } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { support } from "../expressions/transform.ts";
import type { ChanceOptions } from "./answer.ts";
import { unavailability } from "./availability.ts";
import { type Chances, chancesOf, checkChance } from "./chances.ts";
import type { FailureGroup } from "./groups.ts";
import { unsafety } from "./unsafety.ts";

/** What may happen to nodes. They are correct with the chance that is left. */
export interface MixedFaults {
  /** The node stops. */
  readonly crash: Chances;
  /** The node does what it likes: it may also stay silent. */
  readonly byzantine: Chances;
}

/** Groups by what happens to their members when they fail: a provider stops, a program is subverted. */
export interface ReliabilityOptions extends Omit<ChanceOptions, "groups"> {
  readonly crashGroups?: readonly FailureGroup[];
  readonly byzantineGroups?: readonly FailureGroup[];
}

/** How safe and how live a system is, side by side. */
export interface Reliability {
  /** The chance that two quorums can be made to disagree. */
  readonly unsafety: Answer<number>;
  /** The chance that no quorum answers. */
  readonly unavailability: Answer<number>;
  /** Nines (as `nines`) that are certain: those of the upper bound where there are bounds; null where nothing is known. */
  readonly safetyNines: number | null;
  readonly livenessNines: number | null;
}

/**
 * Safety depends on Byzantine nodes alone, liveness on all that do not answer: larger quorums buy nines of the one
 * with nines of the other.
 *
 * @example
 * reliability(threshold(["a", "b", "c", "d"], 3), { crash: 0.01, byzantine: 0.001 });
 * @throws QuorumError as `availability`; `chance` if the two chances of a node exceed 1 together.
 */
export function reliability(
  system: Quorums,
  { crash, byzantine }: MixedFaults,
  options: ReliabilityOptions = {},
): Reliability {
  const { crashGroups = [], byzantineGroups = [], ...limits } = options;
  const ids = support(normalize(exprOf(system)));
  const crashes = chancesOf(ids, crash);
  const lies = chancesOf(ids, byzantine);
  const silent = new Map<NodeId, number>(
    ids.map((id, i) => [id, checkChance(`crash and byzantine chance of ${id}`, crashes[i]! + lies[i]!)]),
  );
  const dead = unavailability(system, silent, { ...limits, groups: [...crashGroups, ...byzantineGroups] });
  const split = unsafety(system, byzantine, { ...limits, groups: byzantineGroups });
  return {
    unsafety: split,
    unavailability: dead,
    safetyNines: certainNines(split),
    livenessNines: certainNines(dead),
  };
}

/** How many nines the complement of a small chance has: 0.001 has 3, 0.0005 has 3.3; 0 has infinitely many. */
export function nines(chance: number): number {
  return 0 - Math.log10(checkChance("chance", chance));
}

function certainNines(answer: Answer<number>): number | null {
  if (answer.kind === "unknown") return null;
  return nines(answer.kind === "exact" ? answer.value : answer.high);
}
