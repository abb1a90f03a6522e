import { addByzantine, type ByzantineTotals, byzantineLines } from "./byzantine-totals.ts";
import type { RunJob, RunRecipe, RunSummary } from "./job.ts";

interface Requests {
  made: number;
  accepted: number;
  rejected: number;
}

/** What the runs of one system add up to. Plain JSON. */
interface SystemTotals {
  runs: number;
  steps: number;
  virtualMs: number;
  cpuSeconds: number;
  /** Runs in which a core was healed and did what it owed. */
  settled: number;
  counts: Record<string, number>;
  marks: Record<string, number>;
  requests: Record<string, Requests>;
  fired: Record<string, number>;
  /** What became of runs with Byzantine nodes, by strategy. */
  byzantine: Record<string, ByzantineTotals>;
}

const empty = (): SystemTotals => ({
  runs: 0,
  steps: 0,
  virtualMs: 0,
  cpuSeconds: 0,
  settled: 0,
  counts: {},
  marks: {},
  requests: {},
  fired: {},
  byzantine: {},
});

/** A run that ended badly. */
export interface FailedRun {
  readonly job: RunJob;
  readonly property: string;
  readonly detail: string;
  /** How to make it again; null: it did not end. */
  readonly recipe: RunRecipe | null;
}

/** Where a campaign stands: enough to go on with it. Plain JSON. */
export interface Totals {
  systems: Record<string, SystemTotals>;
  /** Different things reached: actions with the shape of what they found, states, actions soon after a fault. */
  features: number;
  /** How often the second run of a seed was compared with the first. */
  compared: number;
  failures: FailedRun[];
  /** The first run of each system in which liars broke what nobody promises under so many of them. */
  excused: FailedRun[];
}

export const noTotals = (): Totals => ({
  systems: {},
  features: 0,
  compared: 0,
  failures: [],
  excused: [],
});

function addAll(to: Record<string, number>, from: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(from)) to[name] = (to[name] ?? 0) + count;
}

/** Adds one run. `newFeatures`: those that no run of the campaign had reached. */
export function addRun(totals: Totals, job: RunJob, summary: RunSummary, newFeatures: number): void {
  totals.systems[job.system] ??= empty();
  const sum = totals.systems[job.system]!;
  sum.runs += 1;
  sum.steps += summary.steps;
  sum.virtualMs += summary.virtualMs;
  sum.cpuSeconds += summary.cpuSeconds;
  if (summary.settled) sum.settled += 1;
  addAll(sum.counts, summary.counts);
  addAll(sum.marks, summary.marks);
  addAll(sum.fired, summary.fired);
  for (const [type, { made, accepted, rejected }] of Object.entries(summary.requests)) {
    sum.requests[type] ??= { made: 0, accepted: 0, rejected: 0 };
    const all = sum.requests[type]!;
    all.made += made;
    all.accepted += accepted;
    all.rejected += rejected;
  }
  totals.features += newFeatures;
  if (job.twice) totals.compared += 1;
  if (job.adversary !== null) addByzantine(sum.byzantine, job.adversary.strategy, summary);
  const { outcome, excused, recipe } = summary;
  if (outcome.kind === "ok") return;
  const { property, detail } = outcome;
  const failed: FailedRun = { job, property, detail, recipe };
  if (!excused) totals.failures.push(failed);
  else if (totals.excused.every(({ job: { system } }) => system !== job.system)) totals.excused.push(failed);
}

/** Requests of so many are judged by the floor; fewer say nothing. */
const enoughRequests = 200;

/**
 * Types of requests of which less than `floor` (a share) was accepted: the workload asks for the wrong things. Types that nobody
 * answers, such as telling a leader to lead, are judged by what follows from them; but something must be answered.
 */
export function starvedRequests(totals: Totals, floor: number): readonly string[] {
  return Object.entries(totals.systems).flatMap(([system, { requests }]) => {
    const types = Object.entries(requests);
    const answered = types.filter(([, { accepted, rejected }]) => accepted + rejected > 0);
    const made = types.reduce((sum, [, each]) => sum + each.made, 0);
    if (answered.length === 0 && made >= enoughRequests && floor > 0)
      return [`${system}: none of ${made} requests was answered`];
    return answered
      .filter(([, each]) => each.made >= enoughRequests && each.accepted < floor * each.made)
      .map(([type, each]) => `${system}: ${each.accepted} of ${each.made} requests "${type}" were accepted`);
  });
}

const number = (value: number): string => Math.round(value).toLocaleString("en");
const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${number(count)}`)
    .join(", ");

/** The campaign for people: one paragraph for each system. */
export function totalsText({ systems, features, compared }: Totals): string {
  const lines: string[] = [];
  for (const [name, sum] of Object.entries(systems)) {
    const { runs, steps, virtualMs, cpuSeconds, settled, counts, marks, requests } = sum;
    const rate = cpuSeconds > 0 ? steps / cpuSeconds : 0;
    const ahead = cpuSeconds > 0 ? virtualMs / 1000 / cpuSeconds : 0;
    lines.push(
      `${name}: ${number(runs)} runs, ${number(steps)} steps, ${(virtualMs / 3_600_000).toFixed(2)} hours of cluster time; ` +
        `${number(rate)} steps and ${number(ahead)} s of cluster time per CPU second`,
      `  core healed and done in ${number(settled)} runs`,
      ...byzantineLines(sum.byzantine),
      `  happened: ${listed(counts)}`,
    );
    if (Object.keys(marks).length > 0) lines.push(`  reached: ${listed(marks)}`);
    for (const [type, { made, accepted, rejected }] of Object.entries(requests))
      lines.push(
        `  asked ${type}: ${number(made)} times, accepted ${number(accepted)}, rejected ${number(rejected)}`,
      );
  }
  lines.push(
    `${number(features)} different things reached; ${number(compared)} runs made twice and compared`,
  );
  return lines.join("\n");
}
