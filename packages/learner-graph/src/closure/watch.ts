import type { LearnerId, NodeId, QuorumTracker } from "@eunomia/engine";
import type { Condition } from "../labels/compiled.ts";
import type { Model } from "../model/model.ts";
import { type Components, componentsOf } from "./components.ts";

/** Follows one growing set of caught acceptors. Each label is a count that falls node by node. */
export interface Watch {
  /** One acceptor more was caught; true if that parts somebody. Others than acceptors, and the same again, do nothing. */
  caught(id: NodeId): boolean;
  /** As `connected`, for everybody caught so far. */
  readonly groups: readonly (readonly LearnerId[])[];
}

/** Labels by the acceptors they depend on, so that catching one touches only those. */
export function watchOf(model: Model, labels: readonly Condition[]): Watch {
  const byAcceptor = new Map<NodeId, number[]>(model.acceptors.map((id) => [id, []]));
  labels.forEach(({ support }, number) => {
    for (const id of support) byAcceptor.get(id)!.push(number);
  });
  const trackers: readonly QuorumTracker[] = labels.map((label) => label.tracker());
  const unsafe = new Set<NodeId>();
  const truth = labels.map((label) => label.holdsWithout([]));
  let components: Components = componentsOf(model, (label) => truth[label]!);
  return {
    caught(id) {
      const touched = byAcceptor.get(id);
      if (touched === undefined || unsafe.has(id)) return false;
      unsafe.add(id);
      let fell = false;
      for (const number of touched) {
        if (!truth[number]) continue;
        const tracker = trackers[number]!;
        tracker.refuse(id);
        truth[number] =
          tracker.answer !== "lost" && labels[number]!.shares.every((share) => share.holdsWithout(unsafe));
        fell ||= !truth[number];
      }
      if (!fell) return false;
      const before = components;
      components = componentsOf(model, (label) => truth[label]!);
      return before.group.some((group, v) => group !== components.group[v]);
    },
    get groups() {
      return components.lists;
    },
  };
}
