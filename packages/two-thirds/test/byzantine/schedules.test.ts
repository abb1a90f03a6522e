import {
  type ConsensusSchedules,
  consensusSchedules,
  describeFailure,
  type ScheduleProperty,
  type ScheduleReport,
} from "@eunomia/conformance";
import type { Engine } from "@eunomia/engine";
import { afterAll, expect, test } from "vitest";
import { byzantineQuorums } from "../../src/byzantine/quorums.ts";
import {
  type ByzantineMemberConfig,
  type ByzantineMemberTypes,
  byzantineMemberEngine,
  convicts,
  type Evidence,
} from "../../src/byzantine.ts";
import { type ByzantineClusterOptions, cluster, everybody, liarsOf, memberNames } from "./cluster.ts";
import { denying, equivocating, mute } from "./liar.ts";
import { sealsOf } from "./seals.ts";

/** Schedules per configuration; a longer campaign sets TWO_THIRDS_SCHEDULES. */
const count = Number(process.env.TWO_THIRDS_SCHEDULES ?? 60);
const everything = { loss: 0.1, duplication: 0.1, crash: 0.02, compact: 0.02 };

/** How often each action of a member fired, over all schedules: a test in which it never did says nothing about it. */
const fired = new Map<string, number>();
function counted(config: ByzantineMemberConfig): Engine<ByzantineMemberTypes> {
  const engine = byzantineMemberEngine(config, sealsOf(config.self));
  const actions = engine.actions.map((action) => ({
    ...action,
    act: (...args: Parameters<typeof action.act>) => {
      fired.set(action.name, (fired.get(action.name) ?? 0) + 1);
      action.act(...args);
    },
  }));
  return { ...engine, actions };
}

let convicted = 0;
/** Evidence is against liars only, and convinces whoever knows the keys. */
const justEvidence = (size: number, lying: boolean): ScheduleProperty => {
  const members = memberNames(size);
  const quorums = byzantineQuorums(members, [], Math.floor((size - 1) / 5));
  const court = { quorums, oracles: sealsOf("court") };
  return {
    name: "evidence",
    start: () => ({
      output: (process, output) => {
        const { kind, ...evidence } = output as Evidence & { kind: string };
        if (kind === "alarm") return `${process} raises an alarm`;
        if (kind !== "evidence") return null;
        const { from, slot, round } = evidence;
        if (!lying || !liarsOf(size).includes(from)) return `${process} accuses ${from}, which is honest`;
        convicted += 1;
        const coordinator = members[(slot + round) % size]!;
        return convicts(court, "test/0", evidence, coordinator) ? null : `${process} cannot prove its case`;
      },
    }),
  };
};

function mustHold(name: string, report: ScheduleReport): void {
  const { failures, ...counts } = report;
  expect(failures.map(describeFailure)).toEqual([]);
  expect(report.done).toBe(report.runs);
  console.log(`${name}: ${JSON.stringify(counts)}`);
}

const configurations: Record<string, ByzantineClusterOptions & Partial<ConsensusSchedules>> = {
  "six members, one crash": { faults: { ...everything, staysDownMax: 1 } },
  "six members, learners beside members, lazy relay": {
    colocated: true,
    member: { relay: "lazy" },
    faults: { ...everything, staysDownMax: 1 },
  },
  "one of six equivocates": { lie: equivocating },
  "one of six speaks to one half only": { lie: mute },
  "one of six denies its votes": { lie: denying },
  "two of eleven equivocate": { size: 11, lie: equivocating, slots: 1, seeds: { count: count / 2 } },
};

for (const [name, options] of Object.entries(configurations))
  test(`random schedules: ${name}`, () => {
    const { size = 6 } = options;
    const lying = options.lie !== undefined;
    const report = consensusSchedules({
      engines: cluster({ ...options, engineOf: counted }),
      ...everybody(size, lying),
      seeds: { count },
      faults: lying ? { ...everything, crash: 0.01 } : everything,
      properties: [justEvidence(size, lying)],
      ...options,
    });
    mustHold(name, report);
  });

afterAll(() => {
  const engine = byzantineMemberEngine(cluster().p0!.config as ByzantineMemberConfig, sealsOf("p0"));
  const silent = engine.actions.map(({ name }) => name).filter((name) => !fired.has(name));
  console.log(`never fired: ${silent.join(", ")}`);
  console.log(`actions fired: ${JSON.stringify(Object.fromEntries(fired))}; ${convicted} convictions`);
});
