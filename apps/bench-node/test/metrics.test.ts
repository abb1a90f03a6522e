import { readFileSync } from "node:fs";
import { Counter, Gauge, Histogram } from "prom-client";
import { expect, test } from "vitest";
import { type Glance, Meters } from "../src/observe/meters.ts";

const document = readFileSync(new URL("../../../docs/guides/metrics.md", import.meta.url), "utf8");

const kindOf = (metric: unknown): string =>
  metric instanceof Counter
    ? "counter"
    : metric instanceof Histogram
      ? "histogram"
      : metric instanceof Gauge
        ? "gauge"
        : "?";

test("the guide names every metric of a node, with its kind, its label and its help", () => {
  const { registry } = new Meters(() => ({}) as Glance);
  const lines = registry.getMetricsAsArray().flatMap((metric) => {
    const { name, help, labelNames } = metric as unknown as {
      name: string;
      help: string;
      labelNames: string[];
    };
    return name.startsWith("eunomia_")
      ? [`| \`${name}\` | ${kindOf(metric)} | ${labelNames.join(", ")} | ${help} |`]
      : [];
  });
  expect(document.split("\n").filter((line) => /^\| `eunomia_\w+` \|/.test(line))).toEqual(lines);
  // Every name in the rules below the table is one of the table.
  const known = new Set(lines.map((line) => line.split("`")[1]));
  for (const [name] of document.matchAll(/eunomia_\w+/g))
    expect(known).toContain(name.replace(/_(bucket|count|sum)$/, ""));
});
