import type { Monitor, Verdict } from "@eunomia/trace";
import { expect, test } from "vitest";
import {
  type ConsensusSubject,
  consensusCases,
  consensusExample,
  consensusSchedules,
  consensusTwins,
  describeFailure,
  monitored,
  refusals,
  runSchedules,
  type ScheduleView,
} from "../src/index.ts";

test("the toy protocol passes every case", async () => {
  expect(await refusals(consensusCases, consensusExample)).toEqual([]);
});

for (const twin of consensusTwins)
  test(`the ${twin.name} twin is refused: ${twin.fault}`, async () => {
    const refused = await refusals(consensusCases, {
      ...twin.subject,
      runs: 60,
      fairSuffix: { virtualMs: 5000 },
    });
    expect(refused.length).toBeGreaterThan(0);
  });

test("a run is a function of its seed, and every kind of fault happens", () => {
  const options = {
    ...consensusExample,
    seeds: { from: 7, count: 300 },
    faults: { loss: 0.1, duplication: 0.1, crash: 0.03, compact: 0.02 },
  };
  const report = consensusSchedules(options);
  expect(consensusSchedules(options)).toEqual(report);
  expect(report.done).toBe(300);
  for (const count of [
    "delivered",
    "lost",
    "duplicated",
    "crashes",
    "restarts",
    "timers",
    "compactions",
    "effectsLost",
  ] as const)
    expect(report[count], count).toBeGreaterThan(10);
  console.log(JSON.stringify({ ...report, failures: report.failures.length }));
});

test("a failing run is made smaller, and its transcript tells the story", () => {
  const forgetful = consensusTwins.find((twin) => twin.name === "forgetful")!;
  const options = { ...forgetful.subject, seeds: { count: 500 }, faults: { crash: 0.03, loss: 0.05 } };
  const [failure] = consensusSchedules(options).failures;
  expect(failure?.property).toBe("agreement");
  expect(failure!.shrunkMoves).toBeLessThan(20);
  expect(failure!.shrunkMoves).toBeLessThan(failure!.moves / 4);
  expect(describeFailure(failure!)).toContain("s crashes");
  // The seed alone shows it again.
  const again = consensusSchedules({ ...options, seeds: { from: failure!.seed, count: 1 } });
  expect(again.failures).toEqual([failure]);
});

/** Slots keep their value: as a monitor of traces would say it. */
function oneValue(): Monitor<string> {
  const seen = new Map<string, string>();
  let detail = "";
  return {
    property: "one value",
    feed: (event) => {
      const [slot, value] = event.split("=") as [string, string];
      if ((seen.get(slot) ?? value) !== value) detail = `slot ${slot} has ${value} and ${seen.get(slot)}`;
      seen.set(slot, value);
    },
    verdict: (): Verdict<string> => {
      const kind = detail === "" ? ("ok" as const) : ("violated" as const);
      const verdict = { property: "one value", kind, detail, looked: seen.size, unit: "slots" };
      return verdict;
    },
  };
}

test("monitors of traces judge schedules too", () => {
  const agreement = monitored(
    "trace",
    () => [oneValue()],
    (_process, output) => {
      const { kind, slot, value } = output as { kind: string; slot: number; value: Uint8Array };
      return kind === "decided" ? [`${slot}=${value}`] : [];
    },
  );
  const inputs = ["r0", "r1"].map((to, at) => ({
    to,
    commands: [{ kind: "propose", slot: 1, value: Uint8Array.of(at) }],
    again: true,
  }));
  const judge = (engines: ConsensusSubject["engines"]) =>
    runSchedules({
      engines,
      inputs,
      seeds: { count: 200 },
      faults: { crash: 0.03 },
      fairSuffix: false,
      properties: [agreement],
    }).failures;
  expect(judge(consensusExample.engines)).toEqual([]);
  const forgetful = consensusTwins.find((twin) => twin.name === "forgetful")!;
  expect(judge(forgetful.subject.engines)[0]?.reason).toMatch(/^one value: slot 1 has [01] and [01]$/);
});

test("a property sees what is sent, and commands may wait for what a run has shown", () => {
  const knows = (view: ScheduleView, process: string): boolean => view.outputs(process).length > 0;
  const propose = { to: "r0", commands: [{ kind: "propose", slot: 1, value: Uint8Array.of(1) }] };
  // r1 has no value of its own: it asks for slot 2 only after r0 has learned slot 1.
  const late = [{ kind: "propose", slot: 2, value: Uint8Array.of(2) }];
  const inputs = [propose, { to: "r1", commands: (view: ScheduleView) => (knows(view, "r0") ? late : null) }];
  const report = (refused: number) =>
    runSchedules({
      engines: consensusExample.engines,
      inputs,
      seeds: { count: 50 },
      faults: { loss: 0.1 },
      properties: [
        {
          name: "order",
          start: () => {
            let first = false;
            return {
              output: (process, output) => {
                first ||= process === "r0" && (output as { slot: number }).slot === 1;
                return null;
              },
              sent: (_process, message) => {
                const { kind, slot } = message as { kind: string; slot: number };
                if (slot === refused) return `${kind} of slot ${slot} was sent`;
                return slot === 2 && !first ? "slot 2 came before r0 knew slot 1" : null;
              },
            };
          },
        },
      ],
      done: (view) => view.outputs("r1").some((output) => (output as { slot: number }).slot === 2),
    });
  expect(report(0)).toMatchObject({ runs: 50, done: 50, failures: [] });
  expect(report(2).failures[0]?.reason).toMatch(/of slot 2 was sent$/);
});
