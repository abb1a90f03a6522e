import { readdirSync, readFileSync } from "node:fs";
import { checkScenario, runScenario } from "@eunomia/conformance";
import { expect, test } from "vitest";
import type { Makers } from "./support/cluster.ts";
import { mutants } from "./support/mutants.ts";
import { paxosScenarios } from "./support/scenario.ts";

const folder = new URL("scenarios/", import.meta.url);
const scripts = readdirSync(folder);

for (const name of scripts)
  test(`scenario ${name}`, () => {
    checkScenario(new URL(name, folder), paxosScenarios());
    expect(readFileSync(new URL(name, folder), "utf8")).not.toMatch(/^error:/m);
  });

/** By script: engines wrong in the one thing that the script is about. */
const twins: Readonly<Record<string, keyof typeof mutants>> = {
  "cut-off-leader.txt": "phase-1 threshold off by one",
  "dueling-leaders.txt": "accepts below promise",
  "leader-dies.txt": "own proposal preferred to a reported pvalue",
  "normal.txt": "phase-2 threshold off by one",
  "promise-kept.txt": "promise not recorded",
};

test("each script is refused by a broken twin", () => {
  expect(Object.keys(twins)).toEqual(scripts);
  for (const [name, twin] of Object.entries(twins)) {
    const text = readFileSync(new URL(name, folder), "utf8");
    expect(runScenario(text, paxosScenarios(mutants[twin] as Makers)), `${name}: ${twin}`).not.toBe(text);
  }
});
