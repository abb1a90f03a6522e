import { mapGet, mapSet, type SortedMap } from "@eunomia/codec";
import type { NodeId, QuorumSystem } from "@eunomia/engine";

/** Learner to the highest slot that it called stable. */
export type StableReports = SortedMap<NodeId, number>;

/** The highest slot that a retiring set of learners calls stable once `from` reports `slot`; 0 if there is none. */
export function stableFloor(
  retire: QuorumSystem,
  reports: Readonly<StableReports>,
  from: NodeId,
  slot: number,
): number {
  const reported = (learner: NodeId): number =>
    Math.max(learner === from ? slot : 0, mapGet(reports, learner) ?? 0);
  return retire.members
    .map(reported)
    .filter((candidate) => retire.has(retire.members.filter((learner) => reported(learner) >= candidate)))
    .reduce((highest, candidate) => Math.max(highest, candidate), 0);
}

export function noteStable(reports: StableReports, from: NodeId, slot: number): void {
  mapSet(reports, from, Math.max(slot, mapGet(reports, from) ?? 0));
}
