import { describe, expect, test } from "vitest";
import { honest } from "./rig.ts";
import { voteRules } from "./rules.ts";
import { floorRules } from "./rules-floors.ts";
import { roundRules } from "./rules-rounds.ts";

describe.each([...voteRules, ...roundRules, ...floorRules])("$line: $name", ({ run, fires }) => {
  test("holds, and the actions it is about fire", () => {
    const fired = new Set<string>();
    run((config) => {
      const engine = honest(config);
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
