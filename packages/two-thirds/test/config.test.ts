import { check, decode, encode, generate, rename } from "@eunomia/codec";
import { SeededRandom } from "@eunomia/conformance";
import { and, type Expr, grid, node, or, thresholdOf } from "@eunomia/quorum-algebra";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  learnerConfig,
  learnerEngine,
  MemberConfig,
  type MemberOptions,
  memberConfig,
  memberEngine,
  TwoThirdsError,
} from "../src/index.ts";

const four = ["p0", "p1", "p2", "p3"];
const any = (k: number, of = four): Expr =>
  thresholdOf(
    k,
    of.map((name) => node(name)),
  );

/** The code of the refusal; null if the options are taken. */
function refusal(options: Partial<MemberOptions>): string | null {
  try {
    memberEngine(memberConfig({ self: "p0", members: four, ...options }));
    return null;
  } catch (error) {
    if (error instanceof TwoThirdsError) return error.code;
    throw error;
  }
}

describe("2.1 parameters", () => {
  test("the defaults are the paper's numbers", () => {
    const config = memberConfig({ self: "p0", members: four });
    expect(config.f).toBe(1);
    expect(config.decide).toEqual(any(3));
    expect(config.update).toEqual(any(3));
    expect(decode(MemberConfig, encode(MemberConfig, config))).toEqual(config);
  });

  test("thresholds are legal exactly if the four inequalities hold", () => {
    let legal = 0;
    for (let n = 1; n <= 10; n++)
      for (let f = 0; f <= n; f++)
        for (let update = 1; update <= n; update++)
          for (let decide = 1; decide <= n; decide++) {
            const members = Array.from({ length: n }, (_, i) => `p${i}`);
            const holds = 2 * decide > n && update + 2 * decide > 2 * n && update <= n - f && decide <= n - f;
            if (holds) {
              legal++;
              expect(n).toBeGreaterThanOrEqual(3 * f + 1);
            }
            expect(refusal({ members, f, update, decide }), `${n} ${f} ${update} ${decide}`).toBe(
              holds ? null : "threshold",
            );
          }
    expect(legal).toBeGreaterThan(50);
  });

  test("the general check refuses the same thresholds when they come as expressions", () => {
    for (let n = 1; n <= 7; n++)
      for (let update = 1; update <= n; update++)
        for (let decide = 1; decide <= n; decide++) {
          const members = Array.from({ length: n }, (_, i) => `p${i}`);
          const options = { members, f: 0, update: any(update, members), decide: any(decide, members) };
          expect(refusal(options) === null, `${n} ${update} ${decide}`).toBe(update + 2 * decide > 2 * n);
        }
  });

  test("the refusal of an expression shows quorums without a common member", () => {
    try {
      memberConfig({ self: "p0", members: four, update: any(2), decide: any(3) });
      expect.unreachable();
    } catch (error) {
      const { code, witness } = error as TwoThirdsError;
      expect(code).toBe("intersection");
      expect(witness).toHaveLength(3);
      expect(four.some((member) => witness.every((quorum) => quorum.includes(member)))).toBe(false);
    }
  });

  test("quorums of another shape than thresholds", () => {
    expect(refusal({ f: 0, decide: and(node("p0"), or(node("p1"), node("p2"))), update: node("p0") })).toBe(
      null,
    );
    expect(refusal({ f: 1, decide: and(node("p0"), or(node("p1"), node("p2"))), update: node("p0") })).toBe(
      "availability",
    );
    const { phase1, phase2 } = grid([
      ["p0", "p1"],
      ["p2", "p3"],
    ]);
    expect(refusal({ f: 0, decide: phase1, update: phase2 })).toBe("intersection");
    expect(refusal({ f: 0, decide: and(node("p0"), node("x")), update: node("p0") })).toBe("member");
  });

  test.each<[string, Partial<MemberOptions>]>([
    ["process", { self: "x" }],
    ["process", { members: ["p0", "p0", "p1", "p2"] }],
    ["process", { learners: ["p1"] }],
    ["process", { learners: ["r", "r"] }],
    ["process", { colocatedLearner: "r" }],
    ["number", { f: -1 }],
    ["number", { f: 0.5 }],
    ["number", { fromSlot: 0 }],
    ["number", { graceMs: -1 }],
    ["number", { retryMs: 0 }],
    ["number", { headMs: Number.NaN }],
    ["number", { keepRounds: -1 }],
    ["number", { maxAhead: 0 }],
    ["number", { digestAboveBytes: -1 }],
    ["order", { digestAboveBytes: 0, order: "bytes" }],
    ["threshold", { f: 2 }],
  ])("refuses with code %s: %j", (code, options) => {
    expect(refusal(options)).toBe(code);
  });

  test("a configuration that comes from elsewhere is checked as well", () => {
    const config = memberConfig({ self: "p0", members: four });
    expect(() => memberEngine({ ...config, update: any(2) })).toThrow(TwoThirdsError);
    expect(() => memberEngine({ ...config, members: [...four].reverse() })).toThrow(TwoThirdsError);
  });

  test("members may be given in any order", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(four, { minLength: 4 }), (members) => {
        expect(memberConfig({ self: "p0", members }).members).toEqual(four);
      }),
      { seed: 1 },
    );
  });
});

describe("learner", () => {
  test.each([
    { self: "p0" },
    { members: [] },
    { colocatedMember: "x" },
    { fromSlot: 0 },
    { retryMs: 0 },
    { maxAhead: 0 },
  ])("refuses %j", (options) => {
    expect(() => learnerEngine(learnerConfig({ self: "r", members: four, ...options }))).toThrow(
      TwoThirdsError,
    );
  });

  test("the messages say what to do", () => {
    expect(() => learnerConfig({ self: "r", members: four, retryMs: 0 })).toThrow(
      '"retryMs" expected an integer from 1',
    );
    expect(() => check(MemberConfig, memberConfig({ self: "p0", members: four }))).not.toThrow();
  });
});

test("renaming processes keeps every choice of a configuration; generated ones make all of them", () => {
  const config = memberConfig({
    self: "a",
    members: ["a", "b", "c", "d"],
    learners: [],
    relay: "lazy",
    order: "digest",
  });
  const swap = (id: string) => (id === "a" ? "b" : id === "b" ? "a" : id);
  const renamed = rename(MemberConfig, config, "process", swap);
  expect([renamed.self, renamed.relay, renamed.order]).toEqual(["b", "lazy", "digest"]);
  const random = new SeededRandom(3);
  const relays = new Set(Array.from({ length: 40 }, () => generate(MemberConfig, random, 2).relay));
  expect([...relays].sort()).toEqual(["eager", "lazy"]);
});
