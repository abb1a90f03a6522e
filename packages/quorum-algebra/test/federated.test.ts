import type { Engines } from "@eunomia/quorum-algebra";
import {
  type FederatedNode,
  type FederatedSystem,
  federatedSystem,
  federatedTopTier,
  intersection,
  listBlockingSets,
  listQuorums,
  listSplittingSets,
  type SplittingSet,
  smallestBlockingSet,
  smallestSplittingSet,
  type UnknownPolicy,
} from "@eunomia/quorum-algebra/federated";
import { collect } from "@eunomia/quorum-algebra/sets";
import fc from "fast-check";
import { expect, test } from "vitest";
import { dpll } from "../src/sat/dpll.ts";
import {
  anyNodes,
  blockingSets,
  maskOf,
  masks,
  minimalOf,
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
function judge(found: ReturnType<typeof intersection>, twin: Twin, system: FederatedSystem): void {
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

test("the answers about intersection are those of the definition, by every method", () => {
  const kinds: Record<string, number> = {};
  fc.assert(
    fc.property(anyNodes(7), policies, (nodes, unknown) => {
      const system = federatedSystem(nodes, { unknown });
      const twin = twinOf(nodes, unknown);
      for (const engines of [{}, { sat: dpll }]) {
        const found = intersection(system, {}, engines);
        judge(found, twin, system);
        const name = "method" in found ? `${found.kind} by ${found.method}` : found.kind;
        kinds[name] = (kinds[name] ?? 0) + 1;
      }
    }),
    seeded(300),
  );
  console.log(kinds);
});

/** Every question about sets, against the definition. `sat`: with the built-in solver put in as if it were another one. */
const engines: readonly Engines[] = [{}, { sat: dpll }];
const policy: readonly UnknownPolicy[] = ["never", "free"];
const bits = (mask: number): number => mask.toString(2).replaceAll("0", "").length;

test("listings are those of the definition, each set once, and the smallest sets are the smallest", () => {
  const counted = { byJoint: 0, ordinary: 0, quorums: 0, blocking: 0, splitting: 0, unsplittable: 0 };
  fc.assert(
    fc.property(
      anyNodes(6),
      fc.constantFrom(...policy),
      fc.constantFrom(...engines),
      (nodes, unknown, given) => {
        const system = federatedSystem(nodes, { unknown });
        const twin = twinOf(nodes, unknown);
        const quorums = collect(listQuorums(system, {}, given));
        const blocking = collect(listBlockingSets(system, {}, given));
        const splitting = collect(listSplittingSets(system, {}, given));
        const expected = [minimalOf(twin.quorums), blockingSets(twin), splittingSets(twin)] as const;
        expect(masks(twin, quorums.sets)).toEqual(expected[0]);
        expect(masks(twin, blocking.sets)).toEqual(expected[1]);
        expect(masks(twin, splitting.sets)).toEqual(expected[2]);
        expect([quorums.complete, blocking.complete, splitting.complete]).toEqual([true, true, true]);
        const topTier = federatedTopTier(system, {}, given);
        expect(topTier.kind === "exact" && maskOf(twin, topTier.value)).toBe(
          expected[0].reduce((a, b) => a | b, 0),
        );

        const block = smallestBlockingSet(system, {}, {}, given);
        expect(block.kind === "exact" && block.size).toBe(Math.min(...expected[1].map(bits)));
        expect(block.kind === "exact" && expected[1]).toContain(
          block.kind === "exact" && maskOf(twin, block.value.nodes),
        );
        const split = smallestSplittingSet(system, {}, {}, given);
        expect(split.kind).toBe(expected[2].length === 0 ? "none" : "exact");
        if (split.kind === "exact") {
          expect(split.size).toBe(Math.min(...expected[2].map(bits)));
          checkSides(split.value, system, twin);
        }
        counted[quorums.method.startsWith("joint") ? "byJoint" : "ordinary"]++;
        counted.quorums += expected[0].length;
        counted.blocking += expected[1].length;
        counted.splitting += expected[2].length;
        counted.unsplittable += Number(expected[2].length === 0);
      },
    ),
    seeded(250),
  );
  console.log(counted);
});

function checkSides({ nodes, sides }: SplittingSet, system: FederatedSystem, twin: Twin): void {
  const [first, second] = sides.map((side) => maskOf(twin, side));
  expect(first! & second!).toBe(0);
  const after = twin.quorumsAfter(maskOf(twin, nodes));
  expect(after).toContain(first);
  expect(after).toContain(second);
  expect(system.byzantine(nodes).isQuorum(sides[0])).toBe(true);
}
