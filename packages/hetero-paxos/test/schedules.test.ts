import { toHex, utf8Encode } from "@eunomia/codec";
import {
  describeFailure,
  runSchedules,
  type ScheduleProperty,
  type ScheduleReport,
} from "@eunomia/conformance";
import { type LearnerGraph, learnerGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import type { NodeOutput } from "../src/index.ts";
import { cluster, learnerNames, proposerNames } from "./cluster.ts";
import { examples } from "./examples.ts";

/** Schedules per configuration; a longer campaign sets HETERO_PAXOS_SCHEDULES. */
const count = Number(process.env.HETERO_PAXOS_SCHEDULES ?? 30);
const faults = { loss: 0.1, duplication: 0.1, crash: 0.03, compact: 0.02 };
const slots = [1, 2, 3];

/** Learners that must agree decide alike, at every process and in all its lives; nobody is convicted, nobody raises an alarm. */
export const agreement = (graph: LearnerGraph): ScheduleProperty => ({
  name: "agreement of connected learners, and honest acceptors are never convicted",
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

function mustHold(name: string, report: ScheduleReport): void {
  const { failures, ...counts } = report;
  expect(failures.map(describeFailure)).toEqual([]);
  expect(report.done).toBe(report.runs);
  console.log(`${name}: ${JSON.stringify(counts)}`);
}

const inputs = proposerNames().flatMap((to, i) =>
  slots.map((slot) => ({
    to,
    commands: [{ kind: "propose", slot, value: utf8Encode(`${i}.${slot}`) }],
    again: true,
  })),
);

for (const { name, graph: input } of examples)
  test(`random schedules: ${name}`, () => {
    const graph = learnerGraph(input);
    const watchers = [...proposerNames(), ...learnerNames()];
    const report = runSchedules({
      engines: cluster({ graph }),
      inputs,
      seeds: { count },
      faults,
      properties: [agreement(graph)],
      done: (view) =>
        watchers.every((process) => {
          const outputs = view.outputs(process) as NodeOutput[];
          return slots.every((slot) =>
            graph.learners.every((learner) =>
              outputs.some(
                (output) => output.kind === "decided" && output.slot === slot && output.learner === learner,
              ),
            ),
          );
        }),
    });
    mustHold(name, report);
  });
