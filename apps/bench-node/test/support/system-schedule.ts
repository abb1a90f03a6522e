import { PromiseBroken, SimulatedCluster, type Twin } from "./simulated-cluster.ts";

export interface ScheduleReport {
  readonly seed: number;
  /** Null: every promise was kept and everything was delivered everywhere. */
  readonly broken: string | null;
  readonly commands: number;
  readonly swaps: number;
  readonly crashes: number;
  /** Log entries that were not durable when their node crashed. */
  readonly lostEntries: number;
  /** Protocols of the epochs, in their order. */
  readonly protocols: readonly string[];
  readonly mode: "cut" | "window";
  /** Frames that the network lost, by loss or by partition. */
  readonly lostFrames: number;
  /** Snapshots that were made, nodes that went on from one of another, readers that had to begin anew further on. */
  readonly snapshots: { readonly written: number; readonly installed: number; readonly trimmed: number };
  /** Changes of the members, those refused because of a used identity, and nodes that ended as they were told. */
  readonly members: { readonly changes: number; readonly refused: number; readonly ended: number };
  readonly virtualMs: number;
}

/** How long, in virtual time, everybody may take once the network and all nodes work again. */
const settleMs = 120_000;

/** Drives one whole cluster through a random schedule with a fair end. The same seed gives the same run. */
export async function runSchedule(seed: number, twin: Twin = {}): Promise<ScheduleReport> {
  const cluster = new SimulatedCluster(seed, twin);
  let broken: string | null = null;
  try {
    await stormy(cluster, twin);
    await fair(cluster);
    cluster.finish();
  } catch (error) {
    broken = error instanceof PromiseBroken ? error.message : String((error as Error).stack ?? error);
  }
  const { droppedFrames } = cluster.network.stats();
  const everybody = [...cluster.nodes, ...cluster.ended];
  return {
    seed,
    broken,
    commands: cluster.commands,
    swaps: cluster.swaps,
    crashes: cluster.crashes,
    lostEntries: everybody.reduce((sum, node) => sum + node.lostRecords, 0),
    protocols: cluster.protocols,
    mode: cluster.config.mode,
    lostFrames: (droppedFrames.get("loss") ?? 0) + (droppedFrames.get("partition") ?? 0),
    snapshots: {
      written: everybody.reduce((sum, node) => sum + node.written, 0),
      installed: everybody.reduce((sum, node) => sum + node.installs, 0),
      trimmed: cluster.trimmed,
    },
    members: {
      changes: cluster.operator.changes,
      refused: cluster.operator.refused,
      ended: cluster.ended.length,
    },
    virtualMs: cluster.time.now(),
  };
}

async function stormy(cluster: SimulatedCluster, twin: Twin): Promise<void> {
  const { random, network, nodes, clients } = cluster;
  for (const node of nodes) node.start();
  for (const client of clients) client.registered().catch(() => {});
  network.setFaults({ minDelayMs: 0, maxDelayMs: 2 });
  await cluster.run(random.pick([10, 400]));
  if (cluster.sleeper !== null) cluster.crash(cluster.sleeper);
  for (let left = 40 + random.below(60); left > 0; left -= 1) {
    step(cluster);
    if (twin.laws && random.chance(0.25)) {
      const { config, protocols } = cluster;
      swap(
        cluster,
        Object.keys(config.protocols).filter((name) => name !== protocols.at(-1)),
      );
    }
    if (twin.members && random.chance(0.25)) cluster.change();
    await cluster.run(random.pick([1, 5, 20, 80]));
  }
}

function swap(cluster: SimulatedCluster, names: readonly string[]): void {
  const protocol = { name: cluster.random.pick(names), params: new Uint8Array() };
  cluster.control({ kind: "swap", protocol });
}

function step(cluster: SimulatedCluster): void {
  const { random, network, nodes, clients, config } = cluster;
  const drawn = random.below(100);
  if (drawn < 40) cluster.write(random.pick(clients), 1 + random.below(8));
  else if (drawn < 47) cluster.crash(random.pick(nodes));
  else if (drawn < 52) {
    // The power fails: whatever was not durable is lost everywhere at once.
    for (const node of nodes) cluster.crash(node);
    for (const node of nodes) if (random.chance(0.7) && node !== cluster.sleeper) node.start();
  } else if (drawn < 66) {
    const down = nodes.filter((node) => !node.up && node !== cluster.sleeper);
    if (down.length > 0) random.pick(down).start();
  } else if (drawn < 76) swap(cluster, ["two-thirds", "paxos"]);
  else if (drawn < 78) cluster.control({ kind: "mode", mode: { kind: random.pick(["cut", "window"]) } });
  else if (drawn < 84) {
    const outside = ["writer-1", "writer-2", "writer-3", "reader-1", "reader-2"];
    const groups: string[][] = [[], []];
    for (const who of [...nodes.map((node) => node.id), ...outside]) random.pick(groups).push(who);
    network.partition(groups);
  } else if (drawn < 88) network.cut(random.pick(config.nodes).id, random.pick(config.nodes).id);
  else if (drawn < 94) network.heal();
  else
    network.setFaults({
      lossRate: random.pick([0, 0.05, 0.3]),
      duplicateRate: random.pick([0, 0.2]),
      reorderRate: random.pick([0, 0.3]),
      minDelayMs: 0,
      maxDelayMs: random.pick([0, 2, 10, 60]),
    });
}

/** From now on nothing fails: everything that was broadcast must come to everybody. */
async function fair(cluster: SimulatedCluster): Promise<void> {
  const { network, nodes, clients, time } = cluster;
  network.heal();
  network.setFaults({ lossRate: 0, duplicateRate: 0, reorderRate: 0, minDelayMs: 1, maxDelayMs: 3 });
  for (const node of nodes) if (!node.up) node.start();
  const deadline = time.now() + settleMs;
  const settle = async (): Promise<void> => {
    do {
      if (time.now() > deadline)
        throw new PromiseBroken(`not settled ${settleMs} ms after the last fault: ${cluster.describe()}`);
      if ((time.now() - deadline) % 5000 < 50) cluster.rescue();
      await cluster.run(50);
    } while (!cluster.settled);
  };
  await settle();
  // Every session writes once more, so that the run ends with a cluster that still works.
  for (const client of clients) void client.registered();
  while (clients.some((client) => client.clientId === null) && time.now() < deadline) await cluster.run(50);
  for (const client of clients) cluster.write(client, 1);
  await settle();
}
