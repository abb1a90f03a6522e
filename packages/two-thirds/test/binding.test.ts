import { expect, test } from "vitest";
import { TwoThirdsError, twoThirdsBinding } from "../src/index.ts";

const binding = twoThirdsBinding({ self: "a" });
const none = new Uint8Array();

test("a plan needs more than three times as many nodes as may be down, and no parameters", () => {
  const said = (n: number, f: number, params = none) =>
    binding.validate({ params, nodes: ["a", "b", "c", "d", "e", "f", "g"].slice(0, n), f });
  for (const [n, f] of [
    [1, 0],
    [3, 0],
    [4, 1],
    [6, 1],
    [7, 2],
  ] as const)
    expect(said(n, f)).toBeNull();
  expect(said(3, 1)).toBe("expected at least 4 nodes, so that 1 may be down, got 3");
  expect(said(6, 2)).toBe("expected at least 7 nodes, so that 2 may be down, got 6");
  expect(said(0, 0)).toBe("expected at least 1 nodes, so that 0 may be down, got 0");
  expect(said(4, 1, Uint8Array.of(0))).toBe("expected no parameters");
});

test("whatever is found valid can be run", () => {
  for (let n = 1; n <= 7; n += 1)
    for (let f = 0; 3 * f < n; f += 1) {
      const nodes = ["a", "b", "c", "d", "e", "f", "g"].slice(0, n);
      const { learner, processes } = binding.epoch({ epoch: 1, from: 5, params: none, nodes, f });
      expect(learner).toBe("a/learner");
      expect(processes.map(({ process }) => process)).toEqual(["a/member", "a/learner"]);
      expect(processes[0]!.config).toMatchObject({
        fromSlot: 5,
        f,
        members: nodes.map((id) => `${id}/member`),
      });
    }
});

test("what is wrong whatever the nodes are is found when the binding is made", () => {
  expect(() => twoThirdsBinding({ self: "a", graceMs: -1 })).toThrow(TwoThirdsError);
});
