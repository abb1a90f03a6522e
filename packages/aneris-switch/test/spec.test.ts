import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { gatewayEngine, replicaEngine, transferDefaults, transferEngine } from "../src/index.ts";
import { configOf, oracles } from "./support/lab.ts";

const spec = readFileSync(new URL("../SPEC.md", import.meta.url), "utf8");

test("SPEC.md has exactly one row per action", () => {
  const rows = [...spec.matchAll(/^\| (aneris-\w+) \| `([^`]+)` \|/gm)].map(
    ([, engine, name]) => `${engine}: ${name}`,
  );
  const transfer = transferEngine({ ...transferDefaults, self: "t" });
  const actions = [replicaEngine(configOf(), oracles), gatewayEngine, transfer].flatMap((engine) =>
    engine.actions.map(({ name }) => `${engine.name}: ${name}`),
  );
  expect(rows).toEqual(actions);
});

test("every function of the table stands where it says", () => {
  const rows = [...spec.matchAll(/^\| ((?:`\w+`(?:, )?)+) \| ((?:`[\w.]+`(?:, )?)+) \|/gm)];
  expect(rows.length).toBeGreaterThan(12);
  for (const [, functions, files] of rows) {
    const names = (text: string): string[] => [...text.matchAll(/`([\w.]+)`/g)].map(([, name]) => name!);
    const text = names(files!)
      .map((file) => readFileSync(new URL(`../src/${file}`, import.meta.url), "utf8"))
      .join("\n");
    for (const name of names(functions!)) expect(text).toMatch(new RegExp(`(function|const) ${name}\\b`));
  }
});
