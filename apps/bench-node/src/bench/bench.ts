import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { startCluster } from "./cluster-target.ts";
import { startEtcd } from "./etcd-target.ts";
import { benchPage } from "./history.ts";
import { commit, machine } from "./machine.ts";
import { type Measurement, measure } from "./measure.ts";
import { type Shape, shapeText } from "./shapes.ts";
import { lineOf, ratioOf } from "./summary.ts";
import type { Target } from "./target.ts";

export interface BenchOptions {
  readonly shapes: readonly Shape[];
  readonly seconds: number;
  readonly repeats: number;
  /** Where a JSON file with everything and the page with curves go; null: nowhere. */
  readonly results: string | null;
}

/** One run of the benchmark, as it is kept. */
export interface BenchRun {
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  /** Load averages of one minute, before and after. */
  readonly load: readonly number[];
  readonly seconds: number;
  readonly repeats: number;
  readonly systems: readonly { readonly name: string; readonly about: string }[];
  /** Systems that were not there, and why. */
  readonly skipped: readonly string[];
  readonly measurements: readonly Measurement[];
}

/** Runs the cluster beside etcd, alternating, and prints medians and their ratios. */
export async function bench(options: BenchOptions): Promise<BenchRun> {
  const directory = mkdtempSync(join(tmpdir(), "eunomia-bench-"));
  const targets: Target[] = [];
  const skipped: string[] = [];
  const measurements: Measurement[] = [];
  const { shapes, seconds, repeats } = options;
  const before = loadavg()[0]!;
  try {
    targets.push(await startCluster(directory));
    const etcd = await startEtcd(directory);
    if ("absent" in etcd) skipped.push(etcd.absent);
    else targets.push(etcd);
    for (const reason of skipped) console.log(`skipped: ${reason}`);
    for (const { name, about } of targets) console.log(`${name}: ${about}`);
    console.log(
      `medians of ${repeats} runs of ${seconds} s, alternating; ratios pair by pair, with their spread\n`,
    );
    for (const shape of shapes) {
      for (let repeat = 0; repeat < repeats; repeat += 1)
        for (const target of targets) measurements.push(await measure(target, shape, seconds));
      console.log(shapeText(shape));
      for (const target of targets) console.log(`  ${lineOf(measurements, target.name, shape)}`);
      if (targets.length === 2) console.log(`  ${ratioOf(measurements, shape)}`);
    }
  } finally {
    for (const target of targets) await target.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  const run: BenchRun = {
    date: new Date().toISOString(),
    commit: commit(),
    machine: machine(),
    load: [before, loadavg()[0]!],
    seconds,
    repeats,
    systems: targets.map(({ name, about }) => ({ name, about })),
    skipped,
    measurements,
  };
  if (options.results !== null) save(run, options.results);
  return run;
}

function save(run: BenchRun, results: string): void {
  mkdirSync(results, { recursive: true });
  const file = join(results, `cluster-${run.date.replaceAll(/[:.]/g, "-")}.json`);
  writeFileSync(file, `${JSON.stringify(run, null, 2)}\n`);
  const page = join(results, "cluster.html");
  writeFileSync(page, benchPage(results));
  console.log(`\nsaved ${file}\ncurves and history: ${page}`);
}
