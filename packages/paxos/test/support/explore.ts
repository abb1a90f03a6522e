import { Explorer } from "./explorer.ts";
import type { Schedule } from "./schedule.ts";

/** Runs seeds until one violates something; what was seen of all of them together. */
export function explore(schedule: Schedule, seeds: number, firstSeed = 1) {
  const total = {
    runs: 0,
    decided: 0,
    steps: 0,
    crashes: 0,
    lost: 0,
    contended: 0,
    early: 0,
    retired: 0,
    transfers: 0,
    violation: null as string | null,
    seed: 0,
  };
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const run = new Explorer(seed, schedule).run();
    total.runs++;
    total.steps += run.steps;
    total.crashes += run.crashes;
    total.lost += run.lost;
    if (run.ballots > 1) total.contended++;
    if (run.early > 0) total.early++;
    if (run.retired > 0) total.retired++;
    if (run.transfers > 0) total.transfers++;
    if (run.decided === (schedule.slots ?? 2)) total.decided++;
    if (run.violation !== null) return { ...total, violation: run.violation, seed };
  }
  return total;
}
