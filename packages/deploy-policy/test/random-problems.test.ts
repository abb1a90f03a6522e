import { checkDeployment } from "@eunomia/deploy-policy";
import { type Answer, optimizeDeployment, type Problem, tradeOff } from "@eunomia/deploy-policy/optimize";
import { type Highs, highsSolver } from "@eunomia/quorum-algebra/engines/highs";
import { yalpsSolver } from "@eunomia/quorum-algebra/engines/yalps";
import fc from "fast-check";
import loadHighs from "highs";
import { expect, test } from "vitest";
import * as yalps from "yalps";
import { bruteForce, naiveCost } from "./naive-cost.ts";

const runs = Number(process.env.DEPLOY_POLICY_RUNS ?? 30);
const people = ["a", "b", "c", "d", "e"];
const person = fc.constantFrom(...people);
const some = fc.subarray(people, { minLength: 1 });
const money = fc.integer({ min: 1, max: 500 }).map((value) => value / 100);

const flow = (type: string) =>
  fc
    .record({
      issuer: person,
      verifiers: some,
      auditor: fc.constantFrom("NOONE", "NOONE", ...people),
      bytes: fc.integer({ min: 10, max: 2_000 }),
      times: fc.integer({ min: 1, max: 3 }),
      maxDelayMs: fc.option(fc.integer({ min: 20, max: 60 }), { nil: null, freq: 1 }),
    })
    .map(({ issuer, verifiers, auditor, bytes, times, maxDelayMs }) => ({
      type,
      issuer,
      verifier: verifiers.join(" + "),
      auditor,
      bytes,
      sample: { issuer, verifiers, times },
      ...(maxDelayMs === null ? {} : { maxDelayMs }),
    }));

const problem: fc.Arbitrary<Problem> = fc
  .record({
    flows: fc.tuple(flow("T"), flow("U"), flow("W")),
    latency: fc.record({
      otherwise: fc.integer({ min: 1, max: 20 }),
      links: fc.array(fc.tuple(person, person, fc.integer({ min: 1, max: 40 })), { maxLength: 4 }),
    }),
    prices: fc.record({ cpu: money, byte: money, message: money, delay: money }),
    slow: fc.record({ a: fc.integer({ min: 1, max: 40 }) }),
    fails: fc.record({ b: fc.constantFrom(0, 0.01, 0.3) }),
    fixed: fc.record({ "TrustedThirdParty(e)": fc.integer({ min: 0, max: 3_000 }) }),
    egress: fc.option(fc.record({ a: fc.integer({ min: 500, max: 9_000 }) }), { nil: {} }),
    cpu: fc.option(fc.record({ b: fc.integer({ min: 60, max: 900 }) }), { nil: {} }),
  })
  .map(({ egress, cpu, latency, ...rest }) => ({
    ...rest,
    latency: { ...latency, links: onePerPair(latency.links) },
    limits: { egress, cpu },
    deployment: "[Principals] a, b, c, d, e : mac, ed25519, rsa;",
    schemes: ["HMAC-SHA256", "Ed25519", "RSA-PSS", "TrustedThirdParty(e)"],
    stages: ["DIRECT", "OPTIMISTIC(b)", "OPTIMISTIC({b, c, d} >= 2)"],
  }));

type Links = NonNullable<Problem["latency"]["links"]>;

const onePerPair = (links: Links): Links => [
  ...new Map(links.map((link) => [[link[0], link[1]].sort().join(), link])).values(),
];

