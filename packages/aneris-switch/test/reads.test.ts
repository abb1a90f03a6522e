import { describe, expect, test } from "vitest";
import { readRules } from "./support/read-rules.ts";
import { readTwins } from "./twins/reads.ts";

describe("reads", () => {
  for (const [rule, holds] of Object.entries(readRules)) test(rule, () => holds());
});

describe("replicas that read wrongly are refused", () => {
  for (const [name, make] of Object.entries(readTwins))
    test(name, () => {
      const broken = Object.entries(readRules).flatMap(([rule, holds]) => {
        try {
          holds(make);
          return [];
        } catch {
          return [rule];
        }
      });
      console.log(`${name}: ${broken.join("; ")}`);
      expect(broken).not.toEqual([]);
    });
});
