import { describe, expect, test } from "vitest";
import {
  check,
  contractProperty,
  describeReport,
  describeStep,
  type Model,
  openSpace,
} from "../src/index.ts";
import { goldenModel } from "./support/golden.ts";
import { toyModel } from "./support/toy.ts";

const wrong: Model = {
  ...goldenModel(3, 2),
  invariants: [
    { name: "never decides 0", holds: (view) => (view.of("l").observation.includes(0) ? "decides 0" : null) },
    { name: "true", holds: () => null },
  ],
};

describe("modes", { timeout: 120_000 }, () => {
  const bfs = check(wrong);
  test("breadth-first search shows a shortest way, and says of the others that it ended early", () => {
    expect(bfs.result).toBe("violated");
    expect(bfs.counterexample).toMatchObject({ property: "never decides 0", detail: "decides 0" });
    // One ballot: begin, two prepares, two promises, two accepts, two votes.
    expect(bfs.counterexample!.steps).toHaveLength(9);
    expect(bfs.verdicts.find(({ property }) => property === "true")?.result).toBe("unknown");
    expect(check(wrong)).toEqual(bfs);
  });
  test("the counterexample is a run: each step may be taken after the ones before", () => {
    const space = openSpace(wrong);
    let vector = space.initial;
    for (const label of bfs.counterexample!.steps) {
      expect(space.violation(vector)).toBeNull();
      const same = space.successors(vector).find((step) => describeStep(step.label) === describeStep(label));
      vector = same!.vector;
    }
    expect(space.violation(vector)).toMatchObject({ property: "never decides 0" });
  });
  test("the other modes find it too, by ways that may be longer", () => {
    const score = (view: { of(key: string): { observation: { votedBallot: number } } }) =>
      ["a0", "a1", "a2"].filter((key) => view.of(key).observation.votedBallot >= 0).length;
    const walks = { count: 200, steps: 40, seed: 1 };
    for (const options of [
      { mode: "dfs" },
      { mode: "best-first", score },
      { mode: "walk", walks },
    ] as const) {
      const report = check(wrong, options);
      expect(report.result).toBe("violated");
      expect(report.counterexample!.steps.length).toBeGreaterThanOrEqual(9);
      expect(check(wrong, options)).toEqual(report);
    }
  });
  test("depth-first and best-first search see everything too; walks only claim a sample", () => {
    const right = goldenModel(3, 2, "stay");
    const states = check(right).states;
    const all = { states, result: "holds" };
    expect(check(right, { mode: "dfs" })).toMatchObject(all);
    expect(
      check(right, { mode: "best-first", score: (view) => view.of("l").observation.length }),
    ).toMatchObject(all);
    const sample = check(right, { mode: "walk", walks: { count: 300, steps: 60, seed: 7 } });
    expect(sample.result).toBe("sampled");
    expect(sample.states).toBeGreaterThan(1000);
    expect(sample.states).toBeLessThan(states);
  });
});

describe("honesty", () => {
  const right = goldenModel(3, 2, "stay");
  test("a bound that the caller sets makes a sample, memory that runs out makes nothing known", () => {
    expect(check(right, { depth: 18 })).toMatchObject({
      result: "sampled",
      depth: 18,
      truncated: { why: "depth 18" },
    });
    const few = check(right, { states: 20_000 });
    expect(few.result).toBe("sampled");
    expect(few.truncated!.frontier).toBeGreaterThan(0);
    const full = check(goldenModel(3, 2), { memory: 4_000_000 });
    expect(full).toMatchObject({ result: "unknown" });
    expect(full.truncated!.why).toMatch(/^memory: 4000000 bytes are not enough/);
    expect(full.bytes).toBeLessThan(4_000_000);
  });
  test("whoever watches may stop it", () => {
    const calls: number[] = [];
    const report = check(goldenModel(3, 2), { progress: ({ states }) => calls.push(states) > 2 });
    expect(report).toMatchObject({ result: "unknown", truncated: { why: "stopped from outside" } });
    expect(calls).toHaveLength(3);
    const told = check(goldenModel(3, 2), { progress: () => "no more patience" });
    expect(told).toMatchObject({ result: "unknown", truncated: { why: "no more patience" } });
  });
  test("a witness that is missed and an action that never fires are errors; an excuse needs a reason", () => {
    const missed = { ...right, witnesses: [{ name: "decides 7", reached: () => false }] };
    expect(check(missed)).toMatchObject({ result: "vacuous", witnesses: { "decides 7": 0 } });
    const { p0, ...others } = right.processes;
    const { inputs: _, ...silent } = p0!;
    const lazy = {
      ...right,
      witnesses: [],
      processes: { p0: silent, ...others, p1: { ...right.processes.p1!, inputs: {} } },
    };
    const report = check(lazy);
    expect(report.result).toBe("vacuous");
    expect(report.actions.neverFired).toContain("golden acceptor: promise");
    const excused = Object.fromEntries(report.actions.neverFired.map((name) => [name, "nobody begins"]));
    expect(check({ ...lazy, excused })).toMatchObject({ result: "holds", actions: { excused } });
  });
  test("every report is plain JSON and has a text", () => {
    for (const report of [check(wrong), check(right)]) {
      expect(JSON.parse(JSON.stringify(report))).toEqual(report);
      expect(describeReport(report)).toContain(`${report.states} states`);
    }
  });
});

