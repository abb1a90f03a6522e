import type { RunSummary } from "./job.ts";

/** What becomes of the runs in which Byzantine nodes follow one strategy. Plain JSON. */
export interface ByzantineTotals {
  runs: number;
  /** Runs in which they did something that the protocol does not. */
  acted: number;
  /** Runs in which so many of them lied that nothing was promised. */
  unpromised: number;
  /** Runs that violated something that rests on others, although nothing was promised, by property. */
  excused: Record<string, number>;
}

const empty = (): ByzantineTotals => ({ runs: 0, acted: 0, unpromised: 0, excused: {} });

/** Adds one run. */
export function addByzantine(
  totals: Record<string, ByzantineTotals>,
  strategy: string,
  { outcome, excused, promised, counts }: RunSummary,
): void {
  totals[strategy] ??= empty();
  const sum = totals[strategy]!;
  sum.runs += 1;
  if (Object.keys(counts).some((name) => name.startsWith("byzantine: "))) sum.acted += 1;
  if (!promised) sum.unpromised += 1;
  if (outcome.kind !== "ok" && excused)
    sum.excused[outcome.property] = (sum.excused[outcome.property] ?? 0) + 1;
}

/** One line for each strategy: what it broke, and whether it was allowed to. */
export function byzantineLines(totals: Readonly<Record<string, ByzantineTotals>>): readonly string[] {
  return Object.entries(totals).map(([strategy, { runs, acted, unpromised, excused }]) => {
    const broken = Object.entries(excused)
      .sort(([, a], [, b]) => b - a)
      .map(([property, count]) => `${property} in ${count}`);
    const head = `  byzantine ${strategy}: acts in ${acted} of ${runs} runs;`;
    if (unpromised === 0) return `${head} everything is promised`;
    const what = broken.length === 0 ? "nothing broke" : `broke ${broken.join(", ")}`;
    return `${head} this protocol does not promise to bear it (${unpromised} runs): ${what}`;
  });
}
