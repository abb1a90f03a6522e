import { utf8Encode } from "@eunomia/codec";
import { describeFailure, runSchedules, type ScheduleProcess } from "@eunomia/conformance";
import type { EpochPlan } from "@eunomia/engine";
import { graphDigest, learnerGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import { heteroPaxosBinding, type NodeOutput } from "../src/index.ts";
import { scheme, signAs } from "./cluster.ts";
import { agreement } from "./properties.ts";

const graphOf = ({ nodes, f }: EpochPlan) => {
  if (nodes.length <= 3 * f) return "expected 3f + 1 nodes";
  const label = `{${nodes.join(", ")}} >= ${nodes.length - f}`;
  const graph = learnerGraph({ learners: { log: label }, edges: [{ between: ["log", "log"], label }] });
  return { graph, graphDigest: graphDigest(graph) };
};
const nodes = ["a", "b", "c", "d"];
const bindingOf = (self: string, learner = "log") =>
  heteroPaxosBinding({ self, chain: "test", learner, graphOf, scheme, sign: signAs(self), tickMs: 0 });
const plan = { params: new Uint8Array(), nodes, f: 1 };

test("plans are judged alike at every node", () => {
  expect(bindingOf("a").validate(plan)).toBe(null);
  expect(bindingOf("a").validate({ ...plan, f: 2 })).toBe("expected 3f + 1 nodes");
  expect(bindingOf("a", "red").validate(plan)).toMatch(/learner "red"/);
});

test("an epoch that begins at slot 5: every node runs an acceptor and a learner, and learns what is proposed", () => {
  const engines: Record<string, ScheduleProcess> = {};
  for (const node of nodes) {
    const { learner, processes } = bindingOf(node).epoch({ ...plan, from: 5 });
    expect([learner, ...processes.map(({ process }) => process)]).toEqual([
      `${node}/learner`,
      `${node}/acceptor`,
      `${node}/learner`,
    ]);
    for (const { process, engine, config } of processes) engines[process] = { engine, config, node };
  }
  const learners = nodes.map((node) => `${node}/learner`);
  const report = runSchedules({
    engines,
    inputs: [5, 6].map((slot) => ({
      to: `${nodes[slot % 4]}/learner`,
      commands: [{ kind: "propose", slot, value: utf8Encode(`${slot}`) }],
      again: true,
    })),
    seeds: { count: 10 },
    faults: { loss: 0.1, crash: 0.02 },
    properties: [
      agreement(learnerGraph({ learners: { log: "a" }, edges: [{ between: ["log", "log"], label: "a" }] })),
    ],
    done: (view) =>
      learners.every((process) =>
        [5, 6].every((slot) =>
          (view.outputs(process) as NodeOutput[]).some(
            (output) => output.kind === "decided" && output.slot === slot,
          ),
        ),
      ),
  });
  expect(report.failures.map(describeFailure)).toEqual([]);
  expect(report.done).toBe(report.runs);
});
