import type { Measurement } from "./measure.ts";
import { type Shape, sameShape } from "./shapes.ts";

/** The middle of a list that is not empty. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Three digits that mean something. */
export const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(2));

/** The measurements of one system under one shape. */
export const runsOf = (all: readonly Measurement[], system: string, shape: Shape): readonly Measurement[] =>
  all.filter((one) => one.system === system && sameShape(one.shape, shape));

/** The median of what is picked; null where the machine does not tell. */
export function middle(
  runs: readonly Measurement[],
  pick: (one: Measurement) => number | null,
): number | null {
  const values = runs.map(pick).filter((value) => value !== null);
  return values.length === 0 || values.length < runs.length ? null : median(values);
}

/** One system under one shape, in one line. */
export function lineOf(all: readonly Measurement[], system: string, shape: Shape): string {
  const runs = runsOf(all, system, shape);
  const told = (pick: (one: Measurement) => number | null): string => {
    const value = middle(runs, pick);
    return value === null ? "–" : digits(value);
  };
  return (
    `${system.padEnd(8)} ${told((one) => one.commandsPerSecond).padStart(8)}/s  ` +
    `p50 ${told((one) => one.latencyMsP50)} ms  p99 ${told((one) => one.latencyMsP99)} ms  ` +
    `CPU µs per command: servers ${told((one) => one.serverCpuMicrosPerCommand)}, client ${told((one) => one.clientCpuMicrosPerCommand)}  ` +
    `servers ${told((one) => one.serverResidentMiB)} MiB`
  );
}

/** Ratios of eunomia to etcd: runs stand in pairs, so each repeat gives one; ascending. */
export function ratios(
  all: readonly Measurement[],
  shape: Shape,
  pick: (one: Measurement) => number,
): readonly number[] {
  const theirs = runsOf(all, "etcd", shape);
  return runsOf(all, "eunomia", shape)
    .flatMap((one, at) => (theirs[at] === undefined ? [] : [pick(one) / pick(theirs[at])]))
    .toSorted((a, b) => a - b);
}

/** The ratios in one line, with their spread. */
export function ratioOf(all: readonly Measurement[], shape: Shape): string {
  const told = (pick: (one: Measurement) => number): string => {
    const values = ratios(all, shape, pick);
    return `${digits(median(values))} (${digits(values[0]!)} to ${digits(values.at(-1)!)})`;
  };
  return `ratio to etcd: throughput ${told((one) => one.commandsPerSecond)}, p50 ${told((one) => one.latencyMsP50)}`;
}