describe("engines that break their contract are violations, not crashes of the checker", () => {
  const broken: [string, RegExp][] = [
    ["acting guard", /changes its state in the guard of "take"/],
    ["counting", /did two things with equal states and equal events/],
    ["scribbling", /changed the message that it was given/],
    ["surplus", /throws: .*extra/],
  ];
  for (const [twin, text] of broken)
    test(twin, () => {
      const report = check(toyModel(twin));
      expect(report.counterexample?.property).toBe(contractProperty);
      expect(report.counterexample?.detail).toMatch(text);
    });
  test("an exception, also one of observe", () => {
    const toy = toyModel();
    const { s } = toy.processes as Required<Model["processes"]>;
    const fail = () => {
      throw new RangeError("too far");
    };
    const take = s!.engine.actions.find(({ name }) => name === "take");
    const actions = [{ ...take!, act: fail }];
    for (const part of [{ actions }, { observe: fail }]) {
      const report = check({
        ...toy,
        processes: { ...toy.processes, s: { ...s!, engine: { ...s!.engine, ...part } } },
      });
      expect(report.counterexample?.detail).toMatch(/^s: engine "sequencer" throws.*too far/);
    }
  });
  test("the right one holds", () => {
    const excused = {
      "sequencer: restore": "no records without crashes",
      "sequencer: answer a read": "nobody reads",
      "learner: hear how far writes have come": "nobody reads",
    };
    const report = check({ ...toyModel(), excused });
    expect(describeReport(report)).toMatch(/^toy: holds/);
  });
});

describe("the space of a model", () => {
  test("successors come in the same order, whatever was asked before", () => {
    const [one, two] = [openSpace(goldenModel(3, 2)), openSpace(goldenModel(3, 2))];
    const labels = (space: typeof one, path: readonly number[]) => {
      let vector = space.initial;
      for (const choice of path) vector = space.successors(vector)[choice]!.vector;
      return space.successors(vector).map(({ label }) => describeStep(label));
    };
    const path = [1, 0, 2, 1, 3, 0, 2];
    for (const choice of [0, 1]) for (const next of [0, 1, 2]) labels(two, [choice, next, 1, 0, 2]);
    expect(labels(one, path)).toEqual(labels(two, path));
    expect(labels(one, path).length).toBeGreaterThan(3);
  });
  test("a description shows what is where", () => {
    const space = openSpace({
      ...goldenModel(3, 2),
      faults: { crashes: 1, recover: true, splitFlush: true },
    });
    const begin = space.successors(space.initial).find(({ label }) => label.kind === "input")!;
    const begun = space.describe(begin.vector);
    const p0 = begun.processes.find(({ process }) => process === "p0")!;
    expect(p0).toMatchObject({ up: true, observation: 1, inputsLeft: [], inbox: [] });
    expect(p0.pending).toHaveLength(3);
    const flushed = space.successors(begin.vector).find(({ label }) => label.kind === "flush")!;
    const a0 = space.describe(flushed.vector).processes.find(({ process }) => process === "a0")!;
    expect(a0.inbox).toEqual([{ from: "p0", message: { kind: "prepare", ballot: 0 }, count: 1 }]);
    const crash = space
      .successors(flushed.vector)
      .find(({ label }) => label.kind === "crash" && label.process === "a0")!;
    const crashed = space.describe(crash.vector);
    expect(crashed.budgets).toEqual({ crashes: 0, losses: 0, duplicates: 0 });
    expect(crashed.processes[0]).toMatchObject({ process: "a0", up: false, state: null, observation: null });
    expect(space.view(crash.vector).of("a0").up).toBe(false);
  });
});
