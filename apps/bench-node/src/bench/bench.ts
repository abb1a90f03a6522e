import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { startCluster } from "./cluster-target.ts";
import { startEtcd } from "./etcd-target.ts";
import { type Measurement, measure } from "./measure.ts";
import type { Target } from "./target.ts";

export interface BenchOptions {
  readonly outstanding: readonly number[];
  readonly bodyBytes: number;
  readonly seconds: number;
  readonly repeats: number;
  /** Where a JSON file with everything goes. */
  readonly results: string | null;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(2));

/** Runs the cluster beside etcd, alternating, and prints medians and their ratios. */
export async function bench(options: BenchOptions): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "eunomia-bench-"));
  const targets: Target[] = [];
  const all: Measurement[] = [];
  try {
    targets.push(await startCluster(directory));
    const etcd = await startEtcd(directory);
    if ("absent" in etcd) console.log(`skipped: ${etcd.absent}`);
    else targets.push(etcd);
    console.log(
      `3 replicas, durable, ${options.bodyBytes} B, one client connection; medians of ${options.repeats} runs of ${options.seconds} s, alternating`,
    );
    for (const outstanding of options.outstanding) {
      for (let repeat = 0; repeat < options.repeats; repeat += 1)
        for (const target of targets)
          all.push(await measure(target, outstanding, options.bodyBytes, options.seconds));
      for (const target of targets) console.log(lineOf(all, target.name, outstanding));
      if (targets.length === 2) console.log(ratioOf(all, outstanding));
    }
  } finally {
    for (const target of targets) await target.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  if (options.results !== null) save(options, all);
}

function of(all: readonly Measurement[], system: string, outstanding: number): Measurement[] {
  return all.filter((one) => one.system === system && one.outstanding === outstanding);
}

function lineOf(all: readonly Measurement[], system: string, outstanding: number): string {
  const runs = of(all, system, outstanding);
  const middle = (pick: (one: Measurement) => number | null): string => {
    const values = runs.map(pick);
    return values.some((value) => value === null) ? "–" : digits(median(values as number[]));
  };
  return (
    `${system.padEnd(8)} K=${String(outstanding).padEnd(5)} ${middle((one) => one.commandsPerSecond).padStart(8)}/s  ` +
    `p50 ${middle((one) => one.latencyMsP50)} ms  p99 ${middle((one) => one.latencyMsP99)} ms  ` +
    `CPU µs per command: servers ${middle((one) => one.serverCpuMicrosPerCommand)}, client ${middle((one) => one.clientCpuMicrosPerCommand)}  ` +
    `servers ${middle((one) => one.serverResidentMiB)} MiB`
  );
}

/** Runs stand in pairs, so each repeat gives a ratio of its own: the median and the spread of these are printed. */
function ratioOf(all: readonly Measurement[], outstanding: number): string {
  const ours = of(all, "eunomia", outstanding);
  const theirs = of(all, "etcd", outstanding);
  const ratios = (pick: (one: Measurement) => number): string => {
    const values = ours.map((one, i) => pick(one) / pick(theirs[i]!)).toSorted((a, b) => a - b);
    return `${digits(median(values))} (${digits(values[0]!)} to ${digits(values.at(-1)!)})`;
  };
  return `  ratio to etcd: throughput ${ratios((one) => one.commandsPerSecond)}, p50 ${ratios((one) => one.latencyMsP50)}`;
}

function save(options: BenchOptions, measurements: readonly Measurement[]): void {
  mkdirSync(options.results!, { recursive: true });
  let commit = "unknown";
  try {
    commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  } catch {
    // Not a checkout.
  }
  const date = new Date().toISOString();
  const file = join(options.results!, `cluster-${date.replaceAll(/[:.]/g, "-")}.json`);
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}`;
  writeFileSync(file, `${JSON.stringify({ date, commit, machine, options, measurements }, null, 2)}\n`);
  console.log(`saved ${file}`);
}
