import type { NodeId } from "@eunomia/engine";
import {
  dual,
  type Expr,
  majority,
  node,
  parse,
  support,
  threshold,
  weighted,
} from "@eunomia/quorum-algebra";
import {
  availability,
  birnbaum,
  type FailureGroup,
  unavailability,
  unsafety,
} from "@eunomia/quorum-algebra/probability";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blocks, chanceOfSets, close, naiveSplits } from "./chances.ts";
import { naiveMask, refuted, seeded, seriousExpr } from "./naive.ts";

const ids = ["a", "b", "c", "d", "e", "f"];
type Chance = Record<NodeId, number>;

const chance = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 1e-3, 1e-6, 1e-9));
const chances: fc.Arbitrary<Chance> = fc.record(Object.fromEntries(ids.map((id) => [id, chance])));
const exact = (answer: { kind: string; value?: unknown }): number => {
  if (answer.kind !== "exact") throw new Error(`expected an exact answer, got ${answer.kind}`);
  return answer.value as number;
};

const tailsAreThoseOfAllSets = (down: typeof unavailability, up: typeof availability) =>
  fc.property(seriousExpr(ids), chances, (expr, p) => {
    const fails = chanceOfSets(ids, p, blocks(expr, ids));
    const holds = chanceOfSets(ids, p, (failed) => !blocks(expr, ids)(failed));
    return close(exact(down(expr, p)), fails) && close(exact(up(expr, p)), holds);
  });

describe("availability and unavailability", () => {
  test("are the sums over all sets, of repeated nodes and weights, both tails to ten digits", () => {
    const methods = new Map<string, number>();
    const counted: typeof unavailability = (...args) => {
      const answer = unavailability(...args);
      if (answer.kind === "exact") methods.set(answer.method, (methods.get(answer.method) ?? 0) + 1);
      return answer;
    };
    fc.assert(tailsAreThoseOfAllSets(counted, availability), seeded(800));
    expect(methods.get("diagram")).toBeGreaterThan(60);
    expect(methods.get("threshold")).toBeGreaterThan(50);
    expect(methods.get("read-once tree")).toBeGreaterThan(20);
  });
  test("broken twins are refused: 1 minus the other tail, and nodes that occur twice taken as two", () => {
    const cancelling: typeof unavailability = (expr, p) => ({
      kind: "exact",
      value: 1 - exact(availability(expr, p)),
      method: "",
    });
    expect(refuted(tailsAreThoseOfAllSets(cancelling, availability))).toBe(true);
    const asTree = (expr: Expr, p: Chance): number => {
      if (expr.t === "node") return p[expr.id]!;
      if (expr.t === "const") return Number(!expr.v);
      const parts = expr.t === "thr" ? expr.of.map((e) => [1n, e] as const) : expr.of;
      const names = parts.map((_, i) => `x${i}`);
      const failing = Object.fromEntries(parts.map(([, e], i) => [names[i]!, asTree(e, p)]));
      const flat = (set: number) =>
        parts.reduce((sum, [w], i) => ((set >> i) & 1 ? sum : sum + w), 0n) < BigInt(expr.k);
      return chanceOfSets(names, failing, flat);
    };
    const twice: typeof unavailability = (expr, p) => ({
      kind: "exact",
      value: asTree(expr as Expr, p as Chance),
      method: "",
    });
    expect(refuted(tailsAreThoseOfAllSets(twice, availability))).toBe(true);
  });
  test("what the system can do, the dual fails to do at the opposite chances", () => {
    fc.assert(
      fc.property(seriousExpr(ids), chances, (expr, p) => {
        const opposite = Object.fromEntries(ids.map((id) => [id, 1 - p[id]!]));
        const sum = exact(availability(expr, p)) + exact(availability(dual(expr), opposite));
        return Math.abs(sum - 1) < 1e-9;
      }),
      seeded(500),
    );
  });
  test("nothing beats a majority below one half, and a single node above (equal chances)", () => {
    const five = ids.slice(0, 5);
    fc.assert(
      fc.property(
        seriousExpr(five).filter((e) => isIntersecting(e, five)),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (expr, p) => {
          const best = exact(unavailability(p < 0.5 ? majority(five) : node("a"), p));
          return exact(unavailability(expr, p)) >= best * (1 - 1e-12);
        },
      ),
      seeded(400),
    );
    expect(isIntersecting(threshold(five, 2), five)).toBe(false);
    expect(exact(unavailability(threshold(five, 2), 0.1))).toBeLessThan(
      exact(unavailability(majority(five), 0.1)),
    );
  });
  test("constants, a lone node, unknown nodes, chances that are none", () => {
    expect(unavailability(parse("true"), 0.5)).toEqual({ kind: "exact", value: 0, method: "constant" });
    expect(availability(parse("false"), 0.5)).toEqual({ kind: "exact", value: 0, method: "constant" });
    expect(exact(unavailability(node("a"), { a: 0.25, stranger: 0.1 }))).toBe(0.25);
    expect(exact(unavailability(node("a"), new Map([["a", 0.25]])))).toBe(0.25);
    expect(exact(unavailability(node("a"), () => 0.25))).toBe(0.25);
    for (const wrong of [{}, { a: -0.1 }, { a: 1.1 }, { a: Number.NaN }, new Map(), 2])
      expect(() => unavailability(node("a"), wrong)).toThrow(expect.objectContaining({ code: "chance" }));
    expect(() => unavailability(node("a"), 0.5, { units: 0 })).toThrow(
      expect.objectContaining({ code: "limit" }),
    );
  });
  test("limits and signals end it", () => {
    const many = majority(Array.from({ length: 400 }, (_, i) => `n${i}`));
    expect(unavailability(many, 0.1, { maxSteps: 1000 })).toEqual({ kind: "unknown", reason: "limit" });
    expect(unavailability(many, 0.1, { signal: { aborted: true } }).kind).toBe("unknown");
  });
});

