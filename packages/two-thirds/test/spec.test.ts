import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  byzantineLearnerConfig,
  byzantineLearnerEngine,
  byzantineMemberConfig,
  byzantineMemberEngine,
} from "../src/byzantine.ts";
import { learnerConfig, learnerEngine, memberConfig, memberEngine } from "../src/index.ts";
import { voteRules } from "./byzantine/rules.ts";
import { floorRules } from "./byzantine/rules-floors.ts";
import { roundRules } from "./byzantine/rules-rounds.ts";
import { sealsOf } from "./byzantine/seals.ts";
import { rules } from "./rules.ts";
import { digestRules } from "./rules-digest.ts";
import { timingRules } from "./rules-timing.ts";

const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");

/** The rows of a table of SPEC.md: action and test. */
function rows(heading: string): { action: string; named: string }[] {
  const section = read("../SPEC.md").split(`## ${heading}\n`)[1]!.split("\n## ")[0]!;
  return [...section.matchAll(/^\| `([^`]+)` \|.*\| ([^|]+) \|$/gm)].map(([, action, named]) => ({
    action: action!,
    named: named!,
  }));
}

const members = ["p0", "p1", "p2", "p3"];

test("SPEC.md lists the actions of a member, each with a test in which it fires", () => {
  const engine = memberEngine(memberConfig({ self: "p0", members }));
  const table = rows("Member");
  expect(table.map(({ action }) => action)).toEqual(engine.actions.map(({ name }) => name));
  const all = [...rules, ...timingRules, ...digestRules];
  for (const { action, named } of table)
    expect(all.find(({ name }) => name === named)?.fires ?? [], `${action}: ${named}`).toContain(action);
});

test("SPEC.md lists the actions of a learner, each with a test", () => {
  const engine = learnerEngine(learnerConfig({ self: "r", members }));
  const table = rows("Learner");
  expect(table.map(({ action }) => action)).toEqual(engine.actions.map(({ name }) => name));
  for (const { named } of table) expect(read("./learner.test.ts")).toContain(`test("${named}"`);
});

const six = ["p0", "p1", "p2", "p3", "p4", "p5"];
const liarProof = byzantineMemberEngine(
  byzantineMemberConfig({ self: "p0", context: "spec", members: six }),
  sealsOf("p0"),
);
const certain = byzantineLearnerEngine(
  byzantineLearnerConfig({ self: "r", context: "spec", members: six }),
  sealsOf("r"),
);

test("SPEC.md lists the actions of a Byzantine member, each with a test in which it fires", () => {
  const table = rows("Byzantine member");
  expect(table.map(({ action }) => action)).toEqual(liarProof.actions.map(({ name }) => name));
  const all = [...voteRules, ...roundRules, ...floorRules];
  for (const { action, named } of table)
    expect(all.find(({ name }) => name === named)?.fires ?? [], `${action}: ${named}`).toContain(action);
});

test("SPEC.md lists the actions of a Byzantine learner, each with a test", () => {
  const table = rows("Byzantine learner");
  expect(table.map(({ action }) => action)).toEqual(certain.actions.map(({ name }) => name));
  for (const { named } of table) expect(read("./byzantine/learner.test.ts")).toContain(`test("${named}"`);
});

test("every action has a fairness", () => {
  for (const engine of [
    liarProof,
    certain,
    memberEngine(memberConfig({ self: "p0", members })),
    learnerEngine(learnerConfig({ self: "r", members })),
  ])
    expect(Object.keys(engine.fairness)).toEqual(engine.actions.map(({ name }) => name));
});
