import { expect, test } from "vitest";
import { runSchedule, type ScheduleReport } from "./support/system-schedule.ts";

const runs = Number(process.env.EUNOMIA_LAWS_RUNS ?? 5);
const firstSeed = Number(process.env.EUNOMIA_LAWS_SEED ?? 1);
/** A run takes three seconds, more on a busy machine. */
const timeout = 60_000 + runs * 20_000;

/** How often each protocol followed upon each other one. */
function changes(reports: readonly ScheduleReport[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { protocols } of reports)
    for (const [i, protocol] of protocols.entries())
      if (i > 0 && protocols[i - 1] !== protocol) {
        const change = `${protocols[i - 1]} → ${protocol}`;
        counts.set(change, (counts.get(change) ?? 0) + 1);
      }
  return counts;
}

test(`${runs} runs from seed ${firstSeed} keep every promise while crash, Byzantine and heterogeneous protocols take turns`, {
  timeout,
}, async () => {
  const reports: ScheduleReport[] = [];
  for (let seed = firstSeed; seed < firstSeed + runs; seed += 1)
    reports.push(
      await runSchedule(seed, { laws: true, ...(seed % 2 === 0 && { snapshots: "sound" as const }) }),
    );
  const broken = reports.filter((report) => report.broken !== null);
  const sum = (of: (report: ScheduleReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const counts = changes(reports);
  console.log(
    `${runs - broken.length} of ${runs} runs delivered everything: ${sum((r) => r.commands)} commands, ${sum((r) => r.crashes)} crashes, ` +
      `${sum((r) => r.lostFrames)} frames lost; ${[...counts].map(([change, count]) => `${count} times ${change}`).join(", ")}`,
  );
  expect(broken.map(({ seed, broken: what }) => `seed ${seed}: ${what}`)).toEqual([]);
  // Schedules in which nothing happens would prove nothing.
  for (const protocol of ["two-thirds-byzantine", "hetero-paxos"]) {
    const touching = (at: RegExp): number =>
      [...counts].reduce((total, [change, count]) => total + (at.test(change) ? count : 0), 0);
    expect(touching(new RegExp(`→ ${protocol}$`))).toBeGreaterThan(0);
    expect(touching(new RegExp(`^${protocol} →`))).toBeGreaterThan(0);
  }
  expect(sum((r) => r.crashes)).toBeGreaterThan(runs);
});

test("nodes that forget their journals are found: they are convicted, or agreement breaks", {
  timeout: 60_000 + 20 * 20_000,
}, async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const { broken } = await runSchedule(seed, { laws: true, amnesia: true });
    if (broken === null) continue;
    console.log(`found at seed ${seed}: ${broken.split("\n")[0]?.slice(0, 200)}`);
    return;
  }
  expect.unreachable("not found within 20 seeds");
});
