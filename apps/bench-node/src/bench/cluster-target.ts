import { join } from "node:path";
import { LocalCluster } from "../local/cluster.ts";
import { type LinkSetup, openClient } from "../local/participants.ts";
import { nodeInName } from "../node/names.ts";
import { spread, type Target } from "./target.ts";

type Opened = Awaited<ReturnType<typeof openClient>>;

/** Whoever runs just now hears of answers. */
interface Listener {
  settled(seq: number, count: number): void;
}

/** Three durable replicas over Paxos, each a process of its own. */
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
  let opened = 0;
  const open = (): Promise<Connection> => {
    opened += 1;
    return Connection.open({
      config: cluster.config,
      clientSecret: cluster.secrets.clients,
      self: `load-${opened}`,
      nodes,
    });
  };
  return {
    name: "eunomia",
    about: "three nodes over Paxos, fdatasync at a majority before a reply, MACs between all processes",
    pids: cluster.config.nodes.map(({ id }) => cluster.pid(id)!),
    async connect(connections) {
      const all: Connection[] = [];
      for (let at = 0; at < connections; at += 1) all.push(await open());
      return {
        async run(outstanding, commands, body, answered) {
          const under = spread(outstanding, connections);
          const shares = spread(commands, connections);
          await Promise.all(all.map((each, at) => each.run(under[at]!, shares[at]!, body, answered)));
        },
        async close() {
          await Promise.all(all.map((each) => each.close()));
        },
      };
    },
    stop: () => cluster.stopAll(),
  };
}

/** One client with a link and a session of its own, which packs what waits into one frame. */
class Connection {
  readonly #opened: Opened;
  readonly #listener: Listener;
  #sent = 0;

  private constructor(opened: Opened, listener: Listener) {
    this.#opened = opened;
    this.#listener = listener;
  }

  static async open(setup: LinkSetup): Promise<Connection> {
    const listener: Listener = { settled() {} };
    const opened = await openClient(setup, {
      maxQueued: 1 << 16,
      onSettled: ({ seq, count }) => listener.settled(seq, count),
    });
    await opened.client.registered();
    return new Connection(opened, listener);
  }

  run(
    outstanding: number,
    commands: number,
    body: Uint8Array,
    answered: (latencyMs: number) => void,
  ): Promise<void> {
    if (commands === 0) return Promise.resolve();
    const first = this.#sent + 1;
    const last = this.#sent + commands;
    const sentAt = new Float64Array(commands);
    let done = 0;
    return new Promise((resolve) => {
      const fill = (): void => {
        const now = performance.now();
        while (this.#sent < last && this.#sent - first + 1 - done < outstanding) {
          this.#sent += 1;
          sentAt[this.#sent - first] = now;
          this.#opened.client.send(body);
        }
      };
      this.#listener.settled = (seq, count) => {
        const now = performance.now();
        for (let i = 0; i < count; i += 1) answered(now - sentAt[seq - first + i]!);
        done += count;
        if (done === commands) resolve();
        else fill();
      };
      fill();
    });
  }

  async close(): Promise<void> {
    await this.#opened.client.close();
    await this.#opened.link.close();
  }
}

/** Nodes with the leader's first, once there is one that everybody sees. */
async function leaderFirst(cluster: LocalCluster): Promise<string[]> {
  const ids = cluster.config.nodes.map(({ id }) => id);
  for (let tries = 0; tries < 200; tries += 1) {
    const duties = await Promise.all(ids.map(async (id) => (await cluster.status(id))?.duty ?? null));
    const leader = duties[0];
    if (leader !== null && leader !== undefined && duties.every((duty) => duty === leader)) {
      const node = nodeInName(leader);
      if (node !== null) return [node, ...ids.filter((id) => id !== node)];
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the cluster found no leader within 10 s");
}
