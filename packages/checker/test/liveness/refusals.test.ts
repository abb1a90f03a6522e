import { describe, expect, test } from "vitest";
import {
  type CheckerErrorCode,
  type CountdownGoal,
  type CountdownOptions,
  checkCountdown,
  checkFairCycles,
  checkLiveness,
  graphOf,
  type LivenessOptions,
  type Model,
  type ModelProperty,
  openSpace,
  toSafety,
  transitionsOf,
  transitionsOfModel,
} from "../../src/index.ts";
import { refused } from "../support/refused.ts";
import { callModel } from "./engines.ts";

const lost = (): never => {
  throw new RangeError("too far");
};

describe("liveness", () => {
  const model = callModel({ retryMs: 0 });
  const property: ModelProperty = { name: "p", kind: "eventually", goal: () => true };
  const rows: [string, unknown, unknown, CheckerErrorCode, RegExp][] = [
    ["no property", null, {}, "option", /"property" expected an object, got null/],
    ["another kind", { ...property, kind: "always" }, {}, "option", /"kind" of the property .* got "always"/],
    ["no goal", { ...property, goal: undefined }, {}, "option", /"goal" expected a function, got undefined/],
    ["no from", { ...property, kind: "leads-to" }, {}, "option", /"from" expected a function/],
    [
      "a from too much",
      { ...property, from: () => true },
      {},
      "option",
      /"from" expected the kind "leads-to"/,
    ],
    ["another name", { ...property, until: () => true }, {}, "option", /"property" .* got "until"/],
    ["no name", { ...property, name: undefined }, {}, "option", /"name" of the property expected a text/],
    [
      "a goal that throws",
      { ...property, goal: lost },
      {},
      "model",
      /"goal" of the property .* throws.* given a: /,
    ],
    ["a goal without an answer", { ...property, goal: () => 1 }, {}, "model", /true or false, got 1/],
    ["null options", property, null, "option", /"options" expected an object, got null/],
    ["another option", property, { depth: 3 }, "option", /"options" expected .* got "depth"/],
    ["inputs", property, { inputs: "can" }, "option", /"inputs" expected may or must, got "can"/],
    ["reductions", property, { reductions: [7] }, "option", /"reductions" expected a list/],
  ];
  for (const [name, asked, options, code, text] of rows)
    test(name, () => {
      const error = refused(() => checkLiveness(model, asked as ModelProperty, options as LivenessOptions));
      expect(error.code).toBe(code);
      expect(error.message).toMatch(text);
    });
  test("on graphs, as safety and on the fly", () => {
    const parts = { states: 2, initial: [0], edges: [[0, 0, 1] as const], labelNames: ["go"] };
    const graph = graphOf(parts);
    const wrong = { kind: "sometimes", goal: () => true } as never;
    const failing = { kind: "eventually", goal: lost } as const;
    expect(refused(() => checkFairCycles(graph, wrong)).code).toBe("option");
    expect(refused(() => checkFairCycles(graph, failing)).message).toMatch(/"goal" .* given state 0/);
    expect(refused(() => toSafety(transitionsOf(graph), wrong)).code).toBe("option");
    expect(refused(() => toSafety(transitionsOf(graph), failing)).code).toBe("model");
    expect(refused(() => transitionsOfModel(model, wrong)).code).toBe("option");
    expect(refused(() => transitionsOfModel(model, property, "can" as never)).code).toBe("option");
    const constraints = [{ name: "go", kind: "fair" as never, labels: [0] }];
    expect(refused(() => graphOf({ ...parts, constraints })).message).toMatch(/weak or strong, got "fair"/);
  });
});

describe("countdowns", () => {
  const model = callModel();
  const goal: CountdownGoal = { name: "answered", process: "a", reached: () => true };
  const cores = [["a", "b"]];
  const space = openSpace(model);
  const state = space.describe(space.initial);
  const changed = (part: object) => ({
    cores,
    starts: [{ ...state, processes: state.processes.map((one) => ({ ...one, ...part })) }],
  });
  const rows: [string, unknown, unknown, CheckerErrorCode, RegExp][] = [
    ["no goal", undefined, { cores }, "option", /"goal" expected an object, got undefined/],
    [
      "a goal without reached",
      { ...goal, reached: null },
      { cores },
      "option",
      /"reached" expected a function/,
    ],
    [
      "a goal of nobody",
      { ...goal, process: "z" },
      { cores },
      "option",
      /"process" of the goal .*\(a, b\), got "z"/,
    ],
    [
      "a goal without a name",
      { ...goal, name: 3 },
      { cores },
      "option",
      /"name" of the goal expected a text/,
    ],
    ["a goal that throws", { ...goal, reached: lost }, { cores }, "model", /"reached" of the goal .* throws/],
    [
      "a goal without an answer",
      { ...goal, reached: () => null },
      { cores },
      "model",
      /true or false, got null/,
    ],
    ["no options", goal, undefined, "option", /"options" expected an object, got undefined/],
    ["no cores", goal, {}, "option", /"cores" expected a list of lists of keys, got undefined/],
    ["one core alone", goal, { cores: ["a", "b"] }, "option", /"cores" expected a list of lists/],
    [
      "a core of nobody",
      goal,
      { cores: [["a", "z"]] },
      "option",
      /"cores" expected keys .*\(a, b\), got "z"/,
    ],
    ["inputs", goal, { cores, inputs: "must" }, "option", /"inputs" expected true or false, got "must"/],
    ["timersLeft", goal, { cores, timersLeft: "some" }, "option", /"timersLeft" expected full or any/],
    ["another option", goal, { cores, depth: 3 }, "option", /"options" expected .* got "depth"/],
    ["within is no function", goal, { cores, within: 3 }, "option", /"within" expected a function, got 3/],
    ["within throws", goal, { cores, within: lost }, "model", /"within" .* throws/],
    ["starts that are none", goal, { cores, starts: 3 }, "option", /"starts" expected states .* got 3/],
    [
      "a start that is null",
      goal,
      { cores, starts: [null] },
      "option",
      /"starts" expected states as "describe"/,
    ],
    [
      "within and starts",
      goal,
      { cores, starts: [], within: () => true },
      "option",
      /"within" expected no "starts"/,
    ],
    [
      "a timer of nobody",
      goal,
      changed({ timers: [{ timer: "tick", left: 1, delayMs: 1 }] }),
      "option",
      /neither a timer nor an input is called "tick"/,
    ],
    ["an input of nobody", goal, changed({ inputsLeft: ["sing"] }), "option", /is called "sing"/],
    [
      "a command of nobody",
      goal,
      changed({ routed: [{ from: "z", message: null, count: 1 }] }),
      "option",
      /a command of "z", which no process is called/,
    ],
  ];
  for (const [name, asked, options, code, text] of rows)
    test(name, () => {
      const error = refused(() => checkCountdown(model, asked as CountdownGoal, options as CountdownOptions));
      expect(error.code).toBe(code);
      expect(error.message).toMatch(text);
    });
  test("a model that forgets which timer fires first", () => {
    const forgetful: Model = { ...model, delays: "forget" };
    const { code, message } = refused(() => checkCountdown(forgetful, goal, { cores }));
    expect(code).toBe("model");
    expect(message).toMatch(/"delays" expected keep for a countdown, since a has timers, got "forget"/);
  });
});
