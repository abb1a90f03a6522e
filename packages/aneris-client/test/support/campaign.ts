import { ClientActor, honest, type MakeSession } from "./actor.ts";
import { Cluster } from "./cluster.ts";
import { World } from "./world.ts";

export interface CampaignOptions {
  readonly seed: number;
  readonly clients?: number;
  readonly commands?: number;
  readonly window?: number;
  readonly lossRate: number;
  readonly duplicateRate: number;
  readonly maxDelayMs: number;
  readonly busyRate: number;
  /** Gateways that crash and come back. */
  readonly crashes: number;
  readonly cancels: number;
  readonly make?: MakeSession;
}

const names = ["g0", "g1", "g2"];

/** What a campaign got to, so that a test can say that it tested something. */
export interface Campaign {
  readonly settled: number;
  readonly cancelled: number;
  readonly repeated: number;
  readonly slots: number;
}

/**
 * Clients broadcast through bad weather and crashes, then the weather clears. Throws on the first property that does not hold:
 * every command settles or was cancelled; it was executed exactly once (a cancelled one at most once); its receipt names its
 * place; the window holds; replies that were acknowledged are forgotten by the cluster.
 */
export function runCampaign(options: CampaignOptions): Campaign {
  const { seed, clients = 2, commands = 60, window = 8 } = options;
  const world = new World(seed);
  const cluster = new Cluster(world, names);
  cluster.sessionWindow = window;
  cluster.busyRate = options.busyRate;
  world.faults = options;
  const actors: ClientActor[] = [];
  for (let c = 0; c < clients; c += 1)
    actors.push(
      new ClientActor(
        world,
        `c${c}`,
        { gateways: [...names.slice(c % 3), ...names.slice(0, c % 3)], window },
        options.make ?? honest,
      ),
    );
  for (const [c, actor] of actors.entries())
    for (let i = 0; i < commands; i += 1)
      world.after(world.below(2000), () => {
        const ticket = actor.offer(new Uint8Array([c, i >> 8, i & 255]));
        if (i < options.cancels) world.after(world.below(60), () => actor.session.cancel(ticket));
      });
  for (let i = 0; i < options.crashes; i += 1) {
    const gateway = names[world.below(3)]!;
    const at = world.below(2000);
    world.after(at, () => cluster.crash(gateway));
    world.after(at + 50 + world.below(400), () => cluster.restart(gateway));
  }
  world.run(2500);
  world.faults = { lossRate: 0, duplicateRate: 0, maxDelayMs: 3 };
  cluster.busyRate = 0;
  for (const gateway of names) if (!cluster.gateways.get(gateway)!.up) cluster.restart(gateway);
  const quiet = (): boolean =>
    actors.every(({ session }) => session.outstanding + session.queued === 0 && session.client !== null);
  if (!world.run(20_000, quiet)) throw new Error("a command waits for ever");
  for (const actor of actors) checkActor(actor, cluster, commands, window);
  if (cluster.mostCached > 2 * window) throw new Error(`${cluster.mostCached} replies stay cached: no ack`);
  const count = (of: (actor: ClientActor) => number): number =>
    actors.reduce((sum, actor) => sum + of(actor), 0);
  return {
    settled: count((actor) => actor.settled.size),
    cancelled: count((actor) => actor.unsettled.size),
    repeated: count((actor) => actor.ignored.length),
    slots: cluster.slots.length,
  };
}

function checkActor(actor: ClientActor, cluster: Cluster, commands: number, window: number): void {
  const ours = cluster.executed.filter(({ client }) => client === actor.session.client);
  const byBody = new Map(ours.map((entry) => [entry.body, entry]));
  if (byBody.size !== ours.length) throw new Error("a command was executed twice");
  if (actor.settled.size + actor.unsettled.size !== commands) throw new Error("a command has no outcome");
  for (const [body, { seq, slot, index }] of actor.settled) {
    const entry = byBody.get(body);
    if (entry === undefined) throw new Error("settled and not executed");
    if (entry.seq !== seq || entry.slot !== slot || entry.index !== index)
      throw new Error("a receipt names another place");
  }
  if (actor.mostOutstanding > window) throw new Error("more commands outstanding than the window");
}