const isIntersecting = (expr: Expr, members: readonly NodeId[]): boolean =>
  !naiveSplits(expr, expr, members)(0);

describe("large weights", () => {
  /** Stakes such as the 45 validators of a chain: more than diagrams are tried for, too large to be counted. */
  const stakes = Object.fromEntries(
    Array.from({ length: 45 }, (_, i) => [`v${i}`, 1_000_003n * BigInt((i * i * 7919) % 9973) + 77n]),
  );
  const total = Object.values(stakes).reduce((a, b) => a + b);
  const system = weighted(stakes, (2n * total) / 3n + 1n);
  test("are answered by an interval that narrows with more units and holds the limit", () => {
    let [low, high] = [0, 1];
    for (const units of [1_000, 10_000, 100_000, 1_000_000]) {
      const answer = unavailability(system, 0.05, { units });
      if (answer.kind !== "bounds") throw new Error(answer.kind);
      expect(answer.low).toBeLessThan(answer.high);
      expect(answer.low).toBeLessThanOrEqual(high);
      expect(answer.high).toBeGreaterThanOrEqual(low);
      expect(answer.high - answer.low).toBeLessThan(0.5 * (high - low));
      [low, high] = [Math.max(low, answer.low), Math.min(high, answer.high)];
    }
    expect(high / low).toBeLessThan(1.001);
    const up = availability(system, 0.05);
    expect(up.kind === "bounds" && up.low <= 1 - low && up.high >= 1 - high).toBe(true);
  });
  const intervalHoldsTheTruth = (units: number, narrow = 0) =>
    fc.property(
      fc.array(fc.bigInt(1n, 10_000n), { minLength: 3, maxLength: 8 }),
      fc.double({ min: 0.34, max: 0.99, noNaN: true }),
      fc.double({ min: 0.001, max: 0.6, noNaN: true }),
      (weights, share, p) => {
        const names = weights.map((_, i) => `v${i}`);
        // A shadow of 40 nodes without weight worth a count keeps small systems from being solved by a diagram.
        const shadow = Array.from({ length: 40 }, (_, i) => [`w${i}`, 1n] as const);
        const sum = weights.reduce((a, b) => a + b);
        const k = BigInt(Math.floor(Number(sum) * share)) + 41n;
        if (k > sum) return true;
        const expr = weighted(new Map([...names.map((id, i) => [id, weights[i]!] as const), ...shadow]), k);
        const failing = (id: NodeId): number => (id.startsWith("w") ? 1 : p);
        const truth = chanceOfSets(
          names,
          Object.fromEntries(names.map((id) => [id, p])),
          (failed) => weights.reduce((s, w, i) => ((failed >> i) & 1 ? s : s + w), 0n) < k,
        );
        const answer = unavailability(expr, failing, { units });
        if (answer.kind === "exact") return close(answer.value, truth);
        if (answer.kind === "unknown") return false;
        const shrink = (narrow * (answer.high - answer.low)) / 2;
        return answer.low + shrink <= truth && truth <= answer.high - shrink;
      },
    );
  test("the interval holds the truth, however coarse the units", () => {
    for (const units of [10, 50, 300]) fc.assert(intervalHoldsTheTruth(units), seeded(300));
  });
  test("a broken twin is refused: an interval half as wide", () => {
    expect(refuted(intervalHoldsTheTruth(50, 0.5))).toBe(true);
  });
});

