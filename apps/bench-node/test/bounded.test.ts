import { expect, test } from "vitest";
import { SimulatedCluster } from "./support/simulated-cluster.ts";

type Kept = Record<string, number>;

/** The most of each over some samples. */
function most(samples: readonly Kept[]): Kept {
  const highest: Kept = {};
  for (const sample of samples)
    for (const [name, value] of Object.entries(sample)) highest[name] = Math.max(highest[name] ?? 0, value);
  return highest;
}

/** Slots in a run; more show growth that is slower. */
const rounds = Number(process.env.EUNOMIA_BOUNDED_ROUNDS ?? 160);

test("what nodes keep stays within bounds while slots go by", {
  timeout: 120_000 + rounds * 1000,
}, async () => {
  // A seed whose configuration compacts its journal often and takes snapshots often.
  const cluster = new SimulatedCluster(11, { snapshots: "sound" });
  cluster.network.setFaults({ minDelayMs: 0, maxDelayMs: 2 });
  for (const node of cluster.nodes) node.start();
  for (const client of cluster.clients) client.registered().catch(() => {});
  await cluster.run(500);
  const halves: [Kept[], Kept[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    for (const client of cluster.clients) cluster.write(client, 8);
    await cluster.run(60);
    for (const node of cluster.nodes) halves[round < rounds / 2 ? 0 : 1].push({ ...node.kept });
  }
  const [first, second] = halves.map(most);
  const slots = cluster.nodes[0]!.state!.slotOut;
  console.log(`${slots} slots; first half ${JSON.stringify(first)}, second half ${JSON.stringify(second)}`);
  expect(slots).toBeGreaterThan(rounds * 2);
  // Two stay; a third one is there until the first is dropped.
  expect(second!.snapshots).toBeLessThanOrEqual(3);
  for (const name of ["journalBytes", "logSlots", "snapshotBytes", "stateItems"])
    expect(second![name]!, name).toBeLessThan(first![name]! * 1.5 + 100);
});
