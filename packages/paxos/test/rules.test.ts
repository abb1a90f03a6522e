import type { AnyEngine } from "@eunomia/engine";
import { describe, expect, test } from "vitest";
import { type Makers, soundMakers } from "./support/cluster.ts";
import { acceptorAlone, leaderAlone, learnerAlone } from "./support/lone.ts";
import { acceptorRules } from "./support/rules-acceptor.ts";
import { leaderRules } from "./support/rules-leader.ts";
import { learnerRules } from "./support/rules-learner.ts";

const roles = [
  { role: "acceptor", alone: acceptorAlone, rules: acceptorRules },
  { role: "leader", alone: leaderAlone, rules: leaderRules },
  { role: "learner", alone: learnerAlone, rules: learnerRules },
];

/** The engine, with every collecting action watched: nobody sees that it ran. */
const watched = (engine: AnyEngine): AnyEngine => ({
  ...engine,
  actions: engine.actions.map((action) =>
    engine.collects?.includes(action.name)
      ? {
          ...action,
          act: (config, state, found, out) => {
            const seen = (): string => JSON.stringify(engine.observe(config, state));
            const before = seen();
            action.act(config, state, found, out);
            expect(seen(), action.name).toBe(before);
          },
        }
      : action,
  ),
});

for (const { role, alone, rules } of roles)
  describe(role, () => {
    for (const [name, check] of Object.entries(rules)) test(name, () => check(soundMakers));

    test("what only collects is seen by nobody", () => {
      const makers: Makers = {
        acceptor: (config) => watched(soundMakers.acceptor(config)),
        leader: (config) => watched(soundMakers.leader(config)),
        learner: (config) => watched(soundMakers.learner(config)),
      };
      for (const check of Object.values(rules)) check(makers);
    });

    test("every action has a test, and every test an action", () => {
      const { engine } = alone(soundMakers);
      expect(Object.keys(rules).sort()).toEqual([...new Set(engine.actions.map(({ name }) => name))].sort());
      expect(new Set(engine.actions.map(({ name }) => name)).size).toBe(engine.actions.length);
      expect(Object.keys(engine.fairness).sort()).toEqual(engine.actions.map(({ name }) => name).sort());
    });
  });
