import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { One } from "./one.ts";

const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");
const tests = readdirSync(new URL(".", import.meta.url))
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => read(file))
  .join();

test("SPEC.md lists the actions of the engine, with tests that there are", () => {
  const section = read("../SPEC.md").split("## Engine\n")[1]!.split("\n## ")[0]!;
  const rows = [...section.matchAll(/^\| `([^`]+)` \|.*\| ([^|]+) \|$/gm)];
  const { actions, fairness } = new One().engine;
  expect(rows.map(([, action]) => action)).toEqual(actions.map(({ name }) => name));
  expect(Object.keys(fairness)).toEqual(actions.map(({ name }) => name));
  for (const [, , named] of rows) expect(tests, named).toContain(`test("${named}"`);
});
