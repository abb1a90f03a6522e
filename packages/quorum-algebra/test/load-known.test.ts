import { and, type Expr, majority, node, or, parse, threshold, thresholdOf } from "@eunomia/quorum-algebra";
import {
  bestStrategy,
  figuresOf,
  type LoadPlan,
  type LoadQuestion,
  type Strategy,
  verifyLoad,
} from "@eunomia/quorum-algebra/load";
import { expect, test } from "vitest";
import { highs, smallLp } from "./solvers.ts";

const fano = or(
  ...["abc", "ade", "afg", "bdf", "beg", "cdg", "cef"].map((line) => and(...[...line].map(node))),
);

function rowAndColumn(size: number): Expr {
  const at = [...Array(size).keys()];
  const crosses = at.flatMap((i) =>
    at.map((j) => [...new Set(at.flatMap((k) => [`${i}.${k}`, `${k}.${j}`]))]),
  );
  return or(...crosses.map((cross) => and(...cross.map(node))));
}

/** One full row and a node of every row below it. */
function wall(widths: readonly number[]): Expr {
  const rows = widths.map((width, r) => Array.from({ length: width }, (_, i) => node(`${r}.${i}`)));
  return or(...rows.map((row, r) => and(...row, ...rows.slice(r + 1).map((below) => or(...below)))));
}

const recursiveMajority = thresholdOf(
  2,
  ["x", "y", "z"].map((group) => majority([`${group}1`, `${group}2`, `${group}3`])),
);
const wheel = parse("hub & (a | b | c | d) | a & b & c & d");

function solved(question: LoadQuestion, lp = highs): LoadPlan {
  const answer = bestStrategy(question, { lp });
  if (!("strategy" in answer)) throw new Error(`answered ${answer.kind}`);
  return answer;
}

/** The value as a proved fraction. */
function exactly(question: LoadQuestion, lp = highs): string {
  const proof = verifyLoad(question, solved(question, lp));
  if (!proof.holds || proof.low === null) throw new Error("no proof");
  expect(proof.low).toEqual(proof.high);
  return `${proof.high.num}/${proof.high.den}`;
}

test("known loads", () => {
  const known: [string, Expr][] = [
    ["3/7", fano],
    ["3/5", majority(["a", "b", "c", "d", "e"])],
    ["5/9", rowAndColumn(3)],
    ["4/7", wheel],
    ["1/2", wall([1, 2, 3])],
    ["6/11", wall([1, 3, 2])],
    ["4/9", recursiveMajority],
  ];
  for (const [load, reads] of known) {
    expect(exactly({ reads, readFraction: 1 })).toBe(load);
    expect(exactly({ reads, readFraction: 1 }, smallLp)).toBe(load);
  }
});

test("symmetric systems, reads alone and writes alone need no solver", () => {
  const nodes = { a: { readCapacity: 4 }, b: { readCapacity: 1 }, c: { readCapacity: 2, writeCapacity: 3 } };
  const questions: LoadQuestion[] = [
    { reads: fano, writes: fano, readFraction: 0.3 },
    { reads: rowAndColumn(3), readFraction: 1 },
    { reads: threshold(["a", "b", "c", "d"], 3), readFraction: 0.5 },
    { reads: parse("{a, b, c} >= 2"), readFraction: 1, nodes },
    { reads: parse("a & (b | c)"), readFraction: 0, nodes },
    { reads: wheel, readFraction: 1, objective: "network" },
    { reads: wheel, readFraction: 0.5, objective: "latency", failures: 1 },
  ];
  for (const question of questions) expect(bestStrategy(question).kind).toBe("exact");
  expect(
    bestStrategy({ reads: wheel, readFraction: 1, objective: "network", atMost: { load: 0.7 } }),
  ).toEqual({
    kind: "unknown",
    reason: "noEngine",
  });
});

const grid = parse("a & b & c | d & e & f");
const uneven = (times: number) =>
  Object.fromEntries(
    [..."abcdef"].map((id, i) => {
      const capacity = i % 2 === 0 ? 1000 : 500;
      return [id, { readCapacity: capacity * times, writeCapacity: capacity }];
    }),
  );

