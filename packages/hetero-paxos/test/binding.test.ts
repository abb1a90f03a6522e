import { utf8Encode } from "@eunomia/codec";
import { describeFailure, runSchedules, type ScheduleProcess } from "@eunomia/conformance";
import { type ConsensusBinding, type EpochPlan, step } from "@eunomia/engine";
import { graphDigest, learnerGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import {
  evidenceProblem,
  type HeteroPaxosMessage,
  heteroPaxosBinding,
  type NodeConfig,
  type NodeOutput,
} from "../src/index.ts";
import { evidenceOf } from "../src/proof/evidence.ts";
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

test("an epoch that begins at slot 5: every node runs a member, and learns what is proposed", () => {
  const engines: Record<string, ScheduleProcess> = {};
  for (const node of nodes) {
    const { learner, processes } = bindingOf(node).epoch({ ...plan, epoch: 1, from: 5 });
    expect([learner, ...processes.map(({ process }) => process)]).toEqual([
      `${node}/member`,
      `${node}/member`,
    ]);
    for (const { process, engine, config } of processes) engines[process] = { engine, config, node };
  }
  const learners = nodes.map((node) => `${node}/member`);
  const report = runSchedules({
    engines,
    inputs: [5, 6].map((slot) => ({
      to: `${nodes[slot % 4]}/member`,
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

/** What the honest acceptor on node `a` says first to a ballot in slot 5 of an epoch. */
function firstWordIn(registered: ConsensusBinding, epoch: number, text: string) {
  const { processes } = registered.epoch({ ...plan, epoch, from: 5 });
  const { engine, config } = processes[0]!;
  const state = engine.init(config);
  const commands = [
    { kind: "clock", ticks: 9 },
    { kind: "propose", slot: 5, value: utf8Encode(text) },
  ];
  step(engine, config, state, { kind: "start", records: [] });
  const { effects } = step(engine, config, state, { kind: "commands", commands });
  const said = effects.flatMap((effect) =>
    effect.kind === "send" ? [effect.message as HeteroPaxosMessage] : [],
  );
  const word = said.find((message) => message.kind !== "1a");
  if (word === undefined || word.kind !== "1b") throw new Error("the acceptor said nothing");
  return word;
}

/** Two epochs that differ in their numbers only, as when a change overtakes one that is not in force yet. */
function isConvicted(registered: ConsensusBinding): boolean {
  const [first, second] = [firstWordIn(registered, 1, "one"), firstWordIn(registered, 2, "another")];
  return evidenceProblem(scheme, evidenceOf(scheme, first, second)) === null;
}

test("epochs with equal first slot, nodes and parameters have laws of their own: who speaks in both is not convicted", () => {
  expect(isConvicted(bindingOf("a"))).toBe(false);
});

test("a law without the number of the epoch convicts an honest acceptor", () => {
  const binding = bindingOf("a");
  expect(isConvicted({ ...binding, epoch: (one) => binding.epoch({ ...one, epoch: one.from }) })).toBe(true);
});

test("with one learner a proposer opens a ballot at once, whoever's window it is", () => {
  const { processes } = bindingOf("a").epoch({ ...plan, epoch: 1, from: 5 });
  // The windows of slot 5 begin with the second one.
  expect((processes[0]!.config as NodeConfig).order[5 % nodes.length]).toBe("b/member");
  expect(firstWordIn(bindingOf("a"), 1, "x").kind).toBe("1b");
});
