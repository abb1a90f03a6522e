import type { NodeId } from "@eunomia/engine";
import type { Engines } from "@eunomia/quorum-algebra";
import {
  type FederatedNode,
  type FederatedSystem,
  federatedSystem,
  federatedTopTier,
  type Intersection,
  intersection,
  listBlockingSets,
  listQuorums,
  listSplittingSets,
} from "@eunomia/quorum-algebra/federated";
import { collect, type Sets } from "@eunomia/quorum-algebra/sets";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generateJointly } from "../src/federated/joint.ts";
import { membersOf } from "../src/federated/orbits.ts";
import {
  anyNodes,
  blockingSets,
  given,
  maskOf,
  masks,
  minimalOf,
  policies,
  splitBy,
  splittingSets,
  systems,
  type Twin,
  twinOf,
} from "./federated-twin.ts";
import { naiveHas, refuted, seeded } from "./naive.ts";

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
    seeded(150),
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
