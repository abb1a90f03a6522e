import { nat } from "@eunomia/codec";
import { describe, expect, test } from "vitest";
import {
  type CheckOptions,
  check,
  configurationSymmetry,
  contractProperty,
  describeReport,
  describeStep,
  inertMessages,
  type Model,
  openSpace,
} from "../src/index.ts";
import { Machine } from "../src/machine/machine.ts";
import { breadthFirst } from "../src/search/breadth-first.ts";
import { settingsOf } from "../src/search/options.ts";
import { refused } from "./support/refused.ts";
import { toyModel } from "./support/toy.ts";

const lost = (): never => {
  throw new RangeError("too far");
};
const toy = toyModel();
const { s, r0 } = toy.processes as Required<Model["processes"]>;
const history = { schema: nat(), start: 0, fold: (seen: number) => seen };
const remembering = (part: object): Partial<Model> => ({
  processes: { ...toy.processes, r0: { ...r0!, history: { ...history, ...part } as never } },
});
const invariant = (holds: unknown): Partial<Model> => ({ invariants: [{ name: "order", holds } as never] });
const witness = (reached: unknown): Partial<Model> => ({ witnesses: [{ name: "seen", reached } as never] });
const engine = (part: object): Partial<Model> => ({
  processes: { ...toy.processes, s: { ...s!, engine: { ...s!.engine, ...part } as never } },
});

describe("functions of a model that fail are told by name, with what they were given", () => {
  const rows: [string, Partial<Model>, RegExp][] = [
    [
      "an invariant throws",
      invariant(lost),
      /"holds" of the invariant "order" .* throws RangeError: too far when given s: .*r1: .*; correct it/,
    ],
    [
      "an invariant answers true",
      invariant(() => true),
      /"holds" .* null, or what is wrong in words, got true/,
    ],
    ["an invariant answers nothing", invariant(() => undefined), /got undefined when given s: /],
    ["an invariant answers an empty text", invariant(() => ""), /in words, got "" when/],
    ["an invariant answers later", invariant(async () => null), /in words, got a promise when/],
    ["a witness throws", witness(lost), /"reached" of the witness "seen" .* throws RangeError/],
    ["a witness answers nothing", witness(() => {}), /"reached" .* true or false, got undefined/],
    ["routes throws", { routes: lost }, /"routes" .* throws RangeError: too far when given .* and .*kind/],
    [
      "routes answers no list",
      { routes: () => null as never },
      /"routes" .* a list, \[\] for none, got null/,
    ],
    [
      "routes leads to nobody",
      { routes: () => [{ to: "z", command: 1 }] },
      /"routes" .* keys of "processes" \(s, r0, r1\), got "z"/,
    ],
    ["a route that is none", { routes: () => [null as never] }, /"routes" .* got undefined/],
    [
      "routes gives a command of another engine",
      { routes: () => [{ to: "s", command: "sing" }] },
      /"routes", given .* expected a value that fits its schema: .* got "sing"/,
    ],
    [
      "a fold throws",
      remembering({ fold: lost }),
      /"fold" of the history of "r0" .* throws RangeError: too far when given 0 and /,
    ],
    [
      "a fold leaves its schema",
      remembering({ fold: () => -1 }),
      /"fold" .* given 0 and .* fits its schema: .* got -1/,
    ],
    ["self throws", engine({ self: lost }), /"self" of the engine "sequencer" .* throws RangeError/],
  ];
  for (const [name, part, text] of rows)
    test(name, () => {
      const { code, message } = refused(() => check({ ...toy, ...part }));
      expect(code).toBe("model");
      expect(message).toMatch(text);
    });
  test("what was thrown is the cause, and a search with reductions asks the same way", () => {
    expect(refused(() => check({ ...toy, ...invariant(lost) })).cause).toBeInstanceOf(RangeError);
    const { message } = refused(() =>
      check({ ...toy, ...engine({ inert: lost }) }, { reductions: [inertMessages] }),
    );
    expect(message).toMatch(/"inert" of "sequencer" .* throws RangeError/);
    const shy = { ...toy, ...engine({ inert: () => undefined }) };
    expect(refused(() => check(shy, { reductions: [inertMessages] })).message).toMatch(/got undefined/);
  });
});

