import { readFileSync } from "node:fs";
import { and, constant, node, or, print, thresholdOf, weightedOf } from "@eunomia/quorum-algebra";
import { cadicalSolver } from "@eunomia/quorum-algebra/engines/cadical";
import {
  afterFaults,
  coresOf,
  federatedSystem,
  federatedTopTier,
  intersection,
  listBlockingSets,
  listQuorums,
  smallestBlockingSet,
  smallestSplittingSet,
} from "@eunomia/quorum-algebra/federated";
import { ImportError, stellarNetwork, stellarQuorumSet } from "@eunomia/quorum-algebra/import";
import { collect } from "@eunomia/quorum-algebra/sets";
import { Cadical, loadCadical } from "cadical-wasm";
import { describe, expect, test } from "vitest";
import { classesOf } from "../src/federated/classes.ts";
import { generateJointly } from "../src/federated/joint.ts";
import { membersOf } from "../src/federated/orbits.ts";

const file = (date: string): string =>
  readFileSync(new URL(`../data/stellar-${date}.json`, import.meta.url), "utf8");

describe("networks of record", () => {
  test("2019: everything that is odd is noticed, once for all nodes that share it", () => {
    const { nodes, notices } = stellarNetwork(file("2019-09-17"));
    expect(nodes).toHaveLength(172);
    expect(notices.map(({ place, text }) => `${place.path}: ${text}`)).toMatchSnapshot();
  });

  test("2019: quorums meet in a core of 17 nodes that share one condition", () => {
    const system = federatedSystem(stellarNetwork(file("2019-09-17")).nodes);
    expect(system.unknown).toHaveLength(6);
    const cores = coresOf(system);
    expect(cores.map(({ system: { ids }, cluster }) => [ids.length, cluster !== null])).toEqual([[17, true]]);
    expect(intersection(system)).toEqual({ kind: "intersects", method: "symmetric cluster: same-shape" });
  });

  test("2025: quorums meet in a core of 21 nodes, 533 nodes have no set", () => {
    const { nodes, notices } = stellarNetwork(file("2025-07-20"));
    expect(notices).toEqual([
      { place: { path: "$[29].quorumSet" }, text: "no quorum set: a node nobody knows (so for 533 nodes)" },
    ]);
    const system = federatedSystem(nodes);
    expect([system.ids.length, system.unknown.length]).toEqual([637, 533]);
    const cores = coresOf(system);
    expect(cores.map(({ system: { ids }, cluster }) => [ids.length, cluster !== null])).toEqual([[21, true]]);
    expect(intersection(system)).toEqual({ kind: "intersects", method: "symmetric cluster: same-shape" });
  });
});

