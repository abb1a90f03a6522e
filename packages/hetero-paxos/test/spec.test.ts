import { readdirSync, readFileSync } from "node:fs";
import { learnerGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import { cluster, members } from "./cluster.ts";
import { examples } from "./examples.ts";

const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");
const tests = readdirSync(new URL(".", import.meta.url))
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => read(file))
  .join();

/** The rows of a table of SPEC.md: action and test. */
function rows(heading: string): { action: string; named: string }[] {
  const section = read("../SPEC.md").split(`## ${heading}\n`)[1]!.split("\n## ")[0]!;
  return [...section.matchAll(/^\| `([^`]+)` \|.*\| ([^|]+) \|$/gm)].map(([, action, named]) => ({
    action: action!,
    named: named!,
  }));
}

const graph = learnerGraph(examples[0]!.graph);
const { p1, w0, z0 } = cluster({ graph });

test.each([
  ["Acceptor", p1],
  ["Learner", z0],
  ["Proposer", w0],
  ["Member", members(graph).p1],
] as const)("SPEC.md lists the actions of each engine: %s", (heading, process) => {
  const table = rows(heading);
  const { actions, fairness } = process!.engine;
  expect(table.map(({ action }) => action)).toEqual(actions.map(({ name }) => name));
  expect(Object.keys(fairness)).toEqual(actions.map(({ name }) => name));
  for (const { named } of table) expect(tests, named).toContain(`test("${named}"`);
});

test.each(["Bad input", "Pitfalls"])("SPEC.md names a test for each row: %s", (heading) => {
  const section = read("../SPEC.md").split(`## ${heading}\n`)[1]!.split("\n## ")[0]!;
  const named = [...section.matchAll(/^\| (?!what \||pitfall \|).*\| ([^|]+) \|$/gm)].map(
    ([, name]) => name!,
  );
  expect(named.length).toBeGreaterThan(18);
  for (const name of named) expect(tests, name).toContain(`test("${name}"`);
});
