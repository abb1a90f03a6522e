import { table } from "../cli/output.ts";
import type { DeployLine } from "./compare.ts";

const kib = (bytes: number): string => (bytes / 1024).toFixed(1);
const times = (ratio: number): string => `${ratio.toFixed(2)}x`;

/** One spec under its deployments as a table, all per decision; ratios are to the first line, between sites to the first there. */
export function deployText(lines: readonly DeployLine[]): string {
  const head = [
    "deployment",
    "nodes in",
    "KiB",
    "",
    "between sites",
    "CPU ms",
    "",
    "latency ms",
    "",
    "audit",
  ];
  const rows = lines.map(({ deployment, place, bytes, farBytes, cpuMicros, latencyMs, ratios, audited }) => [
    deployment,
    place === "room" ? "one room" : "two sites",
    kib(bytes),
    times(ratios.bytes),
    kib(farBytes),
    ratios.far === null ? "" : times(ratios.far),
    (cpuMicros / 1000).toFixed(2),
    times(ratios.cpu),
    latencyMs.toFixed(0),
    times(ratios.latency),
    audited === null
      ? "none"
      : `${audited.statements} statements, ${audited.guilty} guilty, ${audited.missing} missing`,
  ]);
  return table(head, rows);
}