describe("a model with a part that cannot be is refused before the first step", () => {
  const rows: [string, Partial<Model> | null, RegExp][] = [
    ["no name", { name: "" }, /"name" expected a text, got ""/],
    ["processes are a list", { processes: [] as never }, /"processes" expected an object, got \[\]/],
    ["routes is no function", { routes: {} as never }, /"routes" expected a function, got \{\}/],
    ["faults are null", { faults: null as never }, /"faults" expected an object, got null/],
    [
      "an excuse without a reason",
      { excused: { "sequencer: restore": " " } },
      /"excused" of .* a reason in words/,
    ],
    ["an excuse that says yes", { excused: { a: true as never } }, /"excused" of "a" .* got true/],
    ["excuses in a list", { excused: [] as never }, /"excused" expected an object, got \[\]/],
    ["a scope with a function", { scope: { of: lost } }, /"scope.of" expected plain JSON/],
    ["a scope without an end", { scope: { of: Number.POSITIVE_INFINITY } }, /"scope.of" .* got Infinity/],
    ["assumptions in a text", { assumptions: "none" as never }, /"assumptions" expected a list of texts/],
    [
      "an assumption that is none",
      { assumptions: [3 as never] },
      /"assumptions\[0\]" expected a text, got 3/,
    ],
    ["a property without a name", { invariants: [{ holds: () => null } as never] }, /"invariants\[0\].name"/],
    ["a property that is null", { witnesses: [null as never] }, /"witnesses\[0\].name" .* got undefined/],
    [
      "a witness without its function",
      witness(7),
      /"witnesses" .* "seen" expected a function "reached", got 7/,
    ],
    ["a history without fold", remembering({ fold: undefined }), /"r0.history.fold" expected a function/],
    ["a history without schema", remembering({ schema: {} }), /"r0.history.schema" expected a schema/],
    ["a history with more", remembering({ end: 1 }), /"r0.history" expected .*; got "end"/],
    [
      "a start outside its schema",
      remembering({ start: -1 }),
      /"r0.history.start" .* fits its schema.* got -1/,
    ],
    [
      "a config of another engine",
      { processes: { ...toy.processes, s: { ...s!, config: { self: "s" } } } },
      /"s.config" of "sequencer" expected a value that fits its schema/,
    ],
    ["an engine without observe", engine({ observe: undefined }), /"s.engine.observe" expected a function/],
    ["an engine without actions", engine({ actions: undefined }), /"s.engine.actions" expected a list/],
    ["an engine without a schema", engine({ schema: undefined }), /"s.engine.schema" expected an object/],
    ["an id that is none", { processes: { s: { ...s!, id: 3 as never } } }, /"s.id" expected a text, got 3/],
    ["a node that is none", { processes: { s: { ...s!, node: "" } } }, /"s.node" expected a text, got ""/],
    [
      "timers that are a number",
      { processes: { s: { ...s!, timers: 1 as never } } },
      /"s.timers" expected an object/,
    ],
    [
      "inputs that are null",
      { processes: { s: { ...s!, inputs: null as never } } },
      /"s.inputs" expected an object/,
    ],
    [
      "after in a text",
      { processes: { r0: { ...r0!, inputs: { a: { commands: [], after: "b" as never } } } } },
      /"r0.inputs.a.after" expected a list of inputs, got "b"/,
    ],
    ["a process that is null", { processes: { s: null as never } }, /"s" expected an object, got null/],
  ];
  for (const [name, part, text] of rows)
    test(name, () => {
      const { code, message } = refused(() => check({ ...toy, ...part }));
      expect(code).toBe("model");
      expect(message).toMatch(text);
    });
  test("no model at all", () => {
    for (const nothing of [null, undefined, "paxos"] as never[])
      expect(refused(() => check(nothing)).message).toMatch(/"model" expected an object, got/);
  });
});

