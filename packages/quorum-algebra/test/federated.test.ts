import type { NodeId } from "@eunomia/engine";
import type { Engines } from "@eunomia/quorum-algebra";
import {
  afterFaults,
  coresOf,
  type FederatedNode,
  type FederatedSystem,
  federatedSystem,
  federatedTopTier,
  type Intersection,
  intersection,
  listBlockingSets,
  listQuorums,
  listSplittingSets,
  type SplittingSet,
  smallestBlockingSet,
  smallestSplittingSet,
  type UnknownPolicy,
} from "@eunomia/quorum-algebra/federated";
import { collect, type Sets } from "@eunomia/quorum-algebra/sets";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generateJointly } from "../src/federated/joint.ts";
import { membersOf } from "../src/federated/orbits.ts";
import { dpll } from "../src/sat/dpll.ts";
import {
  anyNodes,
  blockingSets,
  maskOf,
  masks,
  minimalOf,
  organised,
  splitBy,
  splittingSets,
  type Twin,
  twinOf,
} from "./federated-twin.ts";
import { naiveHas, refuted, seeded } from "./naive.ts";

const policies = fc.constantFrom<UnknownPolicy>("never", "free");

const contracts = (
  contract: (
    system: FederatedSystem,
    set: readonly string[],
    nodes: readonly FederatedNode[],
  ) => readonly string[],
) =>
  fc.property(anyNodes(6), policies, (nodes, unknown) => {
    const system = federatedSystem(nodes, { unknown });
    const twin = twinOf(nodes, unknown);
    for (let set = 0; set < 1 << twin.ids.length; set++) {
      const greatest = twin.quorums.reduce(
        (all, quorum) => ((quorum & set) === quorum ? all | quorum : all),
        0,
      );
      const members = twin.ids.filter((_, v) => (set >> v) & 1);
      expect(maskOf(twin, contract(system, members, nodes))).toBe(greatest);
      expect(system.isQuorum(members)).toBe(twin.quorums.includes(set));
    }
  });

test("contract finds the greatest quorum inside any set", () => {
  fc.assert(
    contracts((system, set) => system.contract(set)),
    seeded(100),
  );
});

test("a contraction that stops after one round is refused", () => {
  const oneRound = (system: FederatedSystem, set: readonly string[]): readonly string[] =>
    set.filter((id) => naiveHas(system.condition(id), new Set(set)));
  expect(refuted(contracts(oneRound), 150)).toBe(true);
});

/** What the definition says, and that the witness shows it. */
function judge(found: Intersection, twin: Twin, system: FederatedSystem): void {
  const expected = twin.quorums.length === 0 ? "noQuorum" : splitBy(twin, 0) ? "splits" : "intersects";
  expect(found.kind).toBe(expected);
  if (found.kind !== "splits") return;
  const [first, second] = found.quorums;
  expect(maskOf(twin, first) & maskOf(twin, second)).toBe(0);
  for (const quorum of found.quorums) {
    expect(twin.quorums).toContain(maskOf(twin, quorum));
    expect(quorum.some((id) => system.contract(quorum.filter((other) => other !== id)).length > 0)).toBe(
      false,
    );
  }
}

/** Without a solver, and with the built-in one put in as if it were another. */
const given: readonly Engines[] = [{}, { sat: dpll }];
const systems = fc
  .oneof(anyNodes(6), organised)
  .chain((nodes) => policies.map((unknown) => ({ nodes, unknown })));

const meets = (
  ask: (system: FederatedSystem, engines: Engines) => Intersection,
  seen = (_: Intersection) => {},
) =>
  fc.property(systems, ({ nodes, unknown }) => {
    const system = federatedSystem(nodes, { unknown });
    const twin = twinOf(nodes, unknown);
    for (const engines of given) {
      const found = ask(system, engines);
      judge(found, twin, system);
      seen(found);
    }
  });

