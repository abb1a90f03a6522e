import { describe, expect, test } from "vitest";
import {
  CheckerError,
  check,
  configurationSymmetry,
  eagerSteps,
  inertMessages,
  type Model,
  quorumTransitions,
  type Reduction,
} from "../../src/index.ts";
import type { Permutation } from "../../src/reduce/group.ts";
import { symmetryOf } from "../../src/reduce/symmetry.ts";
import { baseline, compare, difference, searched } from "./compare.ts";
import { type Slip, type TableOptions, tableModel } from "./table-engine.ts";
import { lateWriter } from "./writer-engine.ts";

const seeds = Array.from({ length: 24 }, (_, seed) => seed);

const worlds = (options: TableOptions) =>
  baseline(seeds.map((seed) => tableModel(seed, { ...options, lawless: true })));

/** In how many models a search is refused, with the words of the first refusal. */
function refusals(
  models: readonly { model: Model }[],
  reduction: Reduction,
): { count: number; words: string } {
  const words = models.flatMap(({ model }) => {
    try {
      check(model, { reductions: [reduction] });
      return [];
    } catch (error) {
      if (!(error instanceof CheckerError) || error.code !== "reduction") throw error;
      return [error.message];
    }
  });
  return { count: words.length, words: words[0] ?? "" };
}

/** Renames all processes of table models, whatever their configurations say. */
const everybody: Reduction = {
  name: "all permutations",
  attach(machine) {
    const keys = machine.plan.processes.map(({ id }) => id);
    const orders = (rest: number[]): number[][] =>
      rest.length === 0
        ? [[]]
        : rest.flatMap((one) => orders(rest.filter((other) => other !== one)).map((tail) => [one, ...tail]));
    const group = orders(keys.map((_, at) => at)).map(
      (processes): Permutation => ({
        processes,
        ids: new Map(keys.map((key, at) => [key, keys[processes[at]!]!])),
      }),
    );
    return symmetryOf(machine, group);
  },
};

/** The same without the checks that wait for the end. */
const unchecked: Reduction = {
  name: "all permutations, unchecked",
  attach(machine) {
    const wrong = everybody.attach(machine);
    return {
      canonical: (vector) => wrong.canonical!(vector),
      classOf: (vector) => wrong.classOf!(vector),
      checked: () => "nothing",
    };
  },
};

describe("declarations that are wrong are refused with the step that shows it", () => {
  const cases: readonly [Slip, TableOptions, Reduction, RegExp][] = [
    ["inert for now", {}, inertMessages, /without effect for p\d in .*, but not after p\d deliver /],
    ["collects too much", {}, quorumTransitions, /does more than storing a message: p\d deliver vote/],
    ["shows its box", {}, quorumTransitions, /changes what properties see: p\d deliver vote/],
    ["minds the order", {}, quorumTransitions, /does not commute with/],
    ["picks the first", {}, configurationSymmetry(), /the same steps after renaming/],
  ];
  for (const [slip, options, reduction, words] of cases)
    test(slip, () => {
      const refused = refusals(worlds({ ...options, slip }), reduction);
      expect(refused.count).toBeGreaterThan(0);
      expect(refused.words).toMatch(words);
      expect(refusals(worlds(options), reduction).count).toBe(0);
    });

  test("a process that forgets what made a message inert", () => {
    const faults = { crashes: 1, recover: true, splitFlush: false };
    const refused = refusals(worlds({ faults }), inertMessages);
    expect(refused.count).toBeGreaterThan(0);
    expect(refused.words).toMatch(/while it is down, but not after p\d recover/);
  });
});

describe("reductions that leave out too much are caught by the comparison", () => {
  test("messages that are without effect for now", () => {
    const twin: Reduction = {
      name: "inert, unchecked",
      attach: ({ plan, parts }) => ({
        drops: (local, message) => {
          const { process, state } = parts.locals.value(local);
          const { engine, config } = plan.processes[process]!;
          const read = parts.evaluators[process]!.read(state) as Readonly<unknown>;
          return engine.inert!(config, read, parts.words.readMessage(message) as { kind: string });
        },
        checked: () => "nothing",
      }),
    };
    expect(compare(worlds({ slip: "inert for now" }), [twin]).differences.length).toBeGreaterThan(0);
    expect(compare(worlds({}), [twin]).differences).toEqual([]);
  });

  test("collecting that is never joined with a step", () => {
    const twin: Reduction = {
      name: "quorum, nothing joined",
      attach(machine) {
        const right = quorumTransitions.attach(machine);
        return {
          moves: (cell, moves) => right.moves!(cell, moves).filter(({ first }) => first === undefined),
          checked: () => "nothing",
        };
      },
    };
    expect(compare(worlds({}), [twin]).differences.length).toBeGreaterThan(0);
  });

  test("all permutations instead of those that keep the configuration; the check of steps sees it too", () => {
    const models = worlds({});
    expect(compare(models, [unchecked]).differences.length).toBeGreaterThan(0);
    expect(refusals(models, everybody).count).toBeGreaterThan(0);
  });

  test("effects that leave first although a crash could tell", () => {
    const model = lateWriter();
    const all = searched(model);
    expect(all.report.result).toBe("violated");
    expect(difference(model, all, searched(model, [eagerSteps]))).toBeNull();
    const twin: Reduction = {
      name: "eager, no crash",
      attach(machine) {
        const right = eagerSteps.attach(machine);
        return { alone: (cell) => right.alone!(cell, false), checked: () => "nothing" };
      },
    };
    expect(difference(model, all, searched(model, [twin]))).toMatch(/verdicts/);
  });
});

describe("models that a reduction does not fit are refused", () => {
  const cases: readonly [string, TableOptions, Reduction][] = [
    ["inert", { network: { order: "fifo", ignored: "stay" } }, inertMessages],
    ["quorum", { network: { order: "fifo" } }, quorumTransitions],
    ["symmetry", { faults: { crashes: 1, recover: false, splitFlush: true } }, configurationSymmetry()],
    ["symmetry", {}, configurationSymmetry(["p0"])],
  ];
  for (const [name, options, reduction] of cases)
    test(`${name}: ${JSON.stringify(options)}`, () => {
      expect(() => check(tableModel(2, options), { reductions: [reduction] })).toThrow(
        expect.objectContaining({ code: "reduction", message: expect.stringContaining("expected") }),
      );
    });
});