describe("figures of record, as fbas_analyzer 0.7.4 gives them", () => {
  const cases = [
    { date: "2019-09-17", nodes: 17, quorums: 1161, blocking: 174, block: 4, split: 2, splitCore: 3 },
    { date: "2025-07-20", nodes: 21, quorums: 5103, blocking: 945, block: 6, split: 3, splitCore: 3 },
  ];
  test.each(cases)("$date", async ({ date, nodes, quorums, blocking, block, split, splitCore }) => {
    const system = federatedSystem(stellarNetwork(file(date)).nodes);
    expect(collect(listQuorums(system))).toMatchObject({ count: quorums, complete: true });
    expect(collect(listBlockingSets(system))).toMatchObject({ count: blocking, complete: true });
    expect(federatedTopTier(system)).toMatchObject({ kind: "exact", value: { length: nodes } });
    expect(smallestBlockingSet(system)).toMatchObject({ kind: "exact", size: block });
    const core = coresOf(system)[0]!.system;
    // Nodes outside all minimal quorums may be easier to split off: 2019 two liars suffice for a watcher.
    for (const engines of [{}, { sat: cadicalSolver(Cadical, await loadCadical()) }]) {
      expect(smallestSplittingSet(system, {}, {}, engines)).toMatchObject({ kind: "exact", size: split });
      expect(smallestSplittingSet(core, {}, {}, engines)).toMatchObject({ kind: "exact", size: splitCore });
    }
  });

  test("2025: generated jointly without the closed form, sets that swaps make of each other once", () => {
    const { system } = coresOf(federatedSystem(stellarNetwork(file("2025-07-20")).nodes))[0]!;
    const classes = classesOf(system);
    const found = [...generateJointly(system, classes, {}, {})];
    const sets = (kind: string): number =>
      found
        .filter((orbit) => orbit.kind === kind)
        .reduce((sum, { counts }) => sum + [...membersOf(classes, counts)].length, 0);
    expect([found.length, sets("quorum"), sets("blocking")]).toEqual([56, 5103, 945]);
  });

  test("2025, by organisation: three halt it, two split off a watcher, three the core", () => {
    const { nodes } = stellarNetwork(file("2025-07-20"));
    const domains = new Map(nodes.map(({ id, homeDomain }) => [id, homeDomain ?? id]));
    const groupBy = (id: string): string => domains.get(id)!;
    const system = federatedSystem(nodes);
    expect(smallestBlockingSet(system, { groupBy })).toMatchObject({ size: 3 });
    expect(smallestSplittingSet(system, { groupBy })).toMatchObject({ size: 2 });
    expect(smallestSplittingSet(coresOf(system)[0]!.system, { groupBy })).toMatchObject({ size: 3 });
  });

  test("2025: what a failure of two organisations, and of one more, would do", () => {
    const { nodes } = stellarNetwork(file("2025-07-20"));
    const system = federatedSystem(nodes);
    const [core] = coresOf(system);
    const of = (...domains: string[]): string[] =>
      nodes.flatMap(({ id, homeDomain = "" }) => (domains.includes(homeDomain) ? [id] : []));
    const two = ["lobstr.co", "satoshipay.io"];
    const still = afterFaults(system, { crashed: of(...two) });
    expect(still.intersection.kind).toBe("intersects");
    expect(core!.system.ids.filter((id) => still.live.includes(id))).toHaveLength(15);
    const dead = afterFaults(system, { crashed: of(...two, "publicnode.org") });
    expect([dead.intersection.kind, dead.live.length]).toEqual(["noQuorum", 0]);
    const lied = afterFaults(system, { byzantine: of(...two, "publicnode.org") });
    expect(lied.intersection.kind).toBe("splits");
  });
});

const refusal = (text: string, options = {}): readonly unknown[] => {
  try {
    stellarNetwork(text, options);
    return ["read"];
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    return [error.code, error.place, error.expected];
  }
};

const set = (threshold: unknown, validators: unknown = [], innerQuorumSets: unknown = []) => ({
  threshold,
  validators,
  innerQuorumSets,
});
const listed = (...nodes: readonly unknown[]): string => JSON.stringify(nodes);
const one = (quorumSet: unknown): string => listed({ publicKey: "a", quorumSet });

describe("files that are wrong are refused with the place", () => {
  const cases: readonly (readonly [string, string, string, string | undefined])[] = [
    ["no JSON", "[{]", "syntax", undefined],
    ["no list", "7", "shape", "$"],
    ["an object without nodes", "{}", "shape", "$.nodes"],
    ["no key", listed({ quorumSet: null }), "shape", "$[0].publicKey"],
    ["half a surrogate pair", '[{"publicKey":"\\ud800"}]', "shape", "$[0].publicKey"],
    ["a threshold that is a word", one(set("2")), "threshold", "$[0].quorumSet.threshold"],
    ["a threshold below 0", one(set(-1)), "threshold", "$[0].quorumSet.threshold"],
    ["half a vote", one(set(1.5, ["b"])), "threshold", "$[0].quorumSet.threshold"],
    ["a set that is a list", one([]), "shape", "$[0].quorumSet"],
    ["a member that is a number", one(set(1, [7])), "shape", "$[0].quorumSet.validators[0]"],
    ["members that are no list", one(set(1, "b")), "shape", "$[0].quorumSet.validators"],
    [
      "a fault deep inside",
      one(set(1, [], [set(1, ["b"]), set(1, ["c"], [set(null)])])),
      "threshold",
      "$[0].quorumSet.innerQuorumSets[1].innerQuorumSets[0].threshold",
    ],
    [
      "a member named twice",
      one(set(2, ["b"], [set(1, ["b"])])),
      "duplicate",
      "$[0].quorumSet.innerQuorumSets[0].validators[0]",
    ],
    ["a node listed twice", listed({ publicKey: "a" }, { publicKey: "a" }), "duplicate", "$[1].publicKey"],
  ];
  test.each(cases)("%s", (_, text, code, path) => {
    expect(refusal(text).slice(0, 2)).toMatchObject([code, path === undefined ? {} : { path }]);
  });

  test("a set of 65 levels", () => {
    let deep = set(1, ["b"]);
    for (let level = 1; level < 64; level++) deep = set(1, [], [deep]);
    expect(refusal(one(deep))).toEqual(["read"]);
    expect(refusal(one(set(1, [], [deep])))[0]).toBe("size");
  });
});

