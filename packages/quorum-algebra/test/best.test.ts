import type { NodeId } from "@eunomia/engine";
import {
  crashTolerance,
  disseminationIntersection,
  dual,
  type Expr,
  maskingIntersection,
  node,
  normalize,
  parse,
  print,
  threshold,
  thresholdOf,
} from "@eunomia/quorum-algebra";
import {
  type Candidate,
  findBest,
  loadScore,
  type Score,
  search,
  unavailabilityScore,
} from "@eunomia/quorum-algebra/best";
import { yalpsSolver } from "@eunomia/quorum-algebra/engines/yalps";
import { bestStrategy, figuresOf } from "@eunomia/quorum-algebra/load";
import { unavailability } from "@eunomia/quorum-algebra/probability";
import { describe, expect, test } from "vitest";
import * as yalps from "yalps";

const engines = { lp: yalpsSolver(yalps) };
const names = (count: number): NodeId[] => Array.from({ length: count }, (_, i) => `n${i}`);

/** Every division into groups, each group in every way, every threshold, as often as it comes; then without repetitions. */
function naiveSystems(ids: readonly NodeId[]): Expr[] {
  const divide = ([first, ...rest]: readonly NodeId[]): NodeId[][][] =>
    first === undefined
      ? [[]]
      : divide(rest).flatMap((groups) => [
          [[first], ...groups],
          ...groups.map((_, g) => groups.map((group, i) => (i === g ? [first, ...group] : group))),
        ]);
  const all = (members: readonly NodeId[]): Expr[] =>
    members.length === 1
      ? [node(members[0]!)]
      : divide(members)
          .filter((groups) => groups.length > 1)
          .flatMap((groups) =>
            groups
              .map(all)
              .reduce<Expr[][]>((done, list) => done.flatMap((of) => list.map((one) => [...of, one])), [[]])
              .flatMap((of) => of.map((_, i) => thresholdOf(i + 1, of))),
          );
  return [...new Map(all(ids).map((expr) => [print(normalize(expr)), normalize(expr)])).values()];
}

const scoreNothing: Score = { score: () => 1, low: () => 1 };
const seenWith = (nodes: readonly NodeId[], kind?: (id: NodeId) => string): number =>
  findBest({ nodes, score: kind === undefined ? scoreNothing : { ...scoreNothing, kind } }).seen;

describe("the systems that are searched", () => {
  test("are all in which every node occurs once, each once", () => {
    expect([1, 2, 3, 4, 5, 6].map((n) => seenWith(names(n)))).toEqual([1, 2, 9, 74, 885, 13_684]);
    const found: string[] = [];
    findBest({
      nodes: names(4),
      score: { score: ({ reads }) => found.push(print(reads)) },
    });
    const enumerated = new Set(found);
    expect([...enumerated].sort()).toEqual(naiveSystems(names(4)).map(print).sort());
  });
  test("a broken twin is refused: OR under OR counted as another system", () => {
    const nested = (ids: readonly NodeId[]): number =>
      ids.length === 1 ? 1 : 2 * nested(ids.slice(1)) * (ids.length === 2 ? 1 : ids.length);
    expect(nested(names(4))).not.toBe(seenWith(names(4)));
  });
  test("up to swapping nodes of one kind", () => {
    const alike = (n: number) => seenWith(names(n), () => "");
    expect([1, 2, 3, 4, 5, 6, 7].map(alike)).toEqual([1, 2, 5, 16, 53, 196, 738]);
    const shape = (expr: Expr): string => {
      if (expr.t === "node") return "x";
      return expr.t === "thr" ? `${expr.k}(${expr.of.map(shape).sort().join()})` : "";
    };
    for (const n of [3, 4, 5]) expect(new Set(naiveSystems(names(n)).map(shape)).size).toBe(alike(n));
  });
});

/** The nodes and the workload of the case study of Whittaker et al., "Read-write quorum systems made practical", 2021. */
const caseStudy = {
  nodes: {
    a: { writeCapacity: 2000, readCapacity: 4000, latency: 1 },
    b: { writeCapacity: 1000, readCapacity: 2000, latency: 1 },
    c: { writeCapacity: 2000, readCapacity: 4000, latency: 3 },
    d: { writeCapacity: 1000, readCapacity: 2000, latency: 4 },
    e: { writeCapacity: 2000, readCapacity: 4000, latency: 5 },
  },
  readFraction: [10, 20, 100, 100, 100, 60, 30, 30, 20].map((weight, i) => ({
    fraction: (9 - i) / 10,
    weight,
  })),
};
const five = Object.keys(caseStudy.nodes);

