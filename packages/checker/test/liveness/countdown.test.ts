import { describe, expect, test } from "vitest";
import {
  checkLiveness,
  describeCountdown,
  describeLiveness,
  describeStep,
  type Model,
  openSpace,
} from "../../src/index.ts";
import type { CountdownGoal, CountdownReport } from "../../src/liveness/countdown/types.ts";
import { checkCountdown } from "../../src/liveness/countdown.ts";
import { goldenModel } from "../support/golden.ts";
import { callModel } from "./engines.ts";
import { type Flaw, stepwiseCountdown } from "./stepwise.ts";

const answered: CountdownGoal = {
  name: "a is answered",
  process: "a",
  reached: ({ observation }) => observation.answered,
};
const decides: CountdownGoal = {
  name: "l decides",
  process: "l",
  reached: ({ observation }) => observation.length > 0,
};

test("call and answer take two periods, three where the call may have been lost", () => {
  const sound = checkCountdown(callModel(), answered, { cores: [["a", "b"]] });
  expect(sound).toMatchObject({ result: "holds", periods: 2, timerPeriods: 0, truncated: null });
  const lossy = checkCountdown(callModel({ network: { loss: true } }), answered, { cores: [["a", "b"]] });
  expect(lossy).toMatchObject({ result: "holds", periods: 3, timerPeriods: 1 });
  expect(lossy.worst!.before.map(({ kind }) => kind)).toEqual(["input", "lose"]);
  expect(lossy.worst!.periods.map(({ kind }) => kind)).toEqual(["settle", "timers", "deliver", "deliver"]);
});

test("who asks only once gets stuck, and the start is shown", () => {
  const model = callModel({ network: { loss: true }, retryMs: 0 });
  const report = checkCountdown(model, answered, { cores: [["a", "b"]] });
  expect(report).toMatchObject({ result: "violated", periods: null });
  expect(report.detail).toContain("nothing is in flight and no timer is armed");
  expect(report.worst!.before.map(({ kind }) => kind)).toEqual(["input", "lose"]);
});

test("a callee that answers once lets its caller ask for ever: the loop is shown", () => {
  const model = callModel({ network: { loss: true }, onlyOnce: true });
  const report = checkCountdown(model, answered, { cores: [["a", "b"]] });
  expect(report).toMatchObject({ result: "violated", periods: null });
  const { periods, loop } = report.worst!;
  expect(periods.slice(loop!).map(({ kind }) => kind)).toEqual(["timers", "deliver"]);
});

test("actor Paxos decides within four periods if its highest proposer is in the core", () => {
  const report = checkCountdown(goldenModel(3, 2), decides, { cores: [["a0", "a1", "p1", "l"]] });
  expect(report).toMatchObject({ result: "holds", states: 103_676, starts: 103_676, periods: 4 });
});

test("every core counts", () => {
  const cores = [
    ["a0", "a1", "p0", "p1", "l"],
    ["a0", "a1", "p1", "l"],
  ];
  const report = checkCountdown(goldenModel(2, 2), decides, { cores });
  expect(report).toMatchObject({ result: "holds", starts: 2 * report.states, periods: 4 });
  expect(report.cores.map(({ periods }) => periods)).toEqual([4, 4]);
});

test("without it a lower ballot is shut out for ever", () => {
  const report = checkCountdown(goldenModel(2, 2), decides, { cores: [["a0", "a1", "p0", "l"]] });
  expect(report.result).toBe("violated");
  expect(report.worst!.before.map(({ process, kind }) => `${process} ${kind}`)).toEqual(["p1 input"]);
});

test("a core that is down for good is no start; one that may come back does so at once", () => {
  const down = checkCountdown(callModel({ crashes: 1 }), answered, { cores: [["a", "b"]] });
  expect(down.result).toBe("holds");
  expect(down.starts).toBeLessThan(down.states);
  // The caller keeps nothing over a crash: it forgets that it was told to ask.
  const faults = { crashes: 1, recover: true, splitFlush: false };
  const back = checkCountdown({ ...callModel(), faults }, answered, { cores: [["a", "b"]] });
  expect(back.result).toBe("violated");
  expect(back.worst!.before.some(({ kind, process }) => kind === "crash" && process === "a")).toBe(true);
});

test("a scope that was cut is sampled, and a world that is too large unknown", () => {
  const cores = [["a0", "a1", "p1", "l"]];
  const sampled = checkCountdown(goldenModel(2, 2), decides, { cores, states: 300 });
  expect(sampled).toMatchObject({ result: "sampled", truncated: "more than 300 states" });
  const large = checkCountdown(goldenModel(2, 2), decides, { cores, liveStates: 10 });
  expect(large).toMatchObject({ result: "unknown", periods: null });
});

test("timers that are about to fire at the moment of stabilisation are tried if asked for", () => {
  const model = callModel({ callers: ["a", "c"], network: { loss: 2 } });
  const full = checkCountdown(model, answered, { cores: [["a", "b", "c"]] });
  // c is told to ask only then: its call and its answer pass before the timer of a fires.
  expect(full).toMatchObject({ result: "holds", periods: 5, timerPeriods: 1 });
  expect(full.starts).toBe(full.states);
  const any = checkCountdown(model, answered, { cores: [["a", "b", "c"]], timersLeft: "any" });
  // c's timer fires at once, and its call and its answer pass too.
  expect(any).toMatchObject({ result: "holds", periods: 6, timerPeriods: 2 });
  expect(any.starts).toBeGreaterThan(any.states);
});

