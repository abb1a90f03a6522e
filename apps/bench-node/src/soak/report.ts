import type { Judgement } from "@eunomia/trace";
import { table } from "../cli/output.ts";
import type { Finding, Stored } from "./findings.ts";
import { type Kind, kinds } from "./plan.ts";
import type { Life } from "./samples.ts";
import type { Means } from "./surroundings.ts";
import type { Series } from "./trend.ts";

/** A trouble that was given, and gotten over. */
export interface Performed {
  readonly kind: Kind;
  readonly what: string;
  readonly atSeconds: number;
  readonly heldMs: number;
  /** From its end until every member went on and clients were answered. */
  readonly recoveredSeconds: number;
}

/** What clients saw over time; lists of equal length. */
export interface Course {
  readonly at: readonly number[];
  /** Commands per second. */
  readonly answered: readonly number[];
  /** The longest that a read or write of a register took, among those that ended then. */
  readonly tookMs: readonly number[];
}

/** All that a soak found. */
export interface SoakReport {
  readonly verdict: "ok" | "failed";
  readonly seed: number;
  readonly seconds: number;
  readonly date: string;
  readonly machine: string;
  readonly loadAverage: number;
  readonly directory: string;
  readonly means: readonly Means[];
  readonly troubles: readonly Performed[];
  readonly answered: number;
  readonly properties: readonly {
    readonly property: string;
    readonly kind: string;
    readonly detail: string;
  }[];
  readonly counts: Judgement["counts"];
  readonly linearizability: {
    readonly operations: number;
    readonly verdict: "ok" | "violated";
    readonly details: readonly string[];
  };
  readonly trends: readonly Finding[];
  readonly stored: Stored;
  readonly alarms: readonly string[];
  readonly course: Course;
  readonly lives: readonly Life[];
  readonly storedCourse: Readonly<Record<string, Series>>;
}

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** How often each trouble was given, and how long the cluster was not whole after it. */
export const troubleRows = ({ troubles }: SoakReport): string[][] =>
  kinds.map((kind) => {
    const took = troubles.filter((one) => one.kind === kind).map((one) => one.recoveredSeconds);
    return [kind, String(took.length), middle(took).toFixed(2), Math.max(0, ...took).toFixed(2)];
  });
export const troubleHead = ["trouble", "times", "median s to be whole", "longest s"];

/** What was judged, with the verdict and what it rests on. */
export function verdictRows(report: SoakReport): string[][] {
  const { linearizability, stored } = report;
  const amount = (unit: Finding["unit"], value: number): string =>
    unit === "bytes" ? mib(value) : value.toFixed(1);
  return [
    ...report.properties.map(({ property, kind, detail }) => [property, kind, detail]),
    [
      "linearizability of registers",
      linearizability.verdict,
      [`${linearizability.operations} operations`, ...linearizability.details].join("; "),
    ],
    ...report.trends.map(({ quantity, node, unit, trend, allowed, verdict }) => [
      `${quantity} of ${node}`,
      verdict,
      trend === null
        ? "too few samples"
        : `mean ${amount(unit, trend.mean)}; growth over the last two thirds ${amount(unit, trend.growth)} ` +
          `(95 %: ${amount(unit, trend.low)} to ${amount(unit, trend.high)}), allowed ${amount(unit, allowed)}`,
    ]),
    [
      "journal, log and snapshots",
      stored.verdict,
      `at most ${mib(stored.most.bytes)} at ${stored.most.node}, limit ${mib(stored.limitBytes)}; ${mib(stored.handedInBytes)} handed in`,
    ],
  ];
}

/** One line for whoever reads nothing else. */
export const headline = ({ verdict, seconds, troubles, answered, seed }: SoakReport): string =>
  `${verdict}: ${troubles.length} troubles and ${answered} commands in ${(seconds / 60).toFixed(1)} min, seed ${seed}`;

/** The report as text. */
export function soakText(report: SoakReport): string {
  return [
    headline(report),
    `${report.machine}; load average ${report.loadAverage.toFixed(1)}; ${report.date}`,
    ...report.alarms.map((alarm) => `Alarm: ${alarm}`),
    "",
    table(troubleHead, troubleRows(report)),
    "",
    table(
      ["by what", ""],
      report.means.map(({ trouble, by }) => [trouble, by]),
    ),
    "",
    table(["property", "verdict", ""], verdictRows(report)),
    "",
    `Traces, logs and data: ${report.directory}`,
  ].join("\n");
}
