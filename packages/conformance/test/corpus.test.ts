import { expect, test } from "vitest";
import { livenessModels } from "../src/index.ts";

test("models of the corpus are whole, distinct, and of every verdict", () => {
  expect(new Set(livenessModels.map(({ name }) => name)).size).toBe(livenessModels.length);
  expect(livenessModels.length).toBeGreaterThanOrEqual(14);
  for (const { name, states, steps, fairness, incomplete = [], property } of livenessModels) {
    const actions = new Set(steps.map(([, action]) => action));
    const named = [...steps.flatMap(([from, , to]) => [from, to]), ...incomplete];
    for (const state of [...named, ...property.goal, ...(property.from ?? [])])
      expect(state >= 0 && state < states, `${name}: state ${state}`).toBe(true);
    expect(property.from !== undefined, name).toBe(property.kind === "leads-to");
    // A reduced graph may lack an action that the full one has.
    for (const { actions: own } of fairness)
      if (!name.includes("put off"))
        expect(
          own.some((action) => actions.has(action)),
          name,
        ).toBe(true);
  }
  const verdicts = new Set(livenessModels.map(({ verdict }) => verdict));
  expect([...verdicts].sort()).toEqual(["holds", "unknown", "vacuous", "violated"]);
  const kinds = new Set(livenessModels.map(({ property }) => property.kind));
  expect(kinds.size).toBe(4);
});