test("whether quorums meet is what the definition says, by every method", () => {
  const methods: Record<string, number> = {};
  fc.assert(
    meets(
      (system, engines) => intersection(system, {}, engines),
      (found) => {
        const name = found.kind === "unknown" ? found.kind : `${found.kind}: ${found.method}`;
        methods[name] = (methods[name] ?? 0) + 1;
      },
    ),
    seeded(300),
  );
  console.log(methods);
  expect(Object.keys(methods).length).toBeGreaterThan(8);
});

test("taking no quorum for disjoint quorums, or components for the whole question, is refused", () => {
  const twoValued = (system: FederatedSystem): Intersection =>
    system.contract().length === 0
      ? { kind: "splits", method: "twin", quorums: [[], []] }
      : intersection(system);
  expect(refuted(meets(twoValued), 300)).toBe(true);
  const componentsOnly = (system: FederatedSystem): Intersection => {
    const found = intersection(system);
    return found.kind === "splits" && found.method !== "components"
      ? { kind: "intersects", method: "twin" }
      : found;
  };
  expect(refuted(meets(componentsOnly), 300)).toBe(true);
});

type Lists = (system: FederatedSystem, engines: Engines) => readonly (readonly NodeId[])[];

const lists = (expected: (twin: Twin) => readonly number[], list: Lists, seen = (_: number) => {}) =>
  fc.property(systems, ({ nodes, unknown }) => {
    const system = federatedSystem(nodes, { unknown });
    const twin = twinOf(nodes, unknown);
    for (const engines of given) expect(masks(twin, list(system, engines))).toEqual(expected(twin));
    seen(expected(twin).length);
  });

function complete(listing: Sets): readonly (readonly NodeId[])[] {
  const all = collect(listing);
  expect(all.complete).toBe(true);
  return all.sets;
}

describe("listings are those of the definition, each set once", () => {
  const cases = {
    "minimal quorums": [(twin: Twin) => minimalOf(twin.quorums), listQuorums],
    "minimal blocking sets": [blockingSets, listBlockingSets],
    "minimal splitting sets": [splittingSets, listSplittingSets],
  } as const;
  test.each(Object.entries(cases))("%s", (name, [expected, list]) => {
    let [runs, sets] = [0, 0];
    const seen = (count: number): void => {
      runs += Number(count > 1);
      sets += count;
    };
    fc.assert(
      lists(expected, (system, engines) => complete(list(system, {}, engines)), seen),
      seeded(100),
    );
    console.log(`${name}: ${sets}, several in ${runs} of 100 systems`);
    expect(runs).toBeGreaterThan(25);
  });

  test("dangerous nodes looked for in minimal quorums only are refused", () => {
    const inTopTier: Lists = (system) => {
      const tier = federatedTopTier(system);
      return complete(listSplittingSets(system)).filter((set) =>
        set.every((id) => tier.kind === "exact" && tier.value.includes(id)),
      );
    };
    expect(refuted(lists(splittingSets, inTopTier), 300)).toBe(true);
  });

  test("nodes of one condition taken for interchangeable, whoever names them, are refused", () => {
    const byCondition: Lists = (system) => {
      const members = new Map<number, number[]>();
      for (const [v, root] of system.gates.root.entries())
        members.set(root, [...(members.get(root) ?? []), v]);
      const classes = [...members.values()];
      return [...generateJointly(system, classes, {}, {})]
        .filter(({ kind }) => kind === "quorum")
        .flatMap(({ counts }) => [...membersOf(classes, counts)])
        .map((set) => set.map((v) => system.ids[v]!));
    };
    expect(
      refuted(
        lists((twin) => minimalOf(twin.quorums), byCondition),
        300,
      ),
    ).toBe(true);
  });
});

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
  fc.assert(smallest(smallestBlockingSet, smallestSplittingSet, seen), seeded(150));
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
    seeded(200),
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
    seeded(200),
  );
  expect(halted).toBeGreaterThan(20);
});
