import {
  type Engines,
  node,
  QuorumError,
  type SatSolver,
  thresholdOf,
  weightedOf,
} from "@eunomia/quorum-algebra";
import {
  afterFaults,
  type FederatedNode,
  type FederatedSystem,
  federatedSystem,
  federatedTopTier,
  intersection,
  listBlockingSets,
  listQuorums,
  listSplittingSets,
  smallestBlockingSet,
  smallestSplittingSet,
} from "@eunomia/quorum-algebra/federated";
import { collect } from "@eunomia/quorum-algebra/sets";
import { describe, expect, test } from "vitest";
import { dpll } from "../src/sat/dpll.ts";

/** Organisations of three, all asking for most of the others, but each with a word of its own: no cluster. */
function almostSymmetric(count: number): readonly FederatedNode[] {
  const names = Array.from({ length: count }, (_, o) =>
    [0, 1, 2].map((i) => `o${String(o).padStart(2, "0")}n${i}`),
  );
  const each = names.map((members) => thresholdOf(2, members.map(node)));
  return names.flatMap((members, o) => {
    const most = thresholdOf(Math.ceil((2 * count) / 3), each);
    const others = thresholdOf(
      Math.ceil(count / 2),
      each.filter((_, other) => other !== (o + 1) % count),
    );
    return members.map((id) => ({ id, quorums: o % 2 === 0 ? most : thresholdOf(2, [most, others]) }));
  });
}

const large = federatedSystem(almostSymmetric(10));
const small = federatedSystem(almostSymmetric(4));

describe("limits", () => {
  test("too few steps: nothing is known, and what could help is said", () => {
    expect(intersection(small, { maxSteps: 2 })).toEqual({ kind: "unknown", reason: "limit" });
    expect(intersection(large, { maxSteps: 2 })).toEqual({ kind: "unknown", reason: "noEngine" });
    expect(intersection(large, { maxSteps: 2 }, { sat: dpll })).toEqual({ kind: "unknown", reason: "limit" });
    expect(smallestSplittingSet(large, {}, { maxSteps: 2 })).toEqual({ kind: "unknown", reason: "noEngine" });
    expect(smallestBlockingSet(large, {}, { maxSteps: 0 })).toMatchObject({
      kind: "bounds",
      low: 8,
      high: 30,
    });
    expect(collect(listQuorums(large, { maxSteps: 0 }))).toMatchObject({ count: 0, complete: false });
    expect(collect(listSplittingSets(large, { maxSteps: 0 }))).toMatchObject({ count: 0, complete: false });
  });

  test("bounds hold the answer", () => {
    const exact = smallestSplittingSet(large);
    if (exact.kind !== "exact") throw new Error("expected an exact answer");
    const kinds = new Set<string>();
    for (const maxSteps of [10, 50, 100, 200, 400, 800, 1_600, 3_200]) {
      const answer = smallestSplittingSet(large, {}, { maxSteps });
      kinds.add(answer.kind);
      if (answer.kind !== "bounds") continue;
      expect(answer.low).toBeLessThanOrEqual(exact.size);
      expect(answer.high).toBeGreaterThanOrEqual(exact.size);
    }
    expect(kinds).toContain("bounds");
  });

  test("a deadline and a signal end every question", () => {
    let at = 0;
    const deadline = { deadlineMs: 0, now: () => at++ };
    const aborted = { signal: { aborted: true } };
    for (const limits of [deadline, aborted]) {
      expect(intersection(large, limits).kind).toBe("unknown");
      expect(smallestSplittingSet(large, {}, limits).kind).toBe("unknown");
      expect(smallestBlockingSet(large, { groupBy: (id) => id }, limits).kind).not.toBe("exact");
      for (const list of [listQuorums, listBlockingSets, listSplittingSets])
        expect(collect(list(large, limits)).complete).toBe(false);
    }
  });

  test("listings are cut where asked, and say whether there was more", () => {
    for (const list of [listQuorums, listBlockingSets, listSplittingSets]) {
      const all = collect(list(small));
      expect(all.complete).toBe(true);
      const some = collect(list(small, { maxCount: 3 }));
      expect(some).toMatchObject({ count: 3, complete: false, sets: all.sets.slice(0, 3) });
      expect(collect(list(small, { maxCount: all.count }))).toMatchObject({
        count: all.count,
        complete: true,
      });
    }
  });

  test("solvers are given back, also by those who stop early", () => {
    let open = 0;
    const sat: SatSolver = (cnf) => {
      open++;
      const session = dpll(cnf);
      return {
        solve: (assume, limits) => session.solve(assume, limits),
        value: (variable) => session.value(variable),
        add: (clause) => session.add(clause),
        close: () => {
          open--;
          session.close();
        },
      };
    };
    const engines: Engines = { sat };
    for (const list of [listQuorums, listBlockingSets, listSplittingSets]) {
      const listing = list(small, {}, engines);
      expect(listing.next().done).toBe(false);
      expect(open).toBe(1);
      listing.return({ count: 1, complete: false, method: "stopped" });
      expect(open).toBe(0);
    }
    for (const ask of [intersection, federatedTopTier]) ask(small, {}, engines);
    for (const ask of [smallestBlockingSet, smallestSplittingSet]) ask(small, {}, {}, engines);
    expect(open).toBe(0);
  });
});

