import { utf8Encode } from "@eunomia/codec";
import {
  describeFailure,
  runSchedules,
  type ScheduleOptions,
  type ScheduleReport,
  type ScheduleView,
} from "@eunomia/conformance";
import { learnerGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import { type ClusterOptions, cluster, learnerNames, proposerNames } from "./cluster.ts";
import { examples } from "./examples.ts";
import { gap } from "./graphs.ts";
import { agreement, isThrough, stuckIn } from "./properties.ts";

/** Schedules per configuration; a longer campaign sets HETERO_PAXOS_SCHEDULES. */
const count = Number(process.env.HETERO_PAXOS_SCHEDULES ?? 10);
const faults = { loss: 0.1, duplication: 0.1, crash: 0.03, compact: 0.02 };
const slots = [1, 2];
const watchers = [...proposerNames(), ...learnerNames()];

interface Outcome {
  readonly report: ScheduleReport;
  /** Slots and learners that were called stuck at the end of a run, and how many decided nevertheless. */
  readonly stuck: number;
  readonly wrongly: number;
}

function run(options: ClusterOptions, more: Partial<ScheduleOptions> = {}): Outcome {
  const { graph } = options;
  const inputs = proposerNames().flatMap((to, i) =>
    slots.map((slot) => ({
      to,
      commands: [{ kind: "propose", slot, value: utf8Encode(`${i}.${slot}`) }],
      again: true,
    })),
  );
  let stuck = 0;
  let wrongly = 0;
  const done = (view: ScheduleView): boolean => {
    const through = watchers.every((process) => isThrough(view, process, graph, slots));
    if (through) {
      const told = stuckIn(view, watchers);
      stuck += told.stuck.length;
      wrongly += told.wrongly.length;
    }
    return through;
  };
  const report = runSchedules({
    engines: cluster(options),
    inputs,
    seeds: { count },
    faults,
    properties: [agreement(graph)],
    done,
    ...more,
  });
  return { report, stuck, wrongly };
}

function mustHold(name: string, { report, ...told }: Outcome): void {
  const { failures, ...counts } = report;
  expect(failures.map(describeFailure)).toEqual([]);
  expect(report.done).toBe(report.runs);
  console.log(`${name}: ${JSON.stringify({ ...counts, ...told })}`);
}

const graphOf = (prefix: string) => examples.find(({ name }) => name.startsWith(prefix))!.graph;

test("one learner: every schedule ends with decisions", () => {
  for (const prefix of ["1:", "2:"]) {
    const outcome = run({ graph: learnerGraph(graphOf(prefix)) });
    mustHold(prefix, outcome);
    expect(outcome.stuck).toBe(0);
  }
});

test("two learners: whoever does not decide is called stuck", () => {
  for (const [name, input] of [
    ["chains", graphOf("3:")],
    ["apart", graphOf("4:")],
    ["gap", gap],
  ] as const)
    mustHold(name, run({ graph: learnerGraph(input) }));
});

test("ballots of time wait until they are due", () => {
  mustHold("ticks", run({ graph: learnerGraph(graphOf("1:")), options: { tickMs: 10 } }));
});

test("an acceptor that comes back without its memory is convicted", () => {
  const { report } = run(
    { graph: learnerGraph(graphOf("1:")) },
    { recover: () => [], seeds: { count: 100 } },
  );
  expect(report.failures[0]?.reason).toMatch(/evidence/);
});