describe("groups that fail together", () => {
  const someGroups: fc.Arbitrary<FailureGroup[]> = fc
    .array(fc.tuple(fc.subarray(ids, { minLength: 1 }), chance), { minLength: 1, maxLength: 3 })
    .map((list) => list.map(([members, p], i) => ({ id: `G${i}`, members, chance: p })));
  const groupsFailTheirMembers = (down: typeof unavailability, split: typeof unsafety) =>
    fc.property(seriousExpr(ids), chances, someGroups, (expr, p, groups) => {
      const all = [...ids, ...groups.map(({ id }) => id)];
      const everything = { ...p, ...Object.fromEntries(groups.map((group) => [group.id, group.chance])) };
      const withMembers = (set: number): number =>
        groups.reduce(
          (sum, { members }, g) =>
            (set >> (ids.length + g)) & 1 ? members.reduce((s, id) => s | (1 << ids.indexOf(id)), sum) : sum,
          set & ((1 << ids.length) - 1),
        );
      const isBlocked = blocks(expr, ids);
      const isSplit = naiveSplits(expr, expr, ids);
      const cache = Array.from({ length: 1 << ids.length }, (_, set) => isSplit(set));
      return (
        close(
          exact(down(expr, p, { groups })),
          chanceOfSets(all, everything, (set) => isBlocked(withMembers(set))),
        ) &&
        close(
          exact(split(expr, p, { groups })),
          chanceOfSets(all, everything, (set) => cache[withMembers(set)]!),
        )
      );
    });
  test("take their members along, in availability and in safety", () => {
    fc.assert(groupsFailTheirMembers(unavailability, unsafety), seeded(200));
  });
  test("broken twins are refused: members that share a group taken as independent, groups left out", () => {
    const independent: typeof unavailability = (expr, p, options) =>
      unavailability(expr, (id) => {
        const up = (options?.groups ?? [])
          .filter(({ members }) => members.includes(id))
          .reduce((product, group) => product * (1 - group.chance), 1 - (p as Chance)[id]!);
        return 1 - up;
      });
    expect(refuted(groupsFailTheirMembers(independent, unsafety))).toBe(true);
    expect(refuted(groupsFailTheirMembers(unavailability, (expr, p) => unsafety(expr, p)))).toBe(true);
  });
  test("nested groups leave a read-once tree one", () => {
    const orgs = ["a", "b", "c", "d", "e"].map((o) => [1, 2, 3].map((i) => `${o}${i}`));
    const expr = parse(`{${orgs.map((o) => `majority(${o.join()})`).join()}} >= 3`);
    const groups = orgs.map((members, i) => ({ id: `provider-${i}`, members, chance: 0.001 }));
    expect(unavailability(expr, 0.01, { groups })).toMatchObject({ kind: "exact", method: "read-once tree" });
  });
  test("wrong groups are refused", () => {
    const bad = (group: FailureGroup, code: string) =>
      expect(() => unavailability(node("a"), 0.1, { groups: [group] })).toThrow(
        expect.objectContaining({ code }),
      );
    bad({ id: "a", members: ["a"], chance: 0.1 }, "duplicate-member");
    bad({ id: "g", members: [], chance: 0.1 }, "empty");
    bad({ id: "g", members: ["a"], chance: 1.5 }, "chance");
  });
});

describe("birnbaum", () => {
  const isTheChanceToDecide = (ask: typeof birnbaum) =>
    fc.property(seriousExpr(ids), chances, (expr, p) => {
      const answer = ask(expr, p);
      if (answer.kind !== "exact") return false;
      const holds = naiveMask(expr, ids);
      return [...answer.value].every(([id, value]) => {
        const bit = 1 << ids.indexOf(id);
        const others = { ...p, [id]: 0 };
        const decides = chanceOfSets(ids, others, (failed) => {
          const alive = ((1 << ids.length) - 1) & ~failed;
          return holds(alive | bit) && !holds(alive & ~bit);
        });
        return close(value, decides, 1e-8) || Math.abs(value - decides) < 1e-15;
      });
    });
  test("is the chance that the node decides", () => {
    fc.assert(isTheChanceToDecide(birnbaum), seeded(700));
  });
  test("a broken twin is refused: the unavailability with the node failed, without that with it alive", () => {
    const forgetful: typeof birnbaum = (expr, p) => ({
      kind: "exact",
      value: new Map(
        support(expr as Expr).map((id) => [id, exact(unavailability(expr, { ...(p as Chance), [id]: 1 }))]),
      ),
      method: "",
    });
    expect(refuted(isTheChanceToDecide(forgetful))).toBe(true);
  });
  test("of a group is the chance that its failure decides", () => {
    const expr = parse("{a,b,c} >= 2 & d");
    const groups = [{ id: "g", members: ["a", "d"], chance: 0.1 }];
    const answer = birnbaum(expr, 0.2, { groups });
    const down = (chance: number): number =>
      exact(unavailability(expr, 0.2, { groups: [{ ...groups[0]!, chance }] }));
    expect(answer.kind === "exact" && answer.value.get("g")).toBeCloseTo(down(1) - down(0), 12);
    expect(answer.kind === "exact" && [...answer.value.keys()].sort()).toEqual(["a", "b", "c", "d", "g"]);
  });
  test("is in bounds where weights are rounded, and these hold the truth", () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt(1n, 1_000n), { minLength: 41, maxLength: 44 }),
        fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        (weights, p) => {
          const sum = weights.reduce((a, b) => a + b);
          const expr = weighted(new Map(weights.map((w, i) => [`v${i}`, w])), (sum * 2n) / 3n);
          const coarse = birnbaum(expr, p, { units: 400 });
          const fine = birnbaum(expr, p);
          if (coarse.kind !== "bounds" || fine.kind !== "exact") return false;
          return [...fine.value].every(
            ([id, value]) =>
              coarse.low.get(id)! <= value * (1 + 1e-9) && value <= coarse.high.get(id)! * (1 + 1e-9),
          );
        },
      ),
      seeded(40),
    );
  });
});
