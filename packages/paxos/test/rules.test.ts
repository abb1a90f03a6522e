import { describe, expect, test } from "vitest";
import { soundMakers } from "./support/cluster.ts";
import { acceptorAlone, leaderAlone, learnerAlone } from "./support/lone.ts";
import { acceptorRules } from "./support/rules-acceptor.ts";
import { leaderRules } from "./support/rules-leader.ts";
import { learnerRules } from "./support/rules-learner.ts";

const roles = [
  { role: "acceptor", alone: acceptorAlone, rules: acceptorRules },
  { role: "leader", alone: leaderAlone, rules: leaderRules },
  { role: "learner", alone: learnerAlone, rules: learnerRules },
];

for (const { role, alone, rules } of roles)
  describe(role, () => {
    for (const [name, check] of Object.entries(rules)) test(name, () => check(soundMakers));

    test("every action has a test, and every test an action", () => {
      const { engine } = alone(soundMakers);
      expect(Object.keys(rules).sort()).toEqual([...new Set(engine.actions.map(({ name }) => name))].sort());
      expect(new Set(engine.actions.map(({ name }) => name)).size).toBe(engine.actions.length);
      expect(Object.keys(engine.fairness).sort()).toEqual(engine.actions.map(({ name }) => name).sort());
    });
  });
