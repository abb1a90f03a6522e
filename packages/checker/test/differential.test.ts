import { SeededRandom } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { check } from "../src/index.ts";
import { randomModel } from "./support/random-engine.ts";
import { referenceSearch } from "./support/reference.ts";

const runs = Number(process.env.CHECKER_MODELS ?? 100);

describe("random engines", () => {
  test(`the fast search and the dumb one agree on states, transitions and shortest violations (${runs} models)`, {
    timeout: 300_000,
  }, () => {
    let compared = 0;
    let violated = 0;
    let states = 0;
    for (let seed = 1; seed <= runs; seed++) {
      const reference = referenceSearch(randomModel(new SeededRandom(seed)), 400);
      if (reference === null) continue;
      const model = randomModel(new SeededRandom(seed));
      const report = check(model);
      const steps = report.counterexample?.steps.length;
      expect({ seed, depth: steps }).toEqual({ seed, depth: reference.violated?.depth });
      if (reference.violated !== null) violated += 1;
      else
        expect({ seed, states: report.states, transitions: report.transitions }).toEqual({
          seed,
          states: reference.states,
          transitions: reference.transitions,
        });
      compared += 1;
      states += reference.states;
    }
    console.log(`${compared} of ${runs} models were small enough, ${states} states, ${violated} violated`);
    expect(compared).toBeGreaterThan(runs / 3);
    expect(violated).toBeGreaterThan(runs / 50);
  });
});
