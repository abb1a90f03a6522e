import { toHex } from "@eunomia/codec";
import {
  type ConsensusSchedules,
  consensusSchedules,
  describeFailure,
  runSchedules,
  type ScheduleProperty,
  type ScheduleReport,
} from "@eunomia/conformance";
import type { Engine } from "@eunomia/engine";
import { afterAll, expect, test } from "vitest";
import { type MemberConfig, type MemberTypes, memberEngine } from "../src/index.ts";
import { type ClusterOptions, cluster, everybody, learners, memberNames } from "./cluster.ts";

/** Schedules per configuration; a longer campaign sets TWO_THIRDS_SCHEDULES. */
const count = Number(process.env.TWO_THIRDS_SCHEDULES ?? 200);
const everything = { loss: 0.1, duplication: 0.1, crash: 0.03, compact: 0.02 };

/** How often each action of a member fired, over all schedules: a test in which it never did says nothing about it. */
const fired = new Map<string, number>();
function counted(config: MemberConfig): Engine<MemberTypes> {
  const engine = memberEngine(config);
  const actions = engine.actions.map((action) => ({
    ...action,
    act: (...args: Parameters<typeof action.act>) => {
      fired.set(action.name, (fired.get(action.name) ?? 0) + 1);
      action.act(...args);
    },
  }));
  return { ...engine, actions };
}

/** A member that votes twice in one round has lost its memory: nobody ever gets to see that (2.8, I1). */
const oneVotePerRound: ScheduleProperty = {
  name: "one vote per member, slot and round",
  start: () => ({
    output: (process, output) =>
      (output as { kind: string }).kind === "evidence" ? `${process} saw two votes of one member` : null,
  }),
};

function mustHold(name: string, report: ScheduleReport): void {
  const { failures, ...counts } = report;
  expect(failures.map(describeFailure)).toEqual([]);
  expect(report.done).toBe(report.runs);
  console.log(`${name}: ${JSON.stringify(counts)}`);
}

const configurations: Record<string, ClusterOptions & Partial<ConsensusSchedules>> = {
  "four members as in the paper: no grace, eager relay": {},
  "a grace period, lazy relay": { member: { graceMs: 20, relay: "lazy" } },
  "learners beside members": { colocated: true, member: { graceMs: 5 } },
  "votes by digest": { member: { digestAboveBytes: 0 } },
  "votes by digest, learners beside members, lazy relay": {
    colocated: true,
    member: { digestAboveBytes: 0, graceMs: 5, relay: "lazy" },
  },
  "seven members, two crashes": { size: 7, faults: { ...everything, downMax: 2, staysDownMax: 2 } },
};

for (const [name, options] of Object.entries(configurations))
  test(`random schedules: ${name}`, () => {
    const report = consensusSchedules({
      engines: cluster({ ...options, engineOf: counted }),
      ...everybody(options.size),
      seeds: { count },
      faults: { ...everything, staysDownMax: 1 },
      properties: [oneVotePerRound],
      ...options,
    });
    mustHold(name, report);
  });

/** Decisions of a slot agree, though it is trimmed at any moment: a forgotten slot never comes back. */
const agreement: ScheduleProperty = {
  name: "agreement",
  start: () => {
    const bySlot = new Map<number, string>();
    return {
      output: (process, output) => {
        const { kind, slot, value } = output as { kind: string; slot: number; value: Uint8Array };
        if (kind === "alarm") return `${process} raises an alarm`;
        if (kind !== "decided") return null;
        const known = bySlot.get(slot) ?? toHex(value);
        bySlot.set(slot, known);
        return known === toHex(value)
          ? null
          : `slot ${slot}: ${process} decides ${toHex(value)} after ${known}`;
      },
    };
  },
};

test("random schedules: slots are trimmed at any moment", () => {
  const inputs = learners.flatMap((to, i) => [
    ...[1, 2, 3].map((slot) => ({
      to,
      commands: [{ kind: "propose", slot, value: Uint8Array.of(i + 1, slot) }],
      again: true,
    })),
    ...[1, 2].map((slot) => ({ to, commands: [{ kind: "trim", slot }], again: true })),
    { to, commands: [{ kind: "highest", nonce: 1 }] },
  ]);
  const report = runSchedules({
    engines: cluster({ engineOf: counted }),
    inputs,
    seeds: { count },
    faults: { ...everything, staysDownMax: 1 },
    properties: [agreement, oneVotePerRound],
    done: (view) =>
      [...learners, ...memberNames()].every(
        (process) =>
          !view.isLive(process) ||
          view.outputs(process).some((output) => {
            const { kind, slot } = output as { kind: string; slot: number };
            return kind === "decided" && slot === 3;
          }),
      ),
  });
  mustHold("slots are trimmed at any moment", report);
});

afterAll(() => {
  const engine = memberEngine(cluster().p0!.config as MemberConfig);
  // The two that need a fault outside of the model.
  const never = ["vote: evidence (2.4)", "decided: alarm (2.4)"];
  const silent = engine.actions
    .map(({ name }) => name)
    .filter((name) => !fired.has(name) && !never.includes(name));
  expect(silent).toEqual([]);
  console.log(`actions fired: ${JSON.stringify(Object.fromEntries(fired))}`);
});
