import { decode, encode } from "@eunomia/codec";
import { describe, expect, test } from "vitest";
import {
  ByzantineMemberConfig,
  type ByzantineMemberOptions,
  byzantineBinding,
  byzantineLearnerConfig,
  byzantineLearnerEngine,
  byzantineMemberConfig,
  byzantineMemberEngine,
} from "../../src/byzantine.ts";
import { TwoThirdsError } from "../../src/index.ts";
import { memberNames } from "./cluster.ts";
import { sealsOf } from "./seals.ts";

const six = memberNames();

/** The code of the refusal; null if the options are taken. */
function refusal(options: Partial<ByzantineMemberOptions>): string | null {
  try {
    const config = byzantineMemberConfig({ self: "p0", context: "c", members: six, ...options });
    byzantineMemberEngine(config, sealsOf("p0"));
    return null;
  } catch (error) {
    if (error instanceof TwoThirdsError) return error.code;
    throw error;
  }
}

describe("3.1 size and thresholds", () => {
  test("n >= 5f + 1, and nothing less", () => {
    for (let n = 1; n <= 16; n += 1)
      for (let f = 0; f <= 3; f += 1) {
        const members = Array.from({ length: n }, (_, i) => `p${i}`);
        expect(refusal({ members, f }), `${n} ${f}`).toBe(n >= 5 * f + 1 ? null : "threshold");
      }
    expect(() => byzantineMemberConfig({ self: "p0", context: "c", members: six.slice(0, 5), f: 1 })).toThrow(
      /n >= 5f \+ 1/,
    );
  });

  test("a configuration is plain data, and f is as large as it may be", () => {
    const config = byzantineMemberConfig({ self: "p0", context: "c", members: six });
    expect(config.f).toBe(1);
    expect(decode(ByzantineMemberConfig, encode(ByzantineMemberConfig, config))).toEqual(config);
  });

  test.each<[string, Partial<ByzantineMemberOptions>]>([
    ["process", { self: "x" }],
    ["process", { members: ["p0", "p0", "p1", "p2", "p3", "p4"] }],
    ["process", { learners: ["p1"] }],
    ["process", { colocatedLearner: "r" }],
    ["context", { context: "" }],
    ["context", { context: "c".repeat(257) }],
    ["number", { f: -1 }],
    ["number", { fromSlot: 0 }],
    ["number", { roundMs: 0 }],
    ["number", { retryMs: 0 }],
    ["number", { headMs: -1 }],
    ["number", { keepRounds: -1 }],
    ["number", { maxAhead: 0 }],
  ])("refuses with code %s: %j", (code, options) => {
    expect(refusal(options)).toBe(code);
  });

  test.each([
    { self: "p0" },
    { members: [] },
    { f: 2 },
    { context: "" },
    { colocatedMember: "x" },
    { fromSlot: 0 },
    { retryMs: 0 },
    { maxAhead: 0 },
  ])("a learner refuses %j", (options) => {
    const all = { self: "r", context: "c", members: six, ...options };
    expect(() => byzantineLearnerEngine(byzantineLearnerConfig(all), sealsOf("r"))).toThrow(TwoThirdsError);
  });
});

describe("the binding of a broadcast", () => {
  const binding = byzantineBinding({ self: "a", cluster: "demo", oracles: sealsOf("a") });
  const nodes = ["a", "b", "c", "d", "e", "f"];
  const params = new Uint8Array();

  test("a plan needs more than five times as many nodes as may lie, and no parameters", () => {
    expect(binding.validate({ params, nodes, f: 1 })).toBeNull();
    expect(binding.validate({ params, nodes: nodes.slice(1), f: 1 })).toBe(
      "expected at least 6 nodes, so that 1 may lie, got 5",
    );
    expect(binding.validate({ params: Uint8Array.of(0), nodes, f: 1 })).toBe("expected no parameters");
  });

  test("what is wrong whatever the nodes are is found when the binding is made", () => {
    expect(() => byzantineBinding({ self: "a", cluster: "demo", oracles: sealsOf("a"), roundMs: 0 })).toThrow(
      TwoThirdsError,
    );
  });
});
