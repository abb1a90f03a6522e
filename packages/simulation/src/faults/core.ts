import type { NodeId } from "@eunomia/engine";
import type { Crew } from "../kernel/crew.ts";
import type { World } from "../kernel/world.ts";
import { type Network, nameOf } from "../network/network.ts";
import type { NodeHost } from "../node/node-host.ts";
import type { Injector } from "./injector.ts";

/**
 * The faults are over for a core of nodes and everything outside; the others stay in a bad state, each in its own: healing all
 * alike would hide what a lasting one-sided partition shows.
 */
export function healCore(
  world: World,
  network: Network,
  crew: Crew,
  injector: Injector,
  core: readonly NodeId[],
): void {
  injector.stop();
  injector.partitions.mend();
  while (injector.openOne(0));
  world.note("cores chosen", core.join());
  const within = (node: NodeId): boolean =>
    core.includes(node) || !crew.hosts.some((host) => host.node === node);
  const { ends } = network;
  for (const [from, a] of ends.entries())
    for (const [to, b] of ends.entries())
      if (from !== to && within(a.node) && within(b.node)) network.link(from, to).healed = true;
  const chance = world.stream("core");
  for (const host of crew.hosts) {
    if (within(host.node)) healNode(world, crew, host);
    else spoil(world, network, crew, host, chance.below(6));
  }
}

function healNode(world: World, crew: Crew, host: NodeHost): void {
  const { disk } = host;
  disk.failsNext = false;
  disk.fullUntil = 0;
  disk.slowUntil = 0;
  host.clock.change(0, 1);
  host.life?.endWithin(0);
  if (host.paused) host.goOn();
  if (host.up || host.dead) return;
  world.tell(`*start ${nameOf(host)}`);
  crew.start(host);
}

function spoil(world: World, network: Network, crew: Crew, host: NodeHost, how: number): void {
  const own = host.place;
  const links = network.ends.flatMap((_, end) =>
    end === own ? [] : [{ out: network.link(own, end), into: network.link(end, own) }],
  );
  const state = ["as it is", "crashed", "deaf", "mute", "slow", "paused"][how]!;
  world.note("left behind", `${host.node} ${state}`);
  if (how === 1 && host.up) {
    world.tell(`*crash ${nameOf(host)}`);
    crew.crash(host, "crashes");
  }
  if (how === 1) host.dead = true;
  for (const { out, into } of links) {
    if (how === 2) into.blocked = true;
    if (how === 3) out.blocked = true;
    if (how === 4) {
      out.slow = 50;
      into.slow = 50;
    }
  }
  if (how === 5 && host.up) host.pause();
}