describe("options that cannot be", () => {
  const rows: [string, unknown, RegExp][] = [
    ["null", null, /"options" expected an object, got null/],
    ["progress is no function", { progress: 7 }, /"progress" expected a function, got 7/],
    ["now is no function", { now: 0 }, /"now" expected a function, got 0/],
    ["score is no function", { mode: "best-first", score: 1 }, /"score" expected a function, got 1/],
    ["a score that throws", { mode: "best-first", score: lost }, /"score" .* throws RangeError/],
    [
      "a score that is none",
      { mode: "best-first", score: () => Number.NaN },
      /"score" .* an integer, got NaN/,
    ],
    ["walks are null", { mode: "walk", walks: null }, /"walks" expected \{ count, steps, seed \}.* got null/],
    [
      "walks with another name",
      { mode: "walk", walks: { count: 1, steps: 1, seed: 1, length: 1 } },
      /"walks" expected count, steps and seed, got "length"/,
    ],
    ["reductions in no list", { reductions: inertMessages }, /"reductions" expected a list of reductions/],
    ["memory in a text", { memory: "1 GB" }, /"memory" expected a positive integer, got "1 GB"/],
  ];
  for (const [name, options, text] of rows)
    test(name, () => {
      const { code, message } = refused(() => check(toy, options as CheckOptions));
      expect(code).toBe("option");
      expect(message).toMatch(text);
    });
  test("of a space: reductions, and vectors of another space", () => {
    expect(refused(() => openSpace(toy, [configurationSymmetry as never])).code).toBe("option");
    const space = openSpace(toy);
    for (const vector of [[], [0], [...space.initial].reverse(), [1e9, 1, 2], [0.5, 1, 2], null] as never[])
      for (const ask of [space.successors, space.describe, space.view, space.violation]) {
        const { code, message } = refused(() => ask(vector));
        expect(code).toBe("option");
        expect(message).toMatch(/"vector" expected one that this space has given, got/);
      }
  });
});

describe("what a report says", () => {
  test("the step in which an engine breaks its contract says how, and not that it was ignored", () => {
    const report = check(toyModel("surplus"));
    const last = report.counterexample!.steps.at(-1)!;
    expect(report.counterexample!.property).toBe(contractProperty);
    expect(last.fault).toMatch(/throws: .*extra/);
    expect(describeStep(last)).toMatch(/: broken, engine .* throws: /);
    expect(describeStep(last)).not.toContain("ignored");
  });
  test("an engine that throws in observe is described, also for a score that cannot see it", () => {
    const model = { ...toy, ...engine({ observe: lost }) };
    const space = openSpace(model);
    expect(space.describe(space.initial).processes[0]).toMatchObject({
      observation: null,
      fault: expect.stringMatching("too far"),
    });
    const score: CheckOptions["score"] = (view) => view.of("s").observation.length;
    expect(check(model, { mode: "best-first", score }).result).toBe("violated");
  });
  test("messages to nobody", () => {
    const { s: _, ...others } = toy.processes;
    const report = check({ ...toy, processes: others });
    expect(report.unrouted).toEqual(["s"]);
    expect(describeReport(report)).toMatch(/sent to nobody: s; no process has such an id/);
  });
  test("memory that ends says what to do, be it what was given or what the process can have", () => {
    const machine = new Machine(toy);
    const movesAt = machine.movesAt.bind(machine);
    let asked = 0;
    machine.movesAt = (cell) => {
      if (++asked > 20) throw new RangeError("Array buffer allocation failed");
      return movesAt(cell);
    };
    const { truncated } = breadthFirst(machine, settingsOf({}));
    expect(truncated!.why).toMatch(
      /^memory: this process can hold no more .*smaller scope, or add reductions/,
    );
  });
});
