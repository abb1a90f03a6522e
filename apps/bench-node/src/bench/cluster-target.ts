import { join } from "node:path";
import { LocalCluster } from "../local/cluster.ts";
import { openClient } from "../local/participants.ts";
import { directory as directoryOf } from "../node/names.ts";
import type { Target } from "./target.ts";

/** Three durable replicas over Paxos, each a process of its own; one client that packs what waits into one frame. */
export async function startCluster(directory: string): Promise<Target> {
  const cluster = await LocalCluster.create({
    directory: join(directory, "eunomia"),
    nodes: 3,
    f: 1,
    initial: "paxos",
    protocols: { paxos: { phase1: 2, phase2: 2 } },
  });
  await cluster.startAll();
  // The preferred gateway sits beside the leader, as the client of the other system talks to its leader.
  const nodes = await leaderFirst(cluster);
  let settle: (seq: number, count: number) => void = () => {};
  const { client, link } = await openClient(
    { config: cluster.config, clientSecret: cluster.secrets.clients, self: "load", nodes },
    { maxQueued: 1 << 16, onSettled: ({ seq, count }) => settle(seq, count) },
  );
  await client.registered();
  let sent = 0;
  return {
    name: "eunomia",
    pids: cluster.config.nodes.map(({ id }) => cluster.pid(id)!),
    load(outstanding, commands, body, answered) {
      const first = sent + 1;
      const last = sent + commands;
      const sentAt = new Float64Array(commands);
      let done = 0;
      return new Promise((resolve) => {
        const fill = (): void => {
          const now = performance.now();
          while (sent < last && sent - first + 1 - done < outstanding) {
            sent += 1;
            sentAt[sent - first] = now;
            client.send(body);
          }
        };
        settle = (seq, count) => {
          const now = performance.now();
          for (let i = 0; i < count; i += 1) answered(now - sentAt[seq - first + i]!, 1);
          done += count;
          if (done === commands) resolve();
          else fill();
        };
        fill();
      });
    },
    async stop() {
      await client.close();
      await link.close();
      await cluster.stopAll();
    },
  };
}

/** Nodes with the leader's first, once there is one that everybody sees. */
async function leaderFirst(cluster: LocalCluster): Promise<string[]> {
  const nodeOf = directoryOf(cluster.config);
  const ids = cluster.config.nodes.map(({ id }) => id);
  for (let tries = 0; tries < 200; tries += 1) {
    const duties = await Promise.all(ids.map(async (id) => (await cluster.status(id))?.duty ?? null));
    const leader = duties[0];
    if (leader !== null && leader !== undefined && duties.every((duty) => duty === leader)) {
      const node = nodeOf(leader);
      if (node !== null) return [node, ...ids.filter((id) => id !== node)];
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the cluster found no leader within 10 s");
}
