import type { NodeId } from "@eunomia/engine";
import {
  afterFaults,
  coresOf,
  type FederatedSystem,
  federatedSystem,
  federatedTopTier,
  listBlockingSets,
  type SplittingSet,
  smallestBlockingSet,
  smallestSplittingSet,
} from "@eunomia/quorum-algebra/federated";
import { collect } from "@eunomia/quorum-algebra/sets";
import fc from "fast-check";
import { expect, test } from "vitest";
import { given, maskOf, minimalOf, splitBy, systems, type Twin, twinOf } from "./federated-twin.ts";
import { refuted, seeded } from "./naive.ts";

const bits = (mask: number): number => mask.toString(2).replaceAll("0", "").length;
const pairs = (id: NodeId): string => "aabbccdd"["abcdefgh".indexOf(id)]!;

/** The least number of groups that make a set of the family. */
function leastGroups(
  twin: Twin,
  groupBy: (id: NodeId) => string,
  inFamily: (mask: number) => boolean,
): number | null {
  const groups = [...new Set(twin.ids.map(groupBy))];
  const sizes = [...Array(1 << groups.length).keys()].flatMap((chosen) => {
    const members = twin.ids.filter((id) => (chosen >> groups.indexOf(groupBy(id))) & 1);
    return inFamily(maskOf(twin, members)) ? [bits(chosen)] : [];
  });
  return sizes.length === 0 ? null : Math.min(...sizes);
}

const smallest = (
  block: typeof smallestBlockingSet,
  split: typeof smallestSplittingSet,
  seen = (_: number | null) => {},
) =>
  fc.property(systems, fc.boolean(), ({ nodes, unknown }, grouped) => {
    const system = federatedSystem(nodes, { unknown });
    const twin = twinOf(nodes, unknown);
    const groupBy = grouped ? pairs : (id: NodeId) => id;
    const options = grouped ? { groupBy } : {};
    const blocks = (mask: number): boolean => twin.quorums.every((quorum) => (quorum & mask) !== 0);
    const least = leastGroups(twin, groupBy, (mask) => splitBy(twin, mask));
    seen(least);
    for (const engines of given) {
      const blocking = block(system, options, {}, engines);
      if (blocking.kind !== "exact") throw new Error("expected an exact answer");
      expect(blocking.size).toBe(leastGroups(twin, groupBy, blocks));
      expect(blocks(maskOf(twin, blocking.value.nodes))).toBe(true);
      expect(blocking.value.groups).toEqual([...new Set(blocking.value.nodes.map(groupBy))].sort());

      const splitting = split(system, options, {}, engines);
      expect(splitting.kind === "exact" ? splitting.size : splitting.kind).toBe(least ?? "none");
      if (splitting.kind === "exact") checkSides(splitting.value, twin);
    }
  });

function checkSides({ nodes, sides }: SplittingSet, twin: Twin): void {
  const [first, second] = sides.map((side) => maskOf(twin, side));
  expect(first! & second!).toBe(0);
  const after = twin.quorumsAfter(maskOf(twin, nodes));
  expect(after).toContain(first);
  expect(after).toContain(second);
}

test("the smallest blocking and splitting sets, by node and by group, are those of the definition", () => {
  const sizes: Record<string, number> = {};
  const seen = (size: number | null): void => {
    sizes[`${size}`] = (sizes[`${size}`] ?? 0) + 1;
  };
  fc.assert(smallest(smallestBlockingSet, smallestSplittingSet, seen), seeded(100));
  console.log("sizes of smallest splitting sets:", sizes);
  expect(Object.keys(sizes).length).toBeGreaterThan(3);
});

test("a greedy blocking set, and a splitting set inside the first core, are refused", () => {
  const greedy: typeof smallestBlockingSet = (system, options, limits, engines) => {
    const answer = smallestBlockingSet(system, options, limits, engines);
    const some = collect(listBlockingSets(system, { maxCount: 1 })).sets[0]!;
    if (answer.kind !== "exact" || options?.groupBy !== undefined) return answer;
    return { ...answer, size: some.length, value: { nodes: some, groups: some } };
  };
  expect(refuted(smallest(greedy, smallestSplittingSet), 300)).toBe(true);
  const inCore: typeof smallestSplittingSet = (system, options, limits, engines) =>
    smallestSplittingSet(coresOf(system)[0]?.system ?? system, options, limits, engines);
  expect(refuted(smallest(smallestBlockingSet, inCore), 300)).toBe(true);
});

test("the top tier is the union of all minimal quorums", () => {
  const property = (ask: (system: FederatedSystem) => readonly NodeId[]) =>
    fc.property(systems, ({ nodes, unknown }) => {
      const twin = twinOf(nodes, unknown);
      const expected = minimalOf(twin.quorums).reduce((all, quorum) => all | quorum, 0);
      expect(maskOf(twin, ask(federatedSystem(nodes, { unknown })))).toBe(expected);
    });
  fc.assert(
    property((system) => {
      const answer = federatedTopTier(system);
      if (answer.kind !== "exact") throw new Error("expected an exact answer");
      return answer.value;
    }),
    seeded(120),
  );
  const cores = (system: FederatedSystem): NodeId[] => coresOf(system).flatMap((core) => core.system.ids);
  expect(refuted(property(cores), 500)).toBe(true);
});

test("what faults leave behind is what the definition says", () => {
  let halted = 0;
  fc.assert(
    fc.property(systems, fc.nat(255), fc.nat(255), ({ nodes, unknown }, lying, silent) => {
      const system = federatedSystem(nodes, { unknown });
      const twin = twinOf(nodes, unknown);
      const idsOf = (mask: number): NodeId[] => twin.ids.filter((_, v) => (mask >> v) & 1);
      const after = afterFaults(system, { byzantine: idsOf(lying), crashed: idsOf(silent) });
      const honest = twin.quorumsAfter(maskOf(twin, idsOf(lying))).filter((q) => (q & silent) === 0);
      const disjoint = honest.some((p) => honest.some((q) => (p & q) === 0));
      expect(after.intersection.kind).toBe(
        honest.length === 0 ? "noQuorum" : disjoint ? "splits" : "intersects",
      );
      const union = (quorums: readonly number[]): number => quorums.reduce((all, q) => all | q, 0);
      const live = union(twin.quorums.filter((q) => (q & (lying | silent)) === 0));
      expect(maskOf(twin, after.live)).toBe(live);
      expect(maskOf(twin, after.halted)).toBe(union(twin.quorums) & ~live & ~(lying | silent));
      halted += Number(after.halted.length > 0);
    }),
    seeded(120),
  );
  expect(halted).toBeGreaterThan(12);
});