test("the figures that quoracle publishes", () => {
  expect(exactly({ reads: grid, readFraction: 0.25 })).toBe("3/8");
  expect(exactly({ reads: grid, readFraction: 0.75 })).toBe("11/24");
  const both = [0.1, 0.75].map((fraction) => ({ fraction, weight: 1 }));
  expect(solved({ reads: grid, readFraction: both }).value).toBeCloseTo(0.404, 3);
  expect(exactly({ reads: grid, readFraction: 0.75, nodes: uneven(1) })).toBe("3/4000");
  const capacity = (readFraction: number): number =>
    Math.floor(1 / solved({ reads: grid, readFraction, nodes: uneven(10) }).value + 1e-6);
  expect([1, 0.5, 0].map(capacity)).toEqual([10_000, 3913, 2000]);
});

test("figures of a strategy made by hand, under several workloads", () => {
  const strategy: Strategy = {
    reads: { use: 3, of: [set(2, "abc"), set(1, "def")] },
    writes: { use: 3, of: [set(1, "ad"), set(1, "be"), set(1, "cf")] },
  };
  const figures = (readFraction: number) => figuresOf({ reads: grid, readFraction }, strategy);
  expect([1, 0, 0.25].map((fraction) => figures(fraction).load)).toEqual([2 / 3, 1 / 3, 5 / 12]);
  expect(figures(0.25).network).toBe(2.25);
  expect(figures(0.25).nodes.at(-1)).toEqual(["f", 1 / 3]);
});

test("the capacity that is optimised and the mean of the capacities are both told", () => {
  const both = [0.1, 0.75].map((fraction) => ({ fraction, weight: 1 }));
  const question = { reads: grid, readFraction: both };
  const { load, loads, capacity, meanCapacity } = figuresOf(question, solved(question).strategy);
  expect(capacity).toBeCloseTo(1 / load, 12);
  expect(meanCapacity).toBeCloseTo((1 / loads[0]! + 1 / loads[1]!) / 2, 12);
  expect(meanCapacity).toBeGreaterThan(capacity);
  // A load above 1 is told as it is: no node of capacity 1/2 can take one operation per unit of time.
  expect(exactly({ reads: node("a"), readFraction: 1, nodes: { a: { readCapacity: 0.5 } } })).toBe("2/1");
});

test("an answer with a fast node more comes sooner, and latency limits are kept", () => {
  const nodes = { a: { latency: 1 }, b: { latency: 2 }, c: { latency: 8 } };
  const reads = parse("{a, b, c} >= 2");
  const quick = solved({ reads, readFraction: 1, nodes, objective: "latency" });
  expect(quick.value).toBe(2);
  expect(exactly({ reads, readFraction: 1, nodes, atMost: { latency: 5 } })).toBe("3/4");
  // All three asked: two answers are there after 2, whatever the third does.
  const all: Strategy = { reads: { use: 1, of: [set(1, "abc")] }, writes: null };
  expect(figuresOf({ reads, readFraction: 1, nodes }, all).latency).toBe(2);
  // Without a limit: b and c, a and c, a and b alike.
  const plain = solved({ reads, readFraction: 1, nodes });
  expect(figuresOf({ reads, readFraction: 1, nodes }, plain.strategy).latency).toBeCloseTo(
    (2 + 8 + 8) / 3,
    9,
  );
});

test("impossible: no quorum, none that bears the failures, limits that exclude each other", () => {
  const kind = (question: LoadQuestion) => bestStrategy(question, { lp: highs }).kind;
  expect(kind({ reads: parse("false"), readFraction: 1 })).toBe("impossible");
  expect(kind({ reads: parse("a & b"), readFraction: 1, failures: 1 })).toBe("impossible");
  expect(kind({ reads: wheel, readFraction: 1, atMost: { network: 1.5 } })).toBe("impossible");
  expect(kind({ reads: grid, readFraction: 0.5, atMost: { network: 1.5 } })).toBe("impossible");
  expect(kind({ reads: grid, readFraction: 0.5, atMost: { load: 0.1 } })).toBe("impossible");
});

