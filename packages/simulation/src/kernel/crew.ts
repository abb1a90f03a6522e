import type { Authenticator, NodeId } from "@eunomia/engine";
import type { Adversary, Frame } from "../byzantine/adversary.ts";
import { AdversaryStage } from "../byzantine/stage.ts";
import { Disk } from "../disk/disk.ts";
import type { End, Freight, Network } from "../network/network.ts";
import { NodeClock } from "../node/clock.ts";
import type { LifeHost } from "../node/life.ts";
import { NodeHost } from "../node/node-host.ts";
import type { Profile } from "../profile.ts";
import type { Cluster, Fate, ValuePacket } from "../types.ts";
import type { Blame } from "./blame.ts";
import type { Judge } from "./judge.ts";
import type { Stepper } from "./stepper.ts";
import type { World } from "./world.ts";

export interface CrewParts {
  readonly world: World;
  readonly network: Network;
  readonly profile: Profile;
  readonly cluster: Cluster;
  readonly judge: Judge;
  readonly stepper: Stepper;
  readonly adversary: Adversary | null;
  readonly wired: boolean;
  readonly authenticator: (self: NodeId) => Authenticator;
  readonly blame: Blame;
}

/** The nodes of a run: starts, crashes and restarts them, and routes what they send. */
export class Crew {
  readonly hosts: readonly NodeHost[];
  readonly #parts: CrewParts;
  readonly #ends = new Map<NodeId, End[]>();
  readonly #stage: AdversaryStage | null;

