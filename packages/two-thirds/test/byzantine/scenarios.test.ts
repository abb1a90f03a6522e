import { readdirSync, readFileSync } from "node:fs";
import { checkScenario, runScenario } from "@eunomia/conformance";
import { expect, test } from "vitest";
import { byzantineScenarios } from "./scenario.ts";
import { twins } from "./twins.ts";

const folder = new URL("scenarios/", import.meta.url);
const scripts = readdirSync(folder);

for (const name of scripts)
  test(`scenario ${name}`, () => {
    checkScenario(new URL(name, folder), byzantineScenarios());
    expect(readFileSync(new URL(name, folder), "utf8")).not.toMatch(/^error:/m);
  });

/** By script: members wrong in the one thing that the script is about. */
const faults: Readonly<Record<string, string>> = {
  "coordinator.txt": "L + 1 statuses are asked for",
  "unanimous.txt": "q - 1 is a quorum",
};

test("each script is refused by a broken twin", () => {
  expect(Object.keys(faults)).toEqual(scripts);
  for (const [name, fault] of Object.entries(faults)) {
    const text = readFileSync(new URL(name, folder), "utf8");
    const { engineOf } = twins.find((twin) => twin.fault === fault)!;
    expect(runScenario(text, byzantineScenarios(engineOf)), `${name}: ${fault}`).not.toBe(text);
  }
});