describe("what is odd is noticed", () => {
  test("duplicates, where they are allowed", () => {
    const text = listed(
      { publicKey: "a", quorumSet: set(2, ["b", "b"]) },
      { publicKey: "a", quorumSet: set(1, ["a"]) },
    );
    const first = stellarNetwork(text, { duplicateNodes: "first", duplicateMembers: "count" });
    expect(first.nodes).toEqual([{ id: "a", quorums: thresholdOf(2, [node("b"), node("b")]) }]);
    expect(first.notices.map((notice) => notice.text)).toEqual([
      "names b twice: each entry counts",
      "a is listed again: its first entry is taken",
      "names b, which is not listed: a member nobody knows",
    ]);
    const last = stellarNetwork(text, { duplicateNodes: "last", duplicateMembers: "count" });
    expect(last.nodes).toEqual([{ id: "a", quorums: thresholdOf(1, [node("a")]) }]);
  });

  test("sets that are always or never met, and what the nodes are called", () => {
    const { nodes, notices } = stellarNetwork(
      JSON.stringify({
        nodes: [
          {
            publicKey: "a",
            name: "A",
            homeDomain: "a.org",
            active: false,
            isValidating: true,
            quorumSet: set(0),
          },
          { publicKey: "b", organizationId: "o", quorumSet: set(2, ["a"]) },
          { publicKey: "c" },
        ],
      }),
    );
    expect(nodes[0]).toMatchObject({ name: "A", homeDomain: "a.org", active: false, validating: true });
    expect(nodes[1]).toMatchObject({ organization: "o" });
    expect(notices).toEqual([
      { place: { path: "$.nodes[0].quorumSet" }, text: "has a threshold of 0, which is always met" },
      {
        place: { path: "$.nodes[1].quorumSet" },
        text: "has a threshold of 2 of 1 members, which is never met",
      },
      { place: { path: "$.nodes[2].quorumSet" }, text: "no quorum set: a node nobody knows" },
    ]);
    expect(federatedSystem(nodes).contract()).toEqual(["a"]);
  });
});

test("10 000 nodes, a tenth of them with sets of their own, are read and cut down to their core", () => {
  const organisations = Array.from({ length: 9 }, (_, o) => [0, 1, 2].map((i) => `org${o}-${i}`));
  const top = organisations.map((validators) => set(2, validators));
  const nodes = organisations.flat().map((publicKey) => ({ publicKey, quorumSet: set(7, [], top) }));
  for (let i = nodes.length; i < 10_000; i++)
    nodes.push({
      publicKey: `watcher${i}`,
      quorumSet: i % 10 === 0 ? set(8, [`watcher${i}`], top) : set(7, [], top),
    });
  const network = stellarNetwork(JSON.stringify(nodes));
  expect(network.notices).toEqual([]);
  const system = federatedSystem(network.nodes);
  expect(system.contract()).toHaveLength(10_000);
  expect(coresOf(system).map(({ system: { ids } }) => ids.length)).toEqual([27]);
});

test("conditions go back into Stellar's form", () => {
  const expr = or(node("a"), and(node("b"), node("c")), constant(false));
  const text = JSON.stringify([{ publicKey: "a", quorumSet: stellarQuorumSet(expr) }]);
  expect(print(federatedSystem(stellarNetwork(text).nodes).condition("a"))).toBe("a | b & c");
  expect(() => stellarQuorumSet(weightedOf(2n, [[2n, node("a")]]))).toThrow(
    '"quorum set" expected no weights',
  );
});