test("answers do not depend on the order of the nodes, and come again", () => {
  const nodes = almostSymmetric(4);
  const answers = (system: FederatedSystem): unknown => [
    intersection(system),
    smallestSplittingSet(system),
    smallestBlockingSet(system),
    ...[listQuorums, listBlockingSets, listSplittingSets].map((list) => collect(list(system))),
  ];
  expect(answers(federatedSystem([...nodes].reverse()))).toEqual(answers(federatedSystem(nodes)));
  expect(answers(small)).toEqual(answers(small));
});

describe("a caller's mistake is an error that says what to do", () => {
  const code = (make: () => unknown): string => {
    try {
      make();
    } catch (error) {
      if (error instanceof QuorumError) return error.code;
    }
    return "none";
  };
  const a = { id: "a", quorums: node("a") };
  const heavy = weightedOf(2n ** 53n, [
    [2n ** 53n - 1n, node("a")],
    [1n, node("b")],
    [5n, node("c")],
  ]);
  test.each([
    ["a node listed twice", () => federatedSystem([a, a]), "duplicate-member"],
    ["an id that is none", () => federatedSystem([{ ...a, id: "" }]), "id"],
    [
      "an expression that is none",
      () => federatedSystem([{ ...a, quorums: { t: "what" } as never }]),
      "shape",
    ],
    ["weights that no double holds", () => federatedSystem([{ ...a, quorums: heavy }]), "weight"],
    ["a fault of nobody", () => afterFaults(federatedSystem([a]), { crashed: ["b"] }), "id"],
    ["a condition of nobody", () => federatedSystem([a]).condition("b"), "id"],
    ["a part with a stranger", () => federatedSystem([a]).only(["b"]), "id"],
    ["a deadline without a clock", () => intersection(small, { deadlineMs: 5 }), "limit"],
  ])("%s", (_, make, expected) => {
    expect(code(make)).toBe(expected);
  });
});

test("who has no condition, or is named and not listed, never answers or is free, as asked", () => {
  const nodes = [
    { id: "a", quorums: thresholdOf(2, ["a", "b", "c"].map(node)) },
    { id: "b", quorums: null },
  ];
  const careful = federatedSystem(nodes, { unknown: "free" });
  expect(careful.unknown).toEqual(["b", "c"]);
  expect(careful.contract()).toEqual(["a", "b", "c"]);
  expect(careful.isQuorum(["b", "c"])).toBe(false);
  expect(federatedSystem(nodes).contract()).toEqual([]);
});
