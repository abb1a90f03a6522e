import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { BenchRun } from "../src/bench/bench.ts";
import { benchPage, history } from "../src/bench/history.ts";
import type { Measurement } from "../src/bench/measure.ts";
import { allShapes, quickShapes, type Shape } from "../src/bench/shapes.ts";
import { lineOf, ratioOf } from "../src/bench/summary.ts";
import { spread } from "../src/bench/target.ts";
import { pageHtml } from "../src/charts/page.ts";

test("a page needs nothing beside itself, and what it shows cannot become a part of it", () => {
  const evil = '</script><script>alert("x")</script>';
  const html = pageHtml({
    title: evil,
    lead: [evil],
    parts: [
      { title: "figures", rows: [["a"], [evil]] },
      {
        title: evil,
        x: { label: evil, values: [1, 2] },
        y: { label: "y" },
        lines: [{ label: evil, values: [1, null] }],
      },
    ],
  });
  expect(html).not.toContain(evil);
  expect(html).not.toMatch(/(?:src|href)=/);
  expect(html.match(/<script>/g)).toHaveLength(2);
});

test("tables alone bring no library", () => {
  expect(pageHtml({ title: "t", lead: [], parts: [{ title: "f", rows: [["a"]] }] })).not.toContain("uPlot(");
});

test("writes are spread over connections without loss", () => {
  expect(spread(256, 64)).toEqual(Array.from({ length: 64 }, () => 4));
  expect(spread(7, 3)).toEqual([2, 2, 3]);
  expect(spread(1, 3).reduce((a, b) => a + b)).toBe(1);
});

test("the quick form is a part of the whole", () => {
  for (const shape of quickShapes) expect(allShapes).toContainEqual(shape);
});

const shape: Shape = { bodyBytes: 256, connections: 1, outstanding: 64 };
const measured = (system: string, commandsPerSecond: number, of = shape): Measurement => ({
  system,
  shape: of,
  commands: 10,
  commandsPerSecond,
  latencyMsP50: 1,
  latencyMsP99: 2,
  longestGapMs: 3,
  serverCpuMicrosPerCommand: null,
  clientCpuMicrosPerCommand: 4,
  serverResidentMiB: 100,
});
const runOf = (date: string, measurements: readonly Measurement[]): BenchRun => ({
  date,
  commit: "abc",
  machine: "m",
  load: [0, 1],
  seconds: 1,
  repeats: 2,
  systems: [
    { name: "eunomia", about: "ours" },
    { name: "etcd", about: "theirs" },
  ],
  skipped: [],
  measurements,
});

test("a ratio is taken pair by pair, not from medians", () => {
  const all = [
    measured("eunomia", 400),
    measured("etcd", 100),
    measured("eunomia", 90),
    measured("etcd", 90),
    measured("eunomia", 1000),
    measured("etcd", 200),
  ];
  // Medians would say 400 / 100.
  expect(ratioOf(all, shape)).toContain("throughput 4.00 (1.00 to 5.00)");
  const others = [...all, measured("eunomia", 9, { ...shape, connections: 64 })];
  expect(ratioOf(others, shape)).toBe(ratioOf(all, shape));
  expect(lineOf(all, "eunomia", shape)).toContain("servers –");
});

test("the history is of this form only, oldest first", () => {
  const folder = mkdtempSync(join(tmpdir(), "bench-history-"));
  try {
    expect(() => benchPage(folder)).toThrow("run the benchmark first");
    const save = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
    save("cluster-2026-02.json", runOf("2026-02-02", [measured("eunomia", 2), measured("etcd", 1)]));
    save("cluster-2026-01.json", runOf("2026-01-01", [measured("eunomia", 1), measured("etcd", 1)]));
    save("cluster-2025.json", { date: "2025", measurements: [{ system: "eunomia", outstanding: 1 }] });
    save("checker-2026.json", {});
    expect(history(folder).map(({ date }) => date)).toEqual(["2026-01-01", "2026-02-02"]);
    const page = benchPage(folder);
    expect(page).toContain("2026-02-02, commit abc");
    expect(page).toContain("run by run");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
