import { describe, expect, test } from "vitest";
import type { Twin } from "./support/simulated-cluster.ts";
import { runSchedule, type ScheduleReport } from "./support/system-schedule.ts";

const runs = Number(process.env.EUNOMIA_SYSTEM_RUNS ?? 10);
const firstSeed = Number(process.env.EUNOMIA_SYSTEM_SEED ?? 1);
const timeout = 60_000 + runs * 5000;

describe("the whole stack with snapshots under random schedules", () => {
  test(`${runs} runs from seed ${firstSeed} keep every promise, and all applications agree`, {
    timeout,
  }, async () => {
    const reports: ScheduleReport[] = [];
    for (let seed = firstSeed; seed < firstSeed + runs; seed += 1)
      reports.push(await runSchedule(seed, { snapshots: "sound" }));
    const sum = (of: (report: ScheduleReport) => number): number =>
      reports.reduce((total, report) => total + of(report), 0);
    const written = sum((report) => report.snapshots.written);
    const installed = sum((report) => report.snapshots.installed);
    const trimmed = sum((report) => report.snapshots.trimmed);
    console.log(
      `${reports.filter(({ broken }) => broken === null).length} of ${runs} runs: ${written} snapshots written, ` +
        `${installed} nodes went on from another's, ${trimmed} readers began anew, ${sum((one) => one.crashes)} crashes`,
    );
    expect(
      reports.flatMap(({ seed, broken }) => (broken === null ? [] : [`seed ${seed}: ${broken}`])),
    ).toEqual([]);
    expect(written).toBeGreaterThan(runs * 5);
    expect(installed).toBeGreaterThan(runs / 4);
    expect(trimmed).toBeGreaterThan(0);
  });
});

/** Each twin must be caught within so many seeds. */
const seedsMax = 20;
const twins: Record<string, Twin> = {
  "an application whose snapshots go on with it": { snapshots: "snapshot goes on" },
  "a log that is let go of past the snapshot before the last": { snapshots: "log is let go of" },
};

describe("broken twins", () => {
  for (const [name, twin] of Object.entries(twins))
    test(`${name} is found`, { timeout: 60_000 + seedsMax * 5000 }, async () => {
      for (let seed = 1; seed <= seedsMax; seed += 1) {
        const { broken } = await runSchedule(seed, twin);
        if (broken === null) continue;
        console.log(`${name}: found at seed ${seed}: ${broken.split("\n")[0]?.slice(0, 200)}`);
        return;
      }
      expect.unreachable(`not found within ${seedsMax} seeds`);
    });
});