describe("the case study", () => {
  test("has 293 candidates, and the best has the published mean capacity of 5 005", () => {
    const { score } = loadScore(caseStudy, engines);
    const all = findBest({ nodes: five, crashes: 1, score: { score } });
    expect(all).toMatchObject({ complete: true, method: "enumeration", seen: 885, candidates: 293 });
    const bounded = findBest({ nodes: five, crashes: 1, score: loadScore(caseStudy, engines) });
    expect(bounded.scored).toBeLessThan(60);
    expect(bounded.best!.score).toBeCloseTo(all.best!.score, 12);
    const question = { ...caseStudy, reads: bounded.best!.reads };
    const plan = bestStrategy(question, engines);
    if (!("strategy" in plan)) throw new Error(plan.kind);
    expect(bounded.best!.score).toBeCloseTo(plan.value, 10);
    expect(Math.floor(figuresOf(question, plan.strategy).meanCapacity)).toBe(5005);
    expect(bounded.best!.writes).toEqual(dual(bounded.best!.reads));
  });
  test("by latency under a limit of load, by surviving sets, and without a solver", () => {
    const latency = loadScore({ ...caseStudy, objective: "latency", atMost: { load: 1 / 2000 } }, engines);
    expect(findBest({ nodes: five, crashes: 1, score: latency }).best!.score).toBeCloseTo(1.4766, 4);
    const resilient = loadScore({ ...caseStudy, failures: 1 }, engines);
    const surviving = findBest({ nodes: five, crashes: 1, score: resilient });
    expect(1 / surviving.best!.score).toBeCloseTo(2984.13, 2);
    const free = findBest({ nodes: five, crashes: 1, score: loadScore(caseStudy) });
    expect(1 / free.best!.score).toBeGreaterThan(4800);
    expect(() => loadScore({ ...caseStudy, objective: "latency" })).toThrow(
      expect.objectContaining({ code: "quantity" }),
    );
  });
});

describe("the best system is the best of all", () => {
  const workloads = [1, 2, 3].map((seed) => ({
    nodes: Object.fromEntries(
      names(4).map((id, i) => [
        id,
        { readCapacity: 100 * (1 + ((i * seed) % 4)), writeCapacity: 50 * (1 + ((i + seed) % 3)) },
      ]),
    ),
    readFraction: [
      { fraction: 0.8, weight: 1 },
      { fraction: 0.1 * seed, weight: seed },
    ],
  }));
  const values = workloads.map((workload) =>
    naiveSystems(names(4)).map((reads) => {
      const plan = bestStrategy({ ...workload, reads }, engines);
      return { reads, value: "value" in plan ? plan.value : Number.NaN };
    }),
  );
  const isBest = (find: typeof findBest, crashes: number): boolean =>
    workloads.every((workload, i) => {
      const truth = values[i]!.filter(({ reads }) =>
        [reads, dual(reads)].every((side) => tolerates(side) >= crashes),
      ).map(({ value }) => value);
      const { best } = find({ nodes: names(4), crashes, score: loadScore(workload, engines) });
      return Math.abs(best!.score / Math.min(...truth) - 1) < 1e-6;
    });
  const tolerates = (expr: Expr): number => {
    const found = crashTolerance(expr);
    return found.kind === "exact" ? found.value : Number.NaN;
  };
  test("by load, for three workloads", () => {
    expect(isBest(findBest, 0)).toBe(true);
    expect(isBest(findBest, 1)).toBe(true);
  });
  test("broken twins are refused: one that forgets the crashes, and one that ends with the first", () => {
    expect(isBest(({ crashes, ...question }) => findBest(question), 1)).toBe(false);
    const first: typeof findBest = (question) => {
      const next = search(question).next();
      if (next.done === true) throw new Error("nothing found");
      return { best: next.value, complete: true, method: "", seen: 0, candidates: 0, scored: 1 };
    };
    expect(isBest(first, 0)).toBe(false);
  });
  test("with kinds as without", () => {
    const nodes = { n0: { readCapacity: 3 }, n1: { readCapacity: 3 }, n2: {}, n3: {}, n4: {} };
    const score = loadScore({ nodes, readFraction: 0.6 }, engines);
    const found = findBest({ nodes: names(5), crashes: 1, score });
    const apart = findBest({ nodes: names(5), crashes: 1, score: { score: score.score } });
    expect(found.best!.score).toBeCloseTo(apart.best!.score, 9);
    expect(found.seen).toBeLessThan(apart.seen / 4);
  });
});

