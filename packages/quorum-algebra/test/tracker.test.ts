import type { QuorumTracker } from "@eunomia/engine";
import { constant, type Expr, majority, quorumSystem, thresholdOf, weighted } from "@eunomia/quorum-algebra";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyExpr, naiveHas, naiveSupport, refuted, seeded, subsets, without } from "./naive.ts";

const ids = ["a", "b", "c", "d", "e", "f"];
const votes = fc.array(fc.tuple(fc.constantFrom(...ids, "stranger"), fc.boolean()), { maxLength: 12 });
const decided = { won: 0, lost: 0, pending: 0 };

/** After every vote the tracker says what the definition says of the votes so far. */
const followsDefinition = (trackerOf: (e: Expr) => QuorumTracker, exprs = anyExpr(ids)) =>
  fc.property(exprs, votes, (e, cast) => {
    const tracker = trackerOf(e);
    for (let life = 0; life < 2; life++) {
      const added = new Set<string>();
      const refused = new Set<string>();
      const answer = () =>
        naiveHas(e, added) ? "won" : naiveHas(e, without(ids, refused)) ? "pending" : "lost";
      expect(tracker.answer).toBe(answer());
      for (const [id, yes] of cast) {
        const before = answer();
        if (!added.has(id) && !refused.has(id) && before === "pending") (yes ? added : refused).add(id);
        const turned = yes ? tracker.add(id) : tracker.refuse(id);
        expect(tracker.answer).toBe(answer());
        expect(turned).toBe(before === "pending" && answer() !== "pending");
      }
      decided[tracker.answer]++;
      tracker.reset();
    }
  });

describe("tracker", () => {
  test("answers as the definition does, in every order, twice with reset", () => {
    fc.assert(
      followsDefinition((e) => quorumSystem(e).tracker()),
      seeded(900),
    );
    expect(Math.min(decided.won, decided.lost, decided.pending)).toBeGreaterThan(200);
  });

  test("counting heads is refused for repeated votes only", () => {
    const headCount = (countsAgain: boolean) => (): QuorumTracker => {
      const heads = { yes: new Set<string>(), no: new Set<string>(), again: 0 };
      const answer = () =>
        heads.yes.size + heads.again >= 4 ? "won" : heads.no.size >= 3 ? "lost" : "pending";
      const vote = (id: string, side: Set<string>): boolean => {
        if (answer() !== "pending" || !ids.includes(id)) return false;
        if (heads.yes.has(id) && side === heads.yes && countsAgain) heads.again++;
        else if (!heads.yes.has(id) && !heads.no.has(id)) side.add(id);
        return answer() !== "pending";
      };
      return {
        add: (id) => vote(id, heads.yes),
        refuse: (id) => vote(id, heads.no),
        get answer() {
          return answer() as QuorumTracker["answer"];
        },
        missing: () => [],
        reset() {
          heads.yes.clear();
          heads.no.clear();
          heads.again = 0;
        },
      };
    };
    const simple = fc.constant(majority(ids));
    expect(refuted(followsDefinition(headCount(false), simple))).toBe(false);
    expect(refuted(followsDefinition(headCount(true), simple))).toBe(true);
  });

  test("missing() is a cheapest completion", () => {
    let asked = 0;
    fc.assert(
      fc.property(anyExpr(ids), fc.subarray(ids), fc.subarray(ids), (e, added, others) => {
        const refused = others.filter((id) => !added.includes(id));
        const tracker = quorumSystem(e).tracker();
        for (const id of added) tracker.add(id);
        for (const id of refused) tracker.refuse(id);
        const missing = tracker.missing();
        if (tracker.answer !== "pending") return missing.length === 0;
        asked++;
        const open = ids.filter((id) => !added.includes(id) && !refused.includes(id));
        const sizes = [...subsets(open)]
          .filter((set) => naiveHas(e, new Set([...added, ...set])))
          .map((set) => set.size);
        expect(missing.every((id) => open.includes(id))).toBe(true);
        expect(naiveHas(e, new Set([...added, ...missing]))).toBe(true);
        expect(missing.length).toBe(Math.min(...sizes));
        return true;
      }),
      seeded(900),
    );
    expect(asked).toBeGreaterThan(100);
  });

  test("weights beyond 2^53 are exact", () => {
    const big = 2n ** 80n;
    const tracker = quorumSystem(weighted({ a: big, b: big, c: 1n, d: 1n }, 2n * big + 1n)).tracker();
    expect([tracker.add("a"), tracker.add("b"), tracker.answer, tracker.missing()]).toEqual([
      false,
      false,
      "pending",
      ["c"],
    ]);
    expect([tracker.refuse("c"), tracker.refuse("d"), tracker.answer]).toEqual([false, true, "lost"]);
    tracker.reset();
    expect([tracker.add("a"), tracker.add("b"), tracker.add("d"), tracker.answer]).toEqual([
      false,
      false,
      true,
      "won",
    ]);
  });

  test("many nodes in nested gates", () => {
    const organisations = Array.from({ length: 20 }, (_, o) =>
      majority([0, 1, 2, 3, 4].map((i) => `o${o}n${i}`)),
    );
    const e = thresholdOf(14, organisations);
    const members = naiveSupport(e);
    fc.assert(
      fc.property(fc.shuffledSubarray(members, { minLength: 50 }), (order) => {
        const tracker = quorumSystem(e).tracker();
        const wonAt = order.findIndex((id) => tracker.add(id));
        const naiveAt = order.findIndex((_, i) => naiveHas(e, new Set(order.slice(0, i + 1))));
        expect(wonAt).toBe(naiveAt);
      }),
      seeded(100),
    );
  });

  test("constants are decided from the start", () => {
    expect(quorumSystem(constant(true)).tracker().answer).toBe("won");
    expect(quorumSystem(constant(false)).tracker().answer).toBe("lost");
    expect(quorumSystem(constant(true)).tracker().add("a")).toBe(false);
  });
});
