import {
  type FederatedNode,
  type FederatedSystem,
  federatedSystem,
  intersection,
  type UnknownPolicy,
} from "@eunomia/quorum-algebra/federated";
import fc from "fast-check";
import { expect, test } from "vitest";
import { dpll } from "../src/sat/dpll.ts";
import { anyNodes, maskOf, splitBy, type Twin, twinOf } from "./federated-twin.ts";
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
    seeded(150),
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
    seeded(600),
  );
  console.log(kinds);
});
