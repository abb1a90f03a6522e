import type { Delivery } from "@eunomia/aneris-switch";
import type { ClusterConfig } from "../node/config.ts";
import { addressOf } from "../node/members.ts";
import { nodeInName } from "../node/names.ts";
import { describedOperation } from "../node/operations.ts";
import type { NodeOptions, RunningNode } from "../node/stack.ts";
import { version } from "../version.ts";
import type { NodeLook, PeerLook } from "./look.ts";
import { type Glance, Meters } from "./meters.ts";

/** Ticks of the replica without a word from a peer, after which it does not answer. */
const silentTicks = 40;
/** A node so many slots behind a peer has to catch up before it is of use. */
const behindSlots = 1000;

/** Looks at one node: feeds the meters with what happens in it, and says how it is when somebody asks. */
export class Watch {
  readonly meters: Meters;
  readonly #config: ClusterConfig;
  readonly #id: string;
  readonly #startedAt = Date.now();
  #running: RunningNode | null = null;
  #removedFrom: number | null = null;

  constructor(config: ClusterConfig, id: string) {
    this.#config = config;
    this.#id = id;
    this.meters = new Meters(() => this.#glance());
  }

  /** For the options of the node. */
  readonly ears = {
    onDelivery: (delivery: Delivery) => this.#delivered(delivery),
    onPropose: (slot: number) => this.meters.proposed(slot, performance.now()),
    onSync: (tookMs: number) => this.meters.synced(tookMs),
    onAlarm: ({ slot, reason }: { slot: number; reason: string }) =>
      this.meters.alarm(slot, reason, Date.now()),
    onRefused: ({ reason }: { reason: string }) => this.meters.refused(reason),
    onConvicted: ({ accused }: { accused: string }) => this.meters.convicted(accused),
    onStuck: () => this.meters.stuck(),
    onRemoved: (from: number) => {
      this.#removedFrom = from;
    },
  } satisfies Partial<NodeOptions>;

  /** The node runs. */
  attach(running: RunningNode): void {
    this.#running = running;
  }

  #delivered({ slot, count, vector, controls }: Delivery): void {
    const told = controls.map(({ n, operation }) => ({ slot, n, what: describedOperation(operation) }));
    this.meters.delivered(slot, count, vector.length, told, performance.now());
  }

  #glance(): Glance {
    const running = this.#running;
    const state = running?.node.state;
    const { user, system } = process.cpuUsage();
    const always = {
      node: this.#id,
      cluster: this.#config.cluster,
      version,
      startedAt: this.#startedAt,
      at: Date.now(),
      residentBytes: process.memoryUsage.rss(),
      cpuSeconds: (user + system) / 1e6,
    };
    if (running === null || state === undefined) return { ...always, ...nothingYet };
    const { deliveredSlot: delivered, firstSlot } = running;
    const epoch = state.epochs.findLast(({ from }) => from <= state.slotOut) ?? state.epochs[0]!;
    const peers = this.#peers(running, state);
    const members = epoch.membership.members.flatMap((member) => addressOf(member) ?? []);
    const accepted = [...running.links().peers].filter(([, { accepted }]) => accepted > 0);
    return {
      ...always,
      delivered,
      epoch: epoch.id,
      protocol: epoch.protocol.name,
      leader: state.duty === null ? null : nodeInName(state.duty),
      members,
      retired: state.retired.map((replica) => nodeInName(replica) ?? replica),
      f: epoch.membership.f,
      nextControl: state.nextControl,
      log: { first: firstSlot, last: delivered, durable: state.stable },
      snapshots: [...running.snapshots.slots],
      queue: {
        waiting: state.pending.length,
        proposed: state.inflight.keys.length,
        parked: state.known.keys.length,
      },
      peers,
      unready: this.#unready(members, epoch.membership.f, peers, delivered),
      clients: accepted.filter(([id]) => !running.isNode(id)).length,
      subscribers: running.subscribers,
      refusals: Object.fromEntries([...running.refusals(), ...running.links().refusals]),
      certificateUntil: running.links().certificate?.expiresAt ?? null,
    };
  }

  #peers(running: RunningNode, state: NonNullable<RunningNode["node"]["state"]>): PeerLook[] {
    const connections = running.links().peers;
    const ids = new Set(
      state.epochs.flatMap(({ membership }) =>
        membership.members.flatMap((member) => addressOf(member)?.id ?? []),
      ),
    );
    ids.delete(this.#id);
    return [...ids].sort().map((id) => {
      const at = state.peers.keys.findIndex((replica) => nodeInName(replica) === id);
      const head = state.peers.values[at];
      const linked = connections.get(id)?.dial === "open";
      return {
        node: id,
        connected: linked && head !== undefined && head.silentTicks < silentTicks,
        delivered: head?.delivered ?? 0,
        stable: head?.stable ?? 0,
        behind: Math.max(0, running.deliveredSlot - (head?.delivered ?? 0)),
      };
    });
  }

  #unready(members: NodeLook["members"], f: number, peers: readonly PeerLook[], delivered: number): string[] {
    const unready: string[] = [];
    if (this.#removedFrom !== null) unready.push(`removed: no member from slot ${this.#removedFrom} on`);
    else if (!members.some(({ id }) => id === this.#id)) unready.push("no member yet");
    const here = peers.filter((peer) => peer.connected && members.some(({ id }) => id === peer.node));
    const needed = members.length - f - 1;
    if (here.length < needed) unready.push(`${here.length} other members answer, ${needed} are needed`);
    const most = Math.max(delivered, ...here.map((peer) => peer.delivered));
    if (most - delivered > behindSlots) unready.push(`behind by ${most - delivered} slots`);
    return unready;
  }
}

/** Of a node that has not read its disk yet. */
const nothingYet = {
  delivered: 0,
  epoch: 0,
  protocol: "",
  leader: null,
  members: [],
  retired: [],
  f: 0,
  nextControl: 0,
  log: { first: 0, last: 0, durable: 0 },
  snapshots: [],
  queue: { waiting: 0, proposed: 0, parked: 0 },
  peers: [],
  unready: ["starting"],
  clients: 0,
  subscribers: 0,
  refusals: {},
  certificateUntil: null,
} as const;