test("reports read as stories", () => {
  const model = callModel({ network: { loss: true }, onlyOnce: true });
  const cores = [["a", "b"]];
  expect(describeCountdown(checkCountdown(model, answered, { cores })).split("\n")).toEqual([
    'call: violated: no number of periods is enough: a synchronous run without "a is answered" comes back to where it was',
    "  15 states before stabilisation, 9 starts, 9 states after it",
    "  worst start, with the core a, b:",
    "    a input ask: ask; to b call {}",
    "    b deliver call {} from a: answer; to a answer {}",
    "    a lose answer {} from b",
    "  stabilisation",
    "  period 1, timers fire, and from here on again and again",
    "    a timer retry: ask again; to b call {}",
    "  period 2, messages arrive",
    "    b deliver call {} from a: ignored",
  ]);
  const goal = { name: "x", kind: "eventually", goal: () => false } as const;
  expect(describeLiveness(checkLiveness(callModel({ retryMs: 0 }), goal)).split("\n")).toEqual([
    "call: x: violated: a run stays for ever in one state that breaks the property",
    "  4 states, 3 transitions, 0 states with steps that were kept away",
    "  runs are fair to 4 actions weakly and to 0 strongly",
    "  for ever:",
    "    nothing happens",
  ]);
});

const scopes: Readonly<
  Record<string, readonly [model: Model, goal: CountdownGoal, core: readonly string[]]>
> = {
  call: [callModel(), answered, ["a", "b"]],
  "lossy call": [callModel({ network: { loss: 1 }, retries: 4 }), answered, ["a", "b"]],
  "call that is asked once": [callModel({ network: { loss: 1 }, retryMs: 0 }), answered, ["a", "b"]],
  "two callers in order": [
    callModel({ callers: ["a", "c"], retryMs: 0, network: { order: "fifo" } }),
    answered,
    ["a", "b"],
  ],
  "two acceptors": [goldenModel(2, 2), decides, ["a0", "a1", "p1", "l"]],
  "two acceptors, everybody": [goldenModel(2, 2), decides, ["a0", "a1", "p0", "p1", "l"]],
  "two acceptors, low ballot": [goldenModel(2, 2), decides, ["a0", "a1", "p0", "l"]],
};

function bound({ result, periods }: CountdownReport): number {
  expect(["holds", "violated"]).toContain(result);
  return periods ?? Number.POSITIVE_INFINITY;
}

describe("the same as one step after the other in every order", () => {
  for (const [name, [model, goal, core]] of Object.entries(scopes))
    test(name, () => {
      const report = checkCountdown(model, goal, { cores: [core] });
      expect(bound(report)).toBe(stepwiseCountdown(model, goal, core));
    });
});

const flaws: readonly Flaw[] = ["no lockstep", "early timers", "no core", "lazy delivery", "no inputs"];
for (const flaw of flaws)
  test(`the comparison refuses: ${flaw}`, () => {
    const wrong = Object.values(scopes).filter(
      ([model, goal, core]) =>
        bound(checkCountdown(model, goal, { cores: [core] })) !== stepwiseCountdown(model, goal, core, flaw),
    );
    expect(wrong.length).toBeGreaterThan(0);
  });

test("without its periods a run is a run of the model", () => {
  let steps = 0;
  for (const [model, goal, core] of Object.values(scopes)) {
    const { worst } = checkCountdown(model, goal, { cores: [core] });
    const space = openSpace(model);
    let vector = space.initial;
    for (const label of [...worst!.before, ...worst!.periods.flatMap((period) => period.steps)]) {
      const step = space.successors(vector).find((one) => describeStep(one.label) === describeStep(label));
      expect(step, describeStep(label)).toBeDefined();
      vector = step!.vector;
      steps += 1;
    }
  }
  expect(steps).toBeGreaterThan(30);
});

test("states may be given, such as those of a simulation: the same bound from the same states", () => {
  const given: readonly (readonly [model: Model, goal: CountdownGoal, core: readonly string[]])[] = [
    [callModel({ network: { loss: 1 }, retries: 4 }), answered, ["a", "b"]],
    [goldenModel(2, 2), decides, ["a0", "a1", "p1", "l"]],
  ];
  for (const [model, goal, core] of given) {
    const space = openSpace(model);
    const seen = new Map([[space.initial.join(), space.initial]]);
    for (const vector of seen.values())
      for (const { vector: next } of space.successors(vector)) seen.set(next.join(), next);
    const starts = [...seen.values()].map((vector) => space.describe(vector));
    const report = checkCountdown(model, goal, { cores: [core], starts });
    const all = checkCountdown(model, goal, { cores: [core] });
    expect(report.periods).toBe(all.periods);
    expect(report).toMatchObject({ result: "sampled", truncated: "states that were given" });
    const worst = checkCountdown(model, goal, { cores: [core], starts: [starts[report.worst!.start]!] });
    expect(worst).toMatchObject({ periods: all.periods, starts: 1 });
  }
});

test("impossible questions are refused", () => {
  const model = callModel();
  const bad = (options: object, code: string, changed: Model = model) =>
    expect(() => checkCountdown(changed, answered, { cores: [["a", "b"]], ...options })).toThrow(
      expect.objectContaining({ code }),
    );
  bad({ cores: [] }, "option");
  bad({ cores: [["a", "z"]] }, "option");
  bad({ cores: [["b"]] }, "option");
  bad({ states: -1 }, "option");
  bad({ liveStates: 0.5 }, "option");
  const space = openSpace(model);
  const state = space.describe(space.initial);
  bad({ starts: [{ ...state, processes: state.processes.slice(1) }] }, "option");
  const strange = state.processes.map((process) => ({ ...process, state: { busy: 7 } }));
  bad({ starts: [{ ...state, processes: strange }] }, "option");
  bad({}, "model", callModel({ network: { order: "soup" } }));
});
