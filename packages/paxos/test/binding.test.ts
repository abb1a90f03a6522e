import { describe, expect, test } from "vitest";
import { PaxosConfigError, paxosBinding, paxosParams } from "../src/index.ts";

const binding = paxosBinding({ self: "a" });
const nodes = ["a", "b", "c", "d", "e"];
const none = new Uint8Array();

describe("a plan is judged by its quorums and its nodes", () => {
  const cases: [string, Uint8Array, number, number, string | null][] = [
    ["majorities", none, 5, 2, null],
    ["majorities of four", none, 4, 1, null],
    ["majorities that too many crashes take away", none, 4, 2, "expected quorums of at most 2 nodes"],
    ["other sizes", paxosParams({ phase1: 4, phase2: 2 }), 5, 1, null],
    [
      "sizes that do not meet",
      paxosParams({ phase1: 3, phase2: 2 }),
      5,
      1,
      "expected quorums of more than 5",
    ],
    [
      "a size that is too large for f",
      paxosParams({ phase1: 4, phase2: 2 }),
      5,
      2,
      "expected quorums of at most 3",
    ],
    ["no quorum at all", paxosParams({ phase1: 0, phase2: 5 }), 5, 0, "expected quorums of 1 to 5 nodes"],
    ["more than there are", paxosParams({ phase1: 6, phase2: 1 }), 5, 0, "expected quorums of 1 to 5 nodes"],
    ["bytes that say nothing", Uint8Array.of(1, 2, 3), 5, 1, "expected no parameters, or the sizes"],
    ["nobody", none, 0, 0, "expected quorums of 1 to 0 nodes"],
  ];
  for (const [name, params, n, f, problem] of cases)
    test(name, () => {
      const said = binding.validate({ params, nodes: nodes.slice(0, n), f });
      if (problem === null) expect(said).toBeNull();
      else expect(said).toContain(problem);
    });
});

test("an epoch runs an acceptor, a leader and a learner, over the nodes of the plan in their order", () => {
  const { learner, processes } = binding.epoch({
    epoch: 1,
    from: 9,
    params: none,
    nodes: ["c", "a", "b"],
    f: 1,
  });
  expect(learner).toBe("a/paxos-learner");
  expect(processes.map(({ process }) => process)).toEqual(["a/acceptor", "a/leader", "a/paxos-learner"]);
  for (const { config } of processes)
    expect(config).toMatchObject({ fromSlot: 9, leaders: ["c/leader", "a/leader", "b/leader"] });
});

test("what is wrong whatever the nodes are is found when the binding is made", () => {
  expect(() => paxosBinding({ self: "a", leader: { heartbeatMs: -1 } })).toThrow(PaxosConfigError);
});
