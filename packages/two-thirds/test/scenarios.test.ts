import { readdirSync, readFileSync } from "node:fs";
import { checkScenario, runScenario } from "@eunomia/conformance";
import { expect, test } from "vitest";
import { twoThirdsScenarios } from "./scenario.ts";
import { twins } from "./twins.ts";

const folder = new URL("scenarios/", import.meta.url);
const scripts = readdirSync(folder);

for (const name of scripts)
  test(`scenario ${name}`, () => {
    checkScenario(new URL(name, folder), twoThirdsScenarios());
    expect(readFileSync(new URL(name, folder), "utf8")).not.toMatch(/^error:/m);
  });

/** By script: members wrong in the one thing that the script is about. */
const faults: Readonly<Record<string, string>> = {
  "laggard.txt": "votes of a decided slot stay unanswered",
  "late-member.txt": "a jump goes one round up only",
  "restart.txt": "the records of votes are passed over",
  "split.txt": "ticks are not counted",
  "unanimous.txt": "E - 1 equal votes decide",
};

test("each script is refused by a broken twin", () => {
  expect(Object.keys(faults)).toEqual(scripts);
  for (const [name, fault] of Object.entries(faults)) {
    const text = readFileSync(new URL(name, folder), "utf8");
    const { engineOf } = twins.find((twin) => twin.fault === fault)!;
    expect(runScenario(text, twoThirdsScenarios(engineOf)), `${name}: ${fault}`).not.toBe(text);
  }
});
