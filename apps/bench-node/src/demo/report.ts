import type { Judgement } from "@eunomia/trace";
import type { FileDigest } from "./judge.ts";
import type { Course, EpochTimings } from "./timings.ts";

export interface RunReport {
  readonly verdict: "ok" | "failed";
  readonly input: FileDigest & { readonly file: string; readonly commands: number };
  readonly outputs: readonly (FileDigest & { readonly file: string; readonly equal: boolean })[];
  readonly properties: readonly {
    readonly property: string;
    readonly kind: string;
    readonly detail: string;
  }[];
  /** Properties that held because nothing came up that they speak of. */
  readonly vacuous: readonly string[];
  readonly counts: Judgement["counts"];
  readonly epochs: readonly EpochTimings[];
  readonly course: Course;
  readonly steps: readonly {
    readonly title: string;
    readonly atSeconds: number;
    readonly tookSeconds: number;
    readonly outcome: string;
  }[];
  readonly alarms: readonly string[];
  readonly seconds: number;
  readonly nodes: number;
  readonly date: string;
  readonly machine: string;
  readonly runDirectory: string;
}

const milliseconds = (value: number | null): string =>
  value === null ? "–" : value.toFixed(value < 10 ? 2 : 0);

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(
      (row) =>
        `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join("  ")}`,
    )
    .join("\n");
}

/** What each epoch was like, with a head. */
export function epochRows({ epochs }: RunReport): string[][] {
  return [
    ["epoch", "protocol", "slots", "commands", "per s", "p50 ms", "p99 ms", "longest gap ms"],
    ...epochs.map((epoch) => [
      String(epoch.epoch),
      epoch.protocol,
      `${epoch.firstSlot}–${epoch.lastSlot}`,
      String(epoch.commands),
      epoch.commandsPerSecond.toFixed(0),
      milliseconds(epoch.latencyMsP50),
      milliseconds(epoch.latencyMsP99),
      milliseconds(epoch.longestGapMs),
    ]),
  ];
}

/** The report for a terminal. */
export function reportText(report: RunReport): string {
  const mark = (good: boolean): string => (good ? "ok      " : "FAILED  ");
  const lines = [
    "",
    `Input    ${report.input.file}: ${report.input.bytes} bytes in ${report.input.commands} commands`,
    ...report.outputs.map(
      (output) =>
        `${mark(output.equal)} ${output.file}: ${output.bytes} bytes, ${output.equal ? "equal to the input byte for byte" : "NOT equal to the input"}`,
    ),
    "",
    "Properties, judged from the traces of all replicas and subscribers",
    ...report.properties.map(
      ({ property, kind, detail }) =>
        `${mark(kind === "ok")} ${property}${detail === undefined ? "" : ` – ${detail}`}`,
    ),
    ...report.alarms.map((alarm) => `${mark(false)} alarm: ${alarm}`),
    "",
    "Epochs",
    table(epochRows(report)),
    "",
    `Verdict: ${report.verdict === "ok" ? "ok" : "FAILED"} after ${report.seconds.toFixed(1)} s on ${report.nodes} nodes. Everything about the run: ${report.runDirectory}`,
  ];
  return lines.join("\n");
}
