import type { Client } from "@eunomia/aneris-client";
import type { TraceWriter } from "@eunomia/trace/file";
import type { LocalCluster } from "../local/cluster.ts";
import type { Controller } from "../local/control.ts";
import type { NodeAddress } from "../node/config.ts";
import { membershipOf } from "../node/members.ts";
import { protocolSpec } from "../node/protocols.ts";
import { wallClock } from "../node/trace.ts";
import type { Kind, Planned } from "./plan.ts";
import type { Surroundings } from "./surroundings.ts";

/** The node that is never killed nor replaced: its memory is watched from the beginning to the end. */
export const veteran = "n1";
const slowDiskMs = 100;
const slowNetworkMs = 40;

/** A cluster that is to be struck. */
export interface Target {
  readonly cluster: LocalCluster;
  readonly surroundings: Surroundings;
  readonly trace: TraceWriter;
  /** Who is a member now. Changed by a replacement. */
  members: readonly NodeAddress[];
  /** Names that no node has had yet. */
  readonly spares: NodeAddress[];
  readonly controller: Controller;
  /** Hands in control commands. */
  client: Client;
}

/** What was done, and what is still to be done when the trouble has lasted long enough. */
export interface Strike {
  readonly what: string;
  end(): Promise<void>;
}

const nothing = async (): Promise<void> => {};

type Striker = (target: Target, planned: Planned) => Promise<Strike>;

/** Some of the members, decided by the draw: `count` of those that are not in `spared`. */
function victims({ members }: Target, { draw }: Planned, count = 1, spared: readonly (string | null)[] = []) {
  const ids = members.map(({ id }) => id).filter((id) => !spared.includes(id));
  return Array.from({ length: count }, (_, i) => ids[(draw + i) % ids.length]!);
}

async function kill(target: Target, ids: readonly string[]): Promise<Strike> {
  for (const id of ids) {
    await target.cluster.kill(id);
    target.trace.write({ kind: "crash", at: wallClock(), who: id });
  }
  const start = async (): Promise<void> =>
    void (await Promise.all(ids.map((id) => target.cluster.start(id))));
  return { what: ids.join(", "), end: start };
}

/** Each of the ones loses what it sends to each of the others. */
const pairs = (ones: readonly string[], others: readonly string[]): [string, string][] =>
  ones.flatMap((one) => others.map((other): [string, string] => [one, other]));

const split = async (target: Target, ones: readonly string[], ways: 1 | 2): Promise<Strike> => {
  const others = target.members.map(({ id }) => id).filter((id) => !ones.includes(id));
  await target.surroundings.cut([...pairs(ones, others), ...(ways === 2 ? pairs(others, ones) : [])]);
  return { what: `${ones.join(", ")} ${ways === 2 ? "|" : "↛"} ${others.join(", ")}`, end: nothing };
};

/** Other members from some slot on; the one that leaves ends when the others have gone on without it. */
async function replace(target: Target, planned: Planned): Promise<Strike> {
  const { cluster, controller, client, members, spares, surroundings, trace } = target;
  const fresh = spares.shift();
  if (fresh === undefined) return { what: "nobody: no name is left", end: nothing };
  const [old] = victims(target, planned, 1, [veteran, surroundings.smallDisk]);
  const stay = members.filter(({ id }) => id !== old);
  await cluster.join(fresh, stay);
  const { protocol } = await client.status();
  const outcome = await controller.control(client, {
    kind: "reconfigure",
    protocol: protocolSpec(cluster.config, protocol),
    membership: membershipOf([...stay, fresh], cluster.config.f),
  });
  target.members = [...stay, fresh];
  return {
    what: `${old} by ${fresh.id}: ${outcome}`,
    end: async () => {
      await cluster.stop(old!);
      trace.write({ kind: "crash", at: wallClock(), who: old! });
    },
  };
}

/** How each kind is brought about. Surroundings are healed by whoever waits for the end. */
export const strikers: Readonly<Record<Kind, Striker>> = {
  kill: (target, planned) => kill(target, victims(target, planned, 1, [veteran])),
  "kill two": (target, planned) => kill(target, victims(target, planned, 2, [veteran])),
  pause: async (target, planned) => {
    const [id] = victims(target, planned);
    const pid = target.cluster.pid(id!)!;
    process.kill(pid, "SIGSTOP");
    return { what: id!, end: async () => void process.kill(pid, "SIGCONT") };
  },
  "full disk": async (target, planned) => {
    const { smallDisk } = target.surroundings;
    const [id] = smallDisk === null ? victims(target, planned, 1, [veteran]) : [smallDisk];
    target.surroundings.fill(id!);
    return { what: id!, end: nothing };
  },
  "slow disk": async (target, planned) => {
    const [id] = victims(target, planned);
    target.surroundings.slowDisk(id!, slowDiskMs);
    return { what: `${id}: every sync ${slowDiskMs} ms`, end: nothing };
  },
  isolate: (target, planned) => split(target, victims(target, planned), 2),
  "one-way cut": (target, planned) =>
    split(target, victims(target, planned, (planned.draw >>> 8) % 2 === 0 ? 1 : 3), 1),
  split: (target, planned) => split(target, victims(target, planned, 2), 2),
  "slow network": async (target) => {
    const ids = target.members.map(({ id }) => id);
    target.surroundings.slowNetwork(ids, slowNetworkMs);
    return { what: `every message ${slowNetworkMs} ms`, end: nothing };
  },
  "clock jump": async (target, planned) => {
    const [id] = victims(target, planned);
    const byMs = 60_000 * (1 + ((planned.draw >>> 8) % 600));
    target.surroundings.putForward(id!, byMs);
    return { what: `${id}: ${byMs / 60_000} min`, end: nothing };
  },
  swap: async (target) => {
    const { cluster, controller, client } = target;
    const { protocol } = await client.status();
    const next = protocol === "paxos" ? "two-thirds" : "paxos";
    const swap = { kind: "swap", protocol: protocolSpec(cluster.config, next) } as const;
    const outcome = await controller.control(client, swap);
    return { what: `${protocol} → ${next}: ${outcome}`, end: nothing };
  },
  replace,
};
