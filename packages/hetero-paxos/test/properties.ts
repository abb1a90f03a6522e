import { toHex } from "@eunomia/codec";
import type { ScheduleProperty, ScheduleView } from "@eunomia/conformance";
import type { LearnerGraph, NodeId } from "@eunomia/engine";
import type { NodeOutput } from "../src/index.ts";

/** Learners that must agree decide alike, at every process and in all its lives; nobody is convicted, nothing is refused. */
export const agreement = (graph: LearnerGraph): ScheduleProperty => ({
  name: "connected learners agree, and honest acceptors are never convicted",
  start: () => {
    const decided = new Map<string, string>();
    return {
      output: (process, value) => {
        const output = value as NodeOutput;
        if (output.kind === "evidence" || output.kind === "alarm")
          return `${process} puts out ${output.kind}`;
        if (output.kind === "refused") return `${process} refuses: ${output.reason}`;
        if (output.kind !== "decided") return null;
        const { learner, slot } = output;
        const text = toHex(output.value);
        for (const other of graph.learners) {
          const known = decided.get(`${slot} ${other}`);
          if (known === undefined || known === text || !graph.isSafeSet(learner, other, graph.acceptors))
            continue;
          return `slot ${slot}: ${learner} decides ${text} at ${process}, ${other} had ${known}`;
        }
        decided.set(`${slot} ${learner}`, text);
        return null;
      },
    };
  },
});

const names = (view: ScheduleView, process: NodeId, kind: "decided" | "stuck"): string[] =>
  (view.outputs(process) as NodeOutput[]).flatMap((output) =>
    output.kind === kind && "learner" in output ? [`${output.slot} ${output.learner}`] : [],
  );

/** Has the process a decision of every learner in every slot, or said why not? */
export function isThrough(
  view: ScheduleView,
  process: NodeId,
  graph: LearnerGraph,
  slots: readonly number[],
): boolean {
  const told = new Set([...names(view, process, "decided"), ...names(view, process, "stuck")]);
  return slots.every((slot) => graph.learners.every((learner) => told.has(`${slot} ${learner}`)));
}

/** Learners that were called stuck, by slot; and those of them that decided all the same. */
export function stuckIn(
  view: ScheduleView,
  processes: readonly NodeId[],
): { stuck: string[]; wrongly: string[] } {
  const of = (kind: "decided" | "stuck") =>
    new Set(processes.flatMap((process) => names(view, process, kind)));
  const stuck = [...of("stuck")];
  const decided = of("decided");
  return { stuck, wrongly: stuck.filter((name) => decided.has(name)) };
}
