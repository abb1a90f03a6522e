import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Chart, pageHtml, type Table } from "../charts/page.ts";
import type { BenchRun } from "./bench.ts";
import type { Measurement } from "./measure.ts";
import { type Shape, sameShape, shapeText } from "./shapes.ts";
import { digits, median, middle, ratios, runsOf } from "./summary.ts";

/** The runs that are kept in a folder, oldest first. Files of another form, such as those of former versions, are left out. */
export function history(results: string): readonly BenchRun[] {
  return readdirSync(results)
    .filter((name) => /^cluster-.*\.json$/.test(name))
    .toSorted()
    .map((name) => JSON.parse(readFileSync(join(results, name), "utf8")) as BenchRun)
    .filter((run) => run.measurements.every((one) => one.shape !== undefined));
}

const shapesOf = ({ measurements }: BenchRun): readonly Shape[] =>
  measurements
    .map((one) => one.shape)
    .filter((shape, at, all) => all.findIndex((other) => sameShape(other, shape)) === at);

/** Curves of the newest run of a folder, and what became of the ratio over all of them. */
export function benchPage(results: string): string {
  const runs = history(results);
  const newest = runs.at(-1);
  if (newest === undefined)
    throw new Error(`${results} has no results of this version: run the benchmark first`);
  return pageHtml({
    title: "The cluster beside etcd",
    lead: [
      `${newest.date.slice(0, 10)}, commit ${newest.commit}, ${newest.machine}, load ${newest.load.map(digits).join(" to ")}; medians of ${newest.repeats} runs of ${newest.seconds} s, alternating.`,
      ...newest.systems.map(({ name, about }) => `${name}: ${about}.`),
      ...newest.skipped.map((reason) => `Skipped: ${reason}.`),
    ],
    parts: [figures(newest), ...curves(newest), ...overTime(runs)],
  });
}

function figures({ measurements, systems, ...run }: BenchRun): Table {
  const told = (value: number | null): string => (value === null ? "–" : digits(value));
  const rows = shapesOf({ measurements, systems, ...run }).flatMap((shape) =>
    systems.map(({ name }) => {
      const of = runsOf(measurements, name, shape);
      const pick = (field: (one: Measurement) => number | null): string => told(middle(of, field));
      const ratio = name === "eunomia" ? ratios(measurements, shape, (one) => one.commandsPerSecond) : [];
      return [
        shapeText(shape),
        name,
        pick((one) => one.commandsPerSecond),
        ratio.length === 0
          ? ""
          : `${digits(median(ratio))} (${digits(ratio[0]!)} to ${digits(ratio.at(-1)!)})`,
        pick((one) => one.latencyMsP50),
        pick((one) => one.latencyMsP99),
        pick((one) => one.longestGapMs),
        pick((one) => one.serverCpuMicrosPerCommand),
        pick((one) => one.clientCpuMicrosPerCommand),
        pick((one) => one.serverResidentMiB),
      ];
    }),
  );
  const head = [
    "load",
    "system",
    "per s",
    "ratio",
    "p50 ms",
    "p99 ms",
    "longest gap ms",
    "servers µs/command",
    "client µs/command",
    "servers MiB",
  ];
  return { title: "Figures", rows: [head, ...rows] };
}

/** For each size, over the writes under way on one connection. */
function curves(run: BenchRun): readonly Chart[] {
  const single = shapesOf(run).filter(({ connections }) => connections === 1);
  const sizes = [...new Set(single.map(({ bodyBytes }) => bodyBytes))];
  const chart = (bodyBytes: number, label: string, pick: (one: Measurement) => number | null): Chart => {
    const shapes = single.filter((shape) => shape.bodyBytes === bodyBytes);
    return {
      title: `${bodyBytes} B: ${label}`,
      x: { label: "writes under way", values: shapes.map(({ outstanding }) => outstanding), scale: "log" },
      y: { label, scale: "log" },
      lines: run.systems.map(({ name }) => ({
        label: name,
        values: shapes.map((shape) => middle(runsOf(run.measurements, name, shape), pick)),
      })),
    };
  };
  return sizes.flatMap((bodyBytes) => [
    chart(bodyBytes, "writes per second", (one) => one.commandsPerSecond),
    chart(bodyBytes, "p50 in ms", (one) => one.latencyMsP50),
    chart(bodyBytes, "CPU of the servers, µs per write", (one) => one.serverCpuMicrosPerCommand),
  ]);
}

/** The ratio to etcd with 256 B, run by run. */
function overTime(runs: readonly BenchRun[]): readonly Chart[] {
  const both = runs.filter(({ systems }) => systems.length === 2);
  if (both.length < 2) return [];
  return [
    {
      title: "Throughput to etcd's, 256 B on one connection, run by run",
      x: { label: "date", values: both.map(({ date }) => Date.parse(date) / 1000), scale: "time" },
      y: { label: "ratio" },
      lines: [1, 64, 256, 1024].map((outstanding) => ({
        label: `${outstanding} under way`,
        values: both.map(({ measurements }) => {
          const of = ratios(
            measurements,
            { bodyBytes: 256, connections: 1, outstanding },
            (one) => one.commandsPerSecond,
          );
          return of.length === 0 ? null : median(of);
        }),
      })),
    },
  ];
}
