import { readFileSync } from "node:fs";
import { interchangeable, quorumSystem } from "@eunomia/quorum-algebra";
import { coresOf, federatedSystem } from "@eunomia/quorum-algebra/federated";
import { cosmosValidators, stellarNetwork } from "@eunomia/quorum-algebra/import";
import {
  birnbaum,
  reliability,
  unavailability,
  unavailabilityBounds,
  unavailabilityByCounts,
  unsafety,
} from "@eunomia/quorum-algebra/probability";
import { minimalBlockingSets } from "@eunomia/quorum-algebra/sets";
import { moreThan, stakeQuorums } from "@eunomia/quorum-algebra/stake";
import { describe, expect, test } from "vitest";
import { close } from "./chances.ts";

const data = (name: string): string => readFileSync(new URL(`../data/${name}`, import.meta.url), "utf8");

describe("the Cosmos Hub of October 2022, 175 validators", () => {
  const { set } = cosmosValidators(data("cosmoshub-4-2022-10.json"));
  const quorums = stakeQuorums(set, moreThan("2/3"));
  test("unavailability at 3 % lies in [5.5e-9, 5.9e-9]", () => {
    const answer = unavailability(quorums, 0.03);
    if (answer.kind !== "bounds") throw new Error(answer.kind);
    expect(answer.low).toBeGreaterThan(5.5e-9);
    expect(answer.high).toBeLessThan(5.9e-9);
    const finer = unavailability(quorums, 0.03, { units: 1_000_000 });
    expect(finer.kind === "bounds" && answer.low < finer.low && finer.high < answer.high).toBe(true);
  });
  test("unsafety at 3 % in bounds that are close, though whether weights divide is not asked exactly", () => {
    const answer = unsafety(quorums, 0.03);
    if (answer.kind !== "bounds") throw new Error(answer.kind);
    expect(answer.high / answer.low).toBeLessThan(1.4);
    expect(answer.low).toBeGreaterThan(4e-9);
  });
  test("the largest validator matters most, in certified bounds", () => {
    const answer = birnbaum(quorums, 0.03, { units: 100_000 });
    if (answer.kind !== "bounds") throw new Error(answer.kind);
    const [largest] = [...set.validators].sort((a, b) => (a.stake > b.stake ? -1 : 1));
    const rest = [...answer.high].filter(([id]) => id !== largest!.id);
    expect(answer.low.get(largest!.id)!).toBeGreaterThan(Math.max(...rest.map(([, high]) => high)));
  });
});

describe("Stellar of July 2025", () => {
  const network = stellarNetwork(data("stellar-2025-07-20.json"));
  const [core] = coresOf(federatedSystem(network.nodes));
  const cluster = core!.cluster!;
  const exact = unavailability(cluster, 0.01);
  test("by the read-once tree of its core, by counts per class of its contraction, and by its 945 minimal blocking sets", () => {
    if (exact.kind !== "exact") throw new Error(exact.kind);
    expect(exact.method).toBe("read-once tree");
    const classes = interchangeable(cluster);
    const { system } = core!;
    const oracle = { members: system.ids, has: (ids: Iterable<string>) => system.contract(ids).length > 0 };
    for (const asked of [oracle, quorumSystem(cluster)]) {
      const counted = unavailabilityByCounts(asked, classes, 0.01);
      expect(counted.kind === "exact" && close(counted.value, exact.value)).toBe(true);
    }
    const sets = [...minimalBlockingSets(cluster)];
    expect(sets).toHaveLength(945);
    const bounds = unavailabilityBounds(sets, 0.01);
    expect(bounds.kind === "bounds" && bounds.low <= exact.value && exact.value <= bounds.high).toBe(true);
    expect(bounds.kind === "bounds" && bounds.high / bounds.low).toBeLessThan(1.3);
  });
  test("safety and liveness side by side", () => {
    const found = reliability(cluster, { crash: 0.01, byzantine: 0.001 });
    expect(found.safetyNines!).toBeGreaterThan(5);
    expect(found.livenessNines!).toBeGreaterThan(5);
  });
});
