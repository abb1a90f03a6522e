import { mkdirSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { commit, machine } from "../bench/machine.ts";
import { costSubjects, costsOf } from "./costs.ts";
import {
  type CostLine,
  costLine,
  costText,
  type ThroughputLine,
  throughputLine,
  throughputText,
} from "./report.ts";
import { byzantineTwoThirds, heteroPaxos, type Mode, paxos, type Subject, twoThirds } from "./subjects.ts";
import { type Shape, type Throughput, throughput } from "./throughput.ts";

export interface CompareOptions {
  readonly batchBytes: readonly number[];
  /** Slots that are under way at once. */
  readonly window: number;
  readonly slots: number;
  readonly repeats: number;
  /** Where a JSON file with everything goes; null: nowhere. */
  readonly results: string | null;
}

/** One comparison, as it is kept. */
export interface Comparison {
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  /** Load averages of one minute, before and after. */
  readonly load: readonly number[];
  readonly costs: readonly CostLine[];
  readonly throughput: readonly ThroughputLine[];
}

/** Byzantine 2/3 needs six nodes for one liar, whatever the others need. */
const comparisons: readonly { readonly acceptors: number; readonly subjects: readonly Subject[] }[] = [
  { acceptors: 4, subjects: [paxos(4), twoThirds(4), byzantineTwoThirds(6), heteroPaxos(4)] },
  { acceptors: 7, subjects: [paxos(7), twoThirds(7), byzantineTwoThirds(7), heteroPaxos(7)] },
];

/** The protocols beside one another, alternating: what a decision costs by count, and how many one second of a processor makes. */
export function compare(options: CompareOptions): Comparison {
  const { batchBytes, repeats, results } = options;
  const before = loadavg()[0]!;
  console.log("one undisturbed decision, every process on a node of its own; in brackets what is expected");
  const costs = costSubjects().map((subject) => costLine(subject, costsOf(subject)));
  for (const line of costs) console.log(costText(line));
  console.log(
    `\nall nodes in one process, without disks and network, ${options.window} slots under way; medians of ${repeats} repeats, ratios to Paxos repeat by repeat`,
  );
  const lines: ThroughputLine[] = [];
  for (const { acceptors, subjects } of comparisons)
    for (const mode of ["mac", "signature"] as const)
      for (const size of batchBytes) {
        console.log(`${acceptors} acceptors, ${mode}, ${size} B per batch`);
        const shape = { batchBytes: size, window: options.window, slots: options.slots };
        for (const line of linesOf(subjects, mode, shape, repeats)) {
          console.log(throughputText(line));
          lines.push(line);
        }
      }
  const comparison = {
    date: new Date().toISOString(),
    commit: commit(),
    machine: machine(),
    load: [before, loadavg()[0]!],
    costs,
    throughput: lines,
  };
  if (results !== null) save(comparison, results);
  return comparison;
}

function linesOf(subjects: readonly Subject[], mode: Mode, shape: Shape, repeats: number): ThroughputLine[] {
  const runs: Throughput[][] = subjects.map(() => []);
  for (let repeat = 0; repeat < repeats; repeat += 1)
    for (const [i, subject] of subjects.entries()) runs[i]!.push(throughput(subject, mode, shape));
  return subjects.map(({ tolerates }, i) => throughputLine(tolerates, runs[i]!, runs[0]!));
}

function save(comparison: Comparison, results: string): void {
  mkdirSync(results, { recursive: true });
  const file = join(results, `protocols-${comparison.date.replaceAll(/[:.]/g, "-")}.json`);
  writeFileSync(file, `${JSON.stringify(comparison, null, 2)}\n`);
  console.log(`\nsaved ${file}`);
}
