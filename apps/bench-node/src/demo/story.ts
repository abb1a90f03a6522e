import type { Client } from "@eunomia/aneris-client";
import type { TraceWriter } from "@eunomia/trace/file";
import type { LocalCluster } from "../local/cluster.ts";
import { Controller } from "../local/control.ts";
import { nodeInName } from "../node/names.ts";
import { protocolSpec } from "../node/protocols.ts";
import { wallClock } from "../node/trace.ts";

/** One thing that happens to the cluster when so much of the input (0 to 1) is handed in. */
export interface Step {
  readonly at: number;
  readonly title: string;
  run(): Promise<string>;
}

/** What the story happens to; what no node can report itself goes into the trace. */
export interface Scene {
  readonly cluster: LocalCluster;
  readonly client: Client;
  readonly trace: TraceWriter;
}

async function kill({ cluster, trace }: Scene, node: string): Promise<string> {
  const pid = cluster.pid(node);
  await cluster.kill(node);
  trace.write({ kind: "crash", at: wallClock(), who: node });
  return `node ${node} (process ${pid}) is gone`;
}

async function restart({ cluster }: Scene, node: string): Promise<string> {
  const { delivered } = await cluster.start(node);
  return `node ${node} is back as process ${cluster.pid(node)}, from slot ${delivered} of its log`;
}

/** The node whose leader is active, as the nodes see it; the first node where the protocol has no leader. */
async function leader(cluster: LocalCluster): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    for (const { id } of cluster.config.nodes) {
      const duty = (await cluster.status(id))?.duty;
      const node = duty === undefined || duty === null ? null : nodeInName(duty);
      if (node !== null && cluster.pid(node) !== undefined) return node;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return cluster.config.nodes[0]!.id;
}

/** What happens in the demonstration: a replica lost and back, a swap, the leader lost and back, the swap undone. */
export function story(scene: Scene): Step[] {
  const { cluster, client, trace } = scene;
  const controller = new Controller(cluster, trace);
  const swap = (protocol: string): Promise<string> =>
    controller.control(client, { kind: "swap", protocol: protocolSpec(cluster.config, protocol) });
  const follower = cluster.config.nodes.at(-1)!.id;
  let leading = "";
  return [
    { at: 0.12, title: "kill -9 of one replica", run: () => kill(scene, follower) },
    { at: 0.28, title: "restart it", run: () => restart(scene, follower) },
    { at: 0.4, title: "swap two-thirds → paxos", run: () => swap("paxos") },
    {
      at: 0.55,
      title: "kill -9 of the current leader",
      run: async () => {
        leading = await leader(cluster);
        return kill(scene, leading);
      },
    },
    { at: 0.68, title: "restart it", run: () => restart(scene, leading) },
    { at: 0.8, title: "swap paxos → two-thirds", run: () => swap("two-thirds") },
  ];
}
