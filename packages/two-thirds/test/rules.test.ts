import { describe, expect, test } from "vitest";
import { memberEngine } from "../src/index.ts";
import { rules } from "./rules.ts";
import { digestRules } from "./rules-digest.ts";
import { timingRules } from "./rules-timing.ts";

describe.each([...rules, ...timingRules, ...digestRules])("$line: $name", ({ run, fires }) => {
  test("holds, and the actions it is about fire", () => {
    const fired = new Set<string>();
    run((config) => {
      const engine = memberEngine(config);
      return {
        ...engine,
        actions: engine.actions.map((action) => ({
          ...action,
          act: (...args: Parameters<typeof action.act>) => {
            fired.add(action.name);
            action.act(...args);
          },
        })),
      };
    });
    expect([...fired]).toEqual(expect.arrayContaining([...fires]));
  });
});