  constructor(parts: CrewParts) {
    this.#parts = parts;
    const { cluster, adversary, world } = parts;
    const hosts: NodeHost[] = [];
    for (const spec of cluster.nodes) {
      const copies = adversary?.nodes.includes(spec.id) === true ? (adversary.copies?.(spec.id) ?? 1) : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        const name = copy === 0 ? spec.id : `${spec.id}~${copy}`;
        const clocks = world.stream(`clock:${name}`);
        const disk = new Disk(parts.profile.disk, world.stream(`disk:${name}`));
        const clock = new NodeClock(world.agenda, `!${name}`, () => world.nowUs, clocks.below(65_536) * 150);
        const host = new NodeHost(spec, copy, disk, clock);
        host.attach(
          this.#lifeHost(host, name),
          () => world.count("packets lost: receiver down"),
          world.telling ? (label) => world.tell(label()) : null,
        );
        this.join(host);
        hosts.push(host);
      }
    }
    this.hosts = hosts;
    this.#stage =
      adversary === null
        ? null
        : new AdversaryStage(
            world,
            adversary,
            (process) => cluster.nodeOf(process),
            (packet, copy) => this.#sendAs(packet, copy),
            (frame) => this.#inject(frame),
            (packet) => cluster.resign?.(packet) ?? packet,
          );
  }

  join(end: End): void {
    this.#parts.network.join(end);
    const ends = this.#ends.get(end.node);
    if (ends === undefined) this.#ends.set(end.node, [end]);
    else ends.push(end);
  }

  /** The copy that answers for a node, if it is up. */
  upHost(node: NodeId): NodeHost | null {
    for (const host of this.hosts) if (host.node === node && host.up) return host;
    return null;
  }

  startAll(): void {
    const { world, adversary, judge, blame } = this.#parts;
    const absent = world.stream("absent");
    for (const node of adversary?.nodes ?? []) {
      blame.byzantine.add(node);
      judge.fate(this.#fate(node, "byzantine", 0));
    }
    for (const host of this.hosts) {
      // Never drawn: a shrunk run leaves out nodes that it does not need, as if they were slow for ever.
      if (host.copy > 0) world.count("byzantine: twins");
      if (absent.choose(2, () => 0) === 1) host.dead = true;
      else this.start(host);
    }
  }

  start(host: NodeHost): void {
    const { world, judge, blame } = this.#parts;
    let started: boolean;
    try {
      started = host.start();
    } catch (error) {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return world.violated("a node starts on what it wrote", `${host.node}: ${what}`);
    }
    const replay = host.disk.replay();
    if (started) {
      if (replay.kind === "unreadable")
        world.violated("an unreadable journal is refused", `${host.node} started on one`);
      world.note(host.lives === 1 ? "starts" : "restarts", host.node);
      return judge.fate(this.#fate(host.node, "started", host.lives));
    }
    if (replay.kind === "records" && !blame.amnesiac.has(host.node))
      world.violated("a node starts on what it wrote", `${host.node} refused its own journal`);
    host.dead = true;
    blame.dead.add(host.node);
    world.note("refusals to start", host.node);
    judge.fate(this.#fate(host.node, "refused", host.lives));
  }

  /** Ends the life of a host now. */
  crash(host: NodeHost, why: "crashes" | "stops by the disk"): void {
    const { world, judge, blame } = this.#parts;
    const { node, lives } = host;
    const limits = {
      damage: blame.allows({ dead: node }, this.downNodes()),
      amnesia: blame.allows({ amnesiac: node }, this.downNodes()),
    };
    this.#refusalsOf(host);
    const report = host.crash(limits);
    world.note(why, `${node} loses ${report.lost} records`);
    world.tally.add("records lost unsynced", report.lost);
    if (report.torn) world.count("torn writes");
    if (report.damaged) {
      world.note("damaged journals", node);
      // It will refuse to start: from now on it is one of those that the budget allows, and in no core.
      blame.dead.add(node);
    }
    if (report.absent || report.rolledBack) {
      world.note(report.absent ? "lost journals" : "rolled back journals", node);
      blame.amnesiac.add(node);
      judge.fate(this.#fate(node, "amnesiac", lives));
    }
    judge.fate(this.#fate(node, why === "crashes" ? "crashed" : "stopped", lives));
  }

  /** Counts of what the nodes that still run have ignored. */
  finish(): void {
    for (const host of this.hosts) this.#refusalsOf(host);
  }

  /** Nodes with no copy up, and those whose fault is on its way: they will be down whatever else happens. */
  downNodes(): Set<NodeId> {
    const { nowUs } = this.#parts.world;
    const down = new Set(this.hosts.map(({ node }) => node));
    for (const { node, life, disk } of this.hosts)
      if (life !== null && !life.doomed && !disk.failsNext && disk.fullUntil <= nowUs) down.delete(node);
    return down;
  }

  /** From any end, a node or something outside. */
  send(from: End, to: NodeId, freight: Freight): boolean {
    const { adversary, cluster, judge, blame } = this.#parts;
    const ends = this.#ends.get(to);
    if (ends === undefined) return false;
    if (!(freight instanceof Uint8Array) && (judge.looksAtPackets || adversary !== null)) {
      const packet: ValuePacket = { fromNode: from.node, toNode: to, ...freight };
      judge.sent(packet);
      this.#stage?.overhear(packet);
      const ours = cluster.nodeOf(freight.from) === from.node;
      if (ours && blame.byzantine.has(from.node) && this.#stage?.intercept(packet, from.copy) === true)
        return true;
    }
    this.#route(from, ends, freight);
    if (freight instanceof Uint8Array && adversary?.frame !== undefined)
      this.#stage?.frame({ fromNode: from.node, toNode: to, bytes: freight });
    return true;
  }

  #route(from: End, ends: readonly End[], freight: Freight): void {
    const { adversary, network } = this.#parts;
    for (const end of ends)
      if (adversary?.route?.(from.node, from.copy, end.node, end.copy) !== false)
        network.send(from.place, end.place, freight);
  }

  /** What an adversary lets out: from its own nodes only. */
  #sendAs(packet: ValuePacket, copy: number): boolean {
    const from = this.#ends.get(packet.fromNode)?.[copy];
    const to = this.#ends.get(packet.toNode);
    if (from === undefined || to === undefined) return false;
    this.#route(from, to, packet);
    return true;
  }

  #inject({ fromNode, toNode, bytes }: Frame): boolean {
    const [from] = this.#ends.get(fromNode) ?? [];
    const to = this.#ends.get(toNode);
    if (from === undefined || to === undefined) return false;
    this.#route(from, to, bytes);
    return true;
  }

  #lifeHost(host: NodeHost, name: string): LifeHost {
    const { world, profile, wired, judge, stepper } = this.#parts;
    const sched = world.stream(`sched:${name}`);
    return {
      node: host.node,
      copy: host.copy,
      disk: host.disk,
      clock: host.clock,
      sched,
      wired,
      authenticator: this.#parts.authenticator(host.node),
      syncMaxUs: profile.disk.syncMaxMs * 1000,
      batchMaxUs: profile.batchMaxMs * 1000,
      nowUs: () => world.nowUs,
      later: (what, delayUs, run) => {
        const label = `~${name} ${what}`;
        const told = this.#told(label, run);
        world.later(delayUs, () => host.awake(told), label);
      },
      soon: (run) => world.soon(run),
      awake: (run, timer) => host.awake(this.#told(`!${name} ${timer}`, run)),
      within: (what, drawn) => {
        if (!world.scripted) return drawn;
        return world.within(`${name} ${what}`, drawn, () => what !== "dies" || this.#mayGoDown(host.node));
      },
      send: (to, freight) => this.send(host, to, freight),
      output: (life, process, output) => {
        world.count("outputs");
        judge.output({ atMs: world.nowUs / 1000, node: host.node, process, life: life.number, output });
      },
      step: (_life, process, instance, engine, config, state, event) => {
        this.#stage?.saw({ process, instance, engine, config, state });
        return stepper.step(host, process, instance, engine, config, state, event);
      },
      ended: (life, why, error) => this.#ended(host, life.number, why, error),
    };
  }

  #mayGoDown(node: NodeId): boolean {
    return this.#parts.blame.allows({ down: node }, this.downNodes());
  }

  #ended(host: NodeHost, life: number, why: "crash" | "disk" | "fault", error?: Error): void {
    const { world } = this.#parts;
    if (why === "fault")
      return world.violated("a node does not stop by itself", `${host.node}: ${error?.stack ?? "no reason"}`);
    if (why === "crash") world.count("crashes inside a step");
    world.soon(() => {
      if (host.lives === life && host.up) this.crash(host, why === "crash" ? "crashes" : "stops by the disk");
    });
  }

  /** The same, with its name for whoever keeps the moves of the run. */
  #told(label: string, run: () => void): () => void {
    const { world } = this.#parts;
    if (!world.telling) return run;
    return () => {
      world.tell(label);
      run();
    };
  }

  #refusalsOf(host: NodeHost): void {
    for (const [reason, count] of host.running?.refusals?.() ?? [])
      this.#parts.world.tally.add(`ignored: ${reason}`, count);
  }

  #fate(node: NodeId, kind: Fate["kind"], life: number): Fate {
    return { atMs: this.#parts.world.nowUs / 1000, node, kind, life };
  }
}
