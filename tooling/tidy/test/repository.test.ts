import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { findings, readTree, rules } from "../src/index.ts";

const tree = readTree(fileURLToPath(new URL("../../..", import.meta.url)));

test.each(rules)("$name", (rule) => {
  expect(findings(rule, tree)).toEqual([]);
});
