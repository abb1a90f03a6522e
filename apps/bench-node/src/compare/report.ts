import { median } from "../bench/summary.ts";
import { type CostSubject, type Costs, messagesOf } from "./costs.ts";
import type { Mode } from "./subjects.ts";
import type { Throughput } from "./throughput.ts";

/** What was counted beside what the definition says. */
export interface CostLine {
  readonly protocol: string;
  readonly shape: string;
  readonly delays: number;
  readonly expectedDelays: number;
  readonly messages: number;
  readonly expectedMessages: number;
  /** How one comes to the expected number. */
  readonly formula: string;
  readonly sent: Costs["sent"];
}

export function costLine(subject: CostSubject, costs: Costs): CostLine {
  const { protocol, shape, expectedDelays, defined, besides } = subject;
  return {
    protocol,
    shape,
    delays: costs.delays,
    expectedDelays,
    messages: messagesOf(costs),
    expectedMessages: defined.messages + (besides?.messages ?? 0),
    formula: besides === null ? defined.formula : `${defined.formula}; besides ${besides.formula}`,
    sent: costs.sent,
  };
}

export const costText = (line: CostLine): string =>
  `${line.protocol.padEnd(20)} ${line.shape.padEnd(18)} delays ${line.delays} (${line.expectedDelays})  ` +
  `messages ${String(line.messages).padStart(4)} (${String(line.expectedMessages).padStart(4)} = ${line.formula})`;

/** One protocol in one mode over all repeats. */
export interface ThroughputLine {
  readonly protocol: string;
  readonly n: number;
  readonly tolerates: string;
  readonly mode: Mode;
  readonly batchBytes: number;
  readonly perCpuSecond: number;
  /** To Paxos on as many acceptors as this comparison is about, repeat by repeat, ascending. */
  readonly ratios: readonly number[];
  readonly delays: number;
  readonly messagesPerDecision: number;
  readonly bytesPerDecision: number;
}

/** Runs of one protocol beside the runs of Paxos in the same repeats. */
export function throughputLine(
  tolerates: string,
  runs: readonly Throughput[],
  base: readonly Throughput[],
): ThroughputLine {
  const [first] = runs as readonly [Throughput];
  return {
    protocol: first.protocol,
    n: first.n,
    tolerates,
    mode: first.mode,
    batchBytes: first.shape.batchBytes,
    perCpuSecond: median(runs.map((run) => run.perCpuSecond)),
    ratios: runs.map((run, i) => run.perCpuSecond / base[i]!.perCpuSecond).toSorted((a, b) => a - b),
    delays: first.delays,
    messagesPerDecision: first.messagesPerDecision,
    bytesPerDecision: first.bytesPerDecision,
  };
}

export function throughputText(line: ThroughputLine): string {
  const { protocol, n, tolerates, perCpuSecond, ratios, delays, messagesPerDecision, bytesPerDecision } =
    line;
  const spread = `${ratios[0]!.toFixed(2)} to ${ratios.at(-1)!.toFixed(2)}`;
  return (
    `  ${protocol.padEnd(20)} n=${String(n).padEnd(3)}${tolerates.padEnd(11)}${perCpuSecond.toFixed(0).padStart(6)} decisions per CPU s` +
    `  ratio ${median(ratios).toFixed(2)} (${spread})  ${delays} delays  ` +
    `${messagesPerDecision.toFixed(0).padStart(4)} messages  ${(bytesPerDecision / 1024).toFixed(1).padStart(6)} KiB`
  );
}
