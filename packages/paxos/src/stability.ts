import { mapGet, mapSet } from "@eunomia/codec";
import type { NodeId, QuorumSystem } from "@eunomia/engine";
import { node, quorumSystem, thresholdOf } from "@eunomia/quorum-algebra";
import { mustBeDistinct, mustBeInteger, PaxosConfigError } from "./errors.ts";

/** Learner to the highest slot it called stable. */
export interface StableReports {
  keys: NodeId[];
  values: number[];
}

/** The sets of learners that may retire a slot: f+1 of them, so that one which holds the slot survives (section 4.6). */
export function retiringSets(learners: readonly NodeId[], f: number): QuorumSystem {
  mustBeInteger("f", f, 0);
  mustBeDistinct("learners", learners);
  if (learners.length < f + 1)
    throw new PaxosConfigError(
      "too-few-learners",
      "learners",
      `at least f+1 = ${f + 1} processes`,
      String(learners.length),
    );
  return quorumSystem(
    thresholdOf(
      f + 1,
      learners.map((learner) => node(learner)),
    ),
  );
}

/** The highest slot above `floor` that a retiring set calls stable, if `from` now reports `slot`; `floor` if there is none. */
export function stableFloor(
  retiring: QuorumSystem,
  reports: Readonly<StableReports>,
  from: NodeId,
  slot: number,
  floor: number,
): number {
  const { members } = retiring;
  let best = floor;
  for (const learner of members) {
    const candidate = reported(reports, learner, from, slot);
    if (
      candidate > best &&
      retiring.has(members.filter((other) => reported(reports, other, from, slot) >= candidate))
    )
      best = candidate;
  }
  return best;
}

function reported(reports: Readonly<StableReports>, learner: NodeId, from: NodeId, slot: number): number {
  const before = mapGet(reports, learner) ?? 0;
  return learner === from ? Math.max(slot, before) : before;
}

export function noteStable(reports: StableReports, from: NodeId, slot: number): void {
  if (slot > (mapGet(reports, from) ?? 0)) mapSet(reports, from, slot);
}
