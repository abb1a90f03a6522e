import { readdirSync, readFileSync } from "node:fs";
import { checkScenario, runScenario } from "@eunomia/conformance";
import { expect, test } from "vitest";
import { assets } from "../src/assets.ts";
import { plans } from "./one.ts";
import { jointScenarios } from "./scenario.ts";

const folder = new URL("scenarios/", import.meta.url);
const scripts = readdirSync(folder);

for (const name of scripts)
  test(`scenario ${name}`, () => {
    checkScenario(new URL(name, folder), jointScenarios());
    expect(readFileSync(new URL(name, folder), "utf8")).not.toMatch(/^error:/m);
  });

/** By script: what is wrong in the one thing that the script is about. */
const twins: Readonly<Record<string, ReturnType<typeof jointScenarios>>> = {
  "both.txt": jointScenarios({}, { ...assets, depart: () => {} }),
  "epochs.txt": jointScenarios({ epochLag: 1 }),
  "one-side.txt": jointScenarios({}, { ...assets, arrive: () => {} }),
  "overlap-lost.txt": jointScenarios({ holdHeights: 0 }),
  "stuck.txt": jointScenarios({ chains: plans.map((plan) => ({ ...plan, patience: 100 })) }),
};

test("each script is refused by a broken twin", () => {
  expect(Object.keys(twins)).toEqual(scripts);
  for (const [name, twin] of Object.entries(twins)) {
    const text = readFileSync(new URL(name, folder), "utf8");
    expect(runScenario(text, twin), name).not.toBe(text);
  }
});