/** The answer, or the code of what keeps it from being one. */
function answered(asked: Problem, engines = {}): Answer | string {
  try {
    return optimizeDeployment(asked, { engines });
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** The same without its limits, to have the options of a problem that has no answer. */
const unlimited = (asked: Problem): Answer =>
  optimizeDeployment({
    ...asked,
    limits: {},
    flows: asked.flows.map(({ maxDelayMs, ...rest }) => rest),
  });

test("costs are those of the table, line by line", () => {
  let compared = 0;
  fc.assert(
    fc.property(problem, (asked) => {
      unlimited(asked).options.forEach((own, at) => {
        for (const { scheme, stage, cost } of own) {
          expect(cost).toBeCloseTo(naiveCost(asked, at, scheme, stage), 6);
          compared++;
        }
      });
    }),
    { seed: 7, numRuns: runs },
  );
  expect(compared).toBe(runs * 3 * 12);
});

test("the optimum is that of all combinations, and of two solvers; every answer passes the check", async () => {
  const highs = highsSolver(await (loadHighs as unknown as () => Promise<Highs>)());
  const seen = { solved: 0, infeasible: 0, limited: 0, excluded: 0 };
  fc.assert(
    fc.property(problem, (asked) => {
      const answer = answered(asked);
      if (typeof answer === "string") {
        expect(answer).toBe("infeasible");
        for (const lp of [highs, yalpsSolver(yalps)]) expect(answered(asked, { lp })).toBe("infeasible");
        seen.infeasible++;
        return;
      }
      expect(answer.optimum).toBeCloseTo(bruteForce(asked, answer.options), 6);
      expect(checkDeployment(asked.flows, answer.deployment).verdict).toBe("accept");
      for (const lp of [highs, yalpsSolver(yalps)]) {
        const other = answered(asked, { lp }) as Answer;
        expect(other.optimum).toBeCloseTo(answer.optimum, 4);
        if (answer.runnerUp !== null) expect(other.runnerUp!.cost).toBeCloseTo(answer.runnerUp.cost, 4);
      }
      seen.solved++;
      if (answer.binding.some((line) => line.includes("exceeds"))) seen.limited++;
      if (answer.binding.some((line) => line.includes("refuses") || line.includes("takes"))) seen.excluded++;
    }),
    { seed: 11, numRuns: runs },
  );
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(1);
});

test("a problem without an answer has none", () => {
  const empty = fc
    .sample(problem, { seed: 3, numRuns: runs })
    .filter((asked) => answered(asked) === "infeasible");
  expect(empty.length).toBeGreaterThan(0);
  for (const asked of empty) {
    const late = unlimited(asked).options.map((own, at) =>
      own.map((option) => {
        const { maxDelayMs } = asked.flows[at]!;
        const isLate = option.delayMs > (maxDelayMs ?? Number.POSITIVE_INFINITY);
        return isLate ? { ...option, excluded: { why: "late", byMs: 1 } as const } : option;
      }),
    );
    expect(bruteForce(asked, late)).toBe(Number.POSITIVE_INFINITY);
  }
});

test("the comparison refuses whoever takes the cheapest option of each flow", () => {
  const wrong = fc.sample(problem, { seed: 13, numRuns: runs }).filter((asked) => {
    const answer = answered(asked);
    if (typeof answer === "string") return false;
    const greedy = answer.options.map((own) => own.find(({ excluded }) => excluded === null)!);
    const cost = greedy.reduce((sum, option) => sum + option.cost, 0);
    return Math.abs(cost - bruteForce(asked, answer.options)) > 1e-6;
  });
  expect(wrong.length).toBeGreaterThan(3);
});

test("a trade-off has no point that another one beats, and none is missing", () => {
  let points = 0;
  fc.assert(
    fc.property(problem, (asked) => {
      const found = tradeOff(asked);
      found.slice(1).forEach((point, at) => {
        expect(point.delayMs).toBeGreaterThan(found[at]!.delayMs);
        expect(point.cost).toBeLessThan(found[at]!.cost);
      });
      for (const { delayMs, cost } of found) {
        const hurried = asked.flows.map((one) => ({
          ...one,
          maxDelayMs: Math.min(delayMs, one.maxDelayMs ?? delayMs),
        }));
        const cheapest = answered({ ...asked, flows: hurried, prices: { ...asked.prices, delay: 0 } });
        expect((cheapest as Answer).optimum).toBeCloseTo(cost, 6);
      }
      points += found.length;
    }),
    { seed: 5, numRuns: Math.ceil(runs / 3) },
  );
  expect(points).toBeGreaterThan(runs / 4);
});