describe("conditions", () => {
  const failing = { n0: 0.01, n1: 0.02, n2: 0.05, n3: 0.1, n4: 0.2 };
  const byzantineCandidates = (kind: "byzantine" | "masking") => {
    const tooMany = (ids: readonly NodeId[]) => threshold(ids, 2);
    const check = kind === "byzantine" ? disseminationIntersection : maskingIntersection;
    const of = (n: number): number =>
      naiveSystems(names(n)).filter(
        (expr) =>
          check(expr, tooMany(names(n))).holds === true &&
          (crashTolerance(expr) as { value: number }).value >= 1,
      ).length;
    const counted = (n: number): number =>
      findBest({ nodes: names(n), phases: "one", score: scoreNothing, [kind]: 1 }).candidates;
    return [4, 5].map((n) => [counted(n), of(n)]);
  };
  test("Byzantine and masking systems are exactly those of the intersection test", () => {
    const found = [...byzantineCandidates("byzantine"), ...byzantineCandidates("masking")];
    for (const [counted, true_] of found) expect(counted).toBe(true_);
    expect(found[0]![0]).toBeGreaterThan(0);
    expect(found[3]![0]).toBeGreaterThan(0);
  });
  test("a floor of availability", () => {
    const floor = ({ reads }: Candidate): boolean => {
      const answer = unavailability(reads, failing);
      return answer.kind === "exact" && answer.value < 0.005;
    };
    // The nodes that bear most fail most.
    const strong = { n3: { readCapacity: 10 }, n4: { readCapacity: 10 } };
    const score = loadScore({ readFraction: 1, nodes: strong }, engines);
    const free = findBest({ nodes: names(5), phases: "one", crashes: 1, score });
    const floored = findBest({ nodes: names(5), phases: "one", crashes: 1, score, require: floor });
    expect(floor(free.best!)).toBe(false);
    expect(floor(floored.best!)).toBe(true);
    expect(floored.best!.score).toBeGreaterThan(free.best!.score);
  });
  test("nothing beats a majority where all nodes fail alike and rarely; the likeliest nodes count less otherwise", () => {
    const alike = findBest({ nodes: names(5), phases: "one", crashes: 1, score: unavailabilityScore(0.1) });
    expect(alike.best!.score).toBeCloseTo(
      (unavailability(threshold(names(5), 3), 0.1) as { value: number }).value,
      12,
    );
    const differing = findBest({
      nodes: names(5),
      phases: "one",
      byzantine: 0,
      score: unavailabilityScore(failing),
    });
    expect(differing.complete).toBe(true);
  });
  test("what makes no sense is refused", () => {
    const refused = (question: object, code: string) =>
      expect(() => findBest({ nodes: names(3), score: scoreNothing, ...question })).toThrow(
        expect.objectContaining({ code }),
      );
    refused({ nodes: [] }, "empty");
    refused({ nodes: ["a", "a"] }, "duplicate-member");
    refused({ crashes: -1 }, "quantity");
    refused({ byzantine: 1 }, "quantity");
    refused({ width: 0.5 }, "quantity");
    expect(findBest({ nodes: names(3), crashes: 3, score: scoreNothing })).toMatchObject({
      best: null,
      complete: true,
    });
  });
});

describe("the beam", () => {
  const capacities = (n: number) => ({
    readFraction: 0.7,
    nodes: Object.fromEntries(
      names(n).map((id, i) => [id, { readCapacity: 100 * (1 + (i % 4)), writeCapacity: 50 * (1 + (i % 3)) }]),
    ),
  });
  test("finds what the enumeration finds, and says that it does not know it", () => {
    const question = { nodes: names(5), crashes: 1, score: loadScore(capacities(5), engines) };
    const enumerated = findBest(question);
    const searched = findBest({ ...question, keep: 0 });
    expect(searched).toMatchObject({ method: "beam search", complete: false });
    expect(searched.best!.score).toBeCloseTo(enumerated.best!.score, 9);
  });
  test("gives ever better systems of ten nodes until the limit, the same ones again", () => {
    const question = { nodes: names(10), crashes: 1, score: loadScore(capacities(10)) };
    const run = () =>
      [...search(question, { maxSteps: 30_000 })].map(({ reads, score }) => [print(reads), score] as const);
    const found = run();
    expect(found.length).toBeGreaterThan(3);
    expect(found.map(([, score]) => score)).toEqual(found.map(([, score]) => score).sort((a, b) => b - a));
    expect(run()).toEqual(found);
  });
  test("limits end it with the best so far", () => {
    let now = 0;
    const score = loadScore(capacities(10));
    const slow: Score = {
      ...score,
      score: (candidate) => {
        now += 10;
        return score.score(candidate);
      },
    };
    const found = findBest(
      { nodes: names(10), crashes: 1, score: slow },
      { deadlineMs: 200, now: () => now },
    );
    expect(found).toMatchObject({ complete: false });
    expect(found.best).not.toBeNull();
    expect(found.scored).toBeLessThan(40);
  });
  test("a score that is not known leaves the search incomplete", () => {
    const unknown: Score = { score: ({ reads }) => (print(reads) === print(parse("a & b")) ? null : 1) };
    expect(findBest({ nodes: ["a", "b"], score: unknown })).toMatchObject({ complete: false, candidates: 2 });
  });
});