test("limits of effort are kept: what is not proved is not claimed", () => {
  const ids = Array.from({ length: 12 }, (_, i) => `n${i}`);
  const reads = or(
    ...ids.map((_, i) =>
      threshold(
        [0, 1, 3, 7, 8].map((d) => ids[(i + d) % 12]!),
        4,
      ),
    ),
  );
  const question: LoadQuestion = {
    reads,
    readFraction: 1,
    nodes: Object.fromEntries(ids.map((id, i) => [id, { readCapacity: 1 + (i % 5) }])),
  };
  const hurried = bestStrategy(question, { lp: highs }, { maxSteps: 3 });
  expect(hurried.kind).toBe("bounds");
  const patient = solved(question);
  expect(patient.kind).not.toBe("unknown");
  if ("low" in hurried) {
    expect(hurried.low).toBeLessThanOrEqual(patient.value);
    expect(hurried.value).toBeGreaterThanOrEqual(patient.low);
  }
  let time = 0;
  const programs: number[] = [];
  const counting: typeof highs = (program) => {
    programs.push(program.min.length);
    time += 10;
    return highs(program);
  };
  const late = bestStrategy(question, { lp: counting }, { deadlineMs: 25, now: () => time });
  expect(programs.length).toBe(3);
  expect(late.kind).toBe("bounds");
  expect(bestStrategy(question, { lp: highs }, { signal: { aborted: true } }).kind).not.toBe("exact");
  expect(bestStrategy({ ...question, failures: 1 }, { lp: highs }, { maxSteps: 3 })).toEqual({
    kind: "unknown",
    reason: "limit",
  });
});

test("a proof refuses what is wrong", () => {
  const question: LoadQuestion = { reads: grid, readFraction: 0.75 };
  const plan = solved(question);
  const refusal = (strategy: Strategy): string => {
    const proof = verifyLoad(question, { ...plan, strategy });
    return proof.holds ? "" : proof.reason;
  };
  const { reads, writes } = plan.strategy;
  expect(refusal({ reads: null, writes })).toBe("reads: there is no choice");
  expect(refusal({ reads: { use: 1, of: [set(1, "abd")] }, writes })).toContain("no quorum");
  expect(refusal({ reads: { use: 2, of: [set(1, "abc")] }, writes })).toContain("exactly one way");
  expect(refusal({ reads: { use: 1, of: [set(0.5, "abc"), set(0.5, "def")] }, writes })).toContain(
    "whole number",
  );
  // The right shape, but only one of the two rows in half of the cases.
  const halves = { use: 2, of: [{ use: 1, of: [] }, set(2, "def")] };
  expect(refusal({ reads: { use: 2, of: [{ ...halves, of: [...halves.of].reverse() }] }, writes })).toContain(
    "no quorum",
  );
  const idle = { ...plan.certificate, weights: [[]] };
  const proof = verifyLoad(question, { strategy: { reads, writes }, certificate: idle });
  expect(proof.holds && proof.low).toEqual({ num: 0n, den: 1n });
});

test("mistakes in questions are errors that say what to do", () => {
  const wrong = (change: Partial<LoadQuestion>): string => {
    try {
      bestStrategy({ reads: grid, readFraction: 0.5, ...change });
    } catch (error) {
      return `${(error as { code: string }).code}: ${(error as Error).message}`;
    }
    return "";
  };
  expect(wrong({ readFraction: 1.5 })).toBe(
    'quantity: "readFraction" expected a number from 0 to 1, got 1.5',
  );
  expect(wrong({ readFraction: [] })).toContain("empty");
  expect(wrong({ readFraction: [{ fraction: 0.5, weight: 0 }] })).toContain("weight of a read fraction");
  expect(wrong({ nodes: { a: { readCapacity: 0 } } })).toBe(
    'quantity: "readCapacity of a" expected a finite number above 0, got 0',
  );
  expect(wrong({ nodes: { b: { latency: -1 } } })).toContain("latency of b");
  expect(wrong({ failures: 0.5 })).toContain("failures");
  expect(wrong({ atMost: { load: Number.NaN } })).toContain("atMost.load");
});

function set(use: number, ids: string) {
  return { use, of: [...ids].map((id) => ({ use, node: id })) };
}
