import { expect, test } from "vitest";
import { SimulatedCluster } from "./support/simulated-cluster.ts";
import { runSchedule, type ScheduleReport } from "./support/system-schedule.ts";

const runs = Number(process.env.EUNOMIA_MEMBER_RUNS ?? 20);
const firstSeed = Number(process.env.EUNOMIA_MEMBER_SEED ?? 1);
/** A run takes about a second on a busy machine. */
const timeout = 60_000 + runs * 5000;

test(`${runs} runs from seed ${firstSeed} keep every promise while members change`, { timeout }, async () => {
  const reports: ScheduleReport[] = [];
  for (let seed = firstSeed; seed < firstSeed + runs; seed += 1)
    reports.push(
      await runSchedule(seed, { members: true, ...(seed % 2 === 0 && { snapshots: "sound" as const }) }),
    );
  const broken = reports.filter((report) => report.broken !== null);
  const sum = (of: (report: ScheduleReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  console.log(
    `${runs - broken.length} of ${runs} runs delivered everything: ${sum((r) => r.commands)} commands, ` +
      `${sum((r) => r.members.changes)} changes of members, ${sum((r) => r.members.ended)} nodes ended, ` +
      `${sum((r) => r.members.refused)} used identities refused, ${sum((r) => r.snapshots.installed)} snapshots taken in`,
  );
  expect(broken.map(({ seed, broken: what }) => `seed ${seed}: ${what}`)).toEqual([]);
  // Schedules in which nobody comes and goes would prove nothing.
  expect(sum((r) => r.members.changes)).toBeGreaterThan(runs);
  expect(sum((r) => r.members.ended)).toBeGreaterThan(runs / 2);
  expect(sum((r) => r.members.refused)).toBeGreaterThan(runs / 8);
});

/** Writes on while the members change, until everybody has everything. */
async function settled(cluster: SimulatedCluster): Promise<void> {
  for (let rounds = 0; ; rounds += 1) {
    if (rounds > 2000) throw new Error(`not settled: ${cluster.describe()}`);
    for (const client of cluster.clients) if (rounds < 20) cluster.write(client, 1);
    await cluster.run(50);
    if (rounds >= 20 && cluster.settled) return;
  }
}

test("3 to 5 to 3, and every node replaced one by one, under load: nothing is lost or doubled", {
  timeout: 120_000,
}, async () => {
  for (const seed of [1, 2]) {
    const cluster = new SimulatedCluster(seed, { members: true, ...(seed === 2 && { snapshots: "sound" }) });
    const { operator, random } = cluster;
    cluster.network.setFaults({ minDelayMs: 0, maxDelayMs: 3 });
    for (const node of cluster.nodes) node.start();
    for (const client of cluster.clients) await Promise.race([client.registered(), cluster.run(20_000)]);
    const first = [...operator.nodes];
    const steps = [
      () => operator.nodes.slice(0, 3),
      () => [...operator.nodes, ...operator.fresh(2)],
      () => operator.nodes.slice(0, 3),
      ...[0, 1, 2].map(() => () => [...operator.nodes.slice(1), ...operator.fresh(1)]),
    ];
    for (const step of steps) {
      const nodes = step();
      const changes = operator.changes;
      if (nodes.length === operator.nodes.length && nodes.every(({ id }) => operator.has(id))) continue;
      cluster.change(operator.changeTo(nodes, "paxos"));
      await cluster.run(random.below(40));
      // One that stays dies in the middle of it, and comes back.
      const stays = cluster.nodes.find(({ id, up }) => up && nodes.some((node) => node.id === id));
      if (stays !== undefined) {
        cluster.crash(stays);
        await cluster.run(random.below(400));
        stays.start();
      }
      await settled(cluster);
      expect(operator.changes).toBe(changes + 1);
      expect(operator.nodes).toEqual(nodes);
    }
    expect(operator.nodes.filter(({ id }) => first.some((node) => node.id === id))).toEqual([]);
    expect(cluster.ended.length).toBeGreaterThanOrEqual(first.length);
    cluster.finish();
  }
});
