import type { AnyEngine, ConsensusOutput, NodeId } from "@eunomia/engine";
import {
  type ClientSpec,
  type Cluster,
  type Draw,
  engineNodes,
  type Fate,
  type FaultBudget,
  type Scene,
  type Watch,
} from "@eunomia/simulation";
import { type ConsensusEvent, consensusMonitors, type Monitor } from "@eunomia/trace";
import { BoundsWatch, type Sizes } from "./bounds.ts";
import { DurabilityWatch } from "./durability.ts";
import { Readers } from "./reads.ts";
import { bytesOf, noop, textOf } from "./values.ts";

/** A cluster of one consensus protocol: on every node some processes, one of which is the door of its replica. */
export interface ConsensusPlan {
  readonly nodes: readonly NodeId[];
  readonly processes: Readonly<
    Record<NodeId, { readonly engine: AnyEngine; readonly config: unknown; readonly node: NodeId }>
  >;
  /** The process of a node that speaks the `Consensus` door. */
  doorOf(node: NodeId): NodeId;
  /** So many nodes may be gone for good, and all others still get everything decided. */
  readonly f: number;
  /** Slots 1 to this one are contested and must be decided in the end. */
  readonly slots: number;
  /** How many slots beyond the decided ones are contested at once. */
  readonly window: number;
  /** Replicas are done with what they have, now and then. */
  readonly trims: boolean;
  /** Nodes whose replicas offer nothing as long as others do: they learn what is decided, or ask. */
  readonly silent: readonly NodeId[];
  /** What processes may hold at most. */
  readonly sizes: Sizes;
  /** The text of a value as its client signs it, where that is judged. Default: as it is. */
  signed?(text: string, slot: number): string;
  /** Is a process of the core still at work on something that is decided? Null: none is. */
  unfinished?(core: readonly NodeId[]): string | null;
  /** What a client of the protocol may do besides; null: nothing now. */
  command?(
    node: NodeId,
    draw: Draw,
  ): { readonly process: NodeId; readonly command: unknown; readonly type: string } | null;
  /** Properties of this protocol alone. */
  readonly watches: readonly Watch[];
  readonly patienceMs: number;
}

/** All sets of so many of the nodes. */
export function subsets<T>(nodes: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return nodes.flatMap((node, i) => subsets(nodes.slice(i + 1), size - 1).map((rest) => [node, ...rest]));
}

/** A protocol for crash faults: nobody may lose its records, any f nodes may stay away, all may be down at once. */
export function crashBudget(nodes: readonly NodeId[], f: number): FaultBudget {
  return {
    tolerates: ({ dead, amnesiac, byzantine }) =>
      dead.size <= f && amnesiac.size === 0 && byzantine.size === 0,
    cores: subsets(nodes, nodes.length - f),
  };
}

/** A monitor of traces as a watch; `events` makes events of what leaves a process. */
export class MonitorWatch implements Watch {
  readonly property: string;
  readonly #monitor: Monitor<ConsensusEvent>;
  readonly #doorOf: (node: NodeId) => NodeId;
  constructor(monitor: Monitor<ConsensusEvent>, doorOf: (node: NodeId) => NodeId) {
    this.property = monitor.property;
    this.#monitor = monitor;
    this.#doorOf = doorOf;
  }

  feed(event: ConsensusEvent): string | null {
    this.#monitor.feed(event);
    const { kind, detail } = this.#monitor.verdict();
    return kind === "violated" ? detail : null;
  }

  output({ atMs, process, output }: { atMs: number; process: NodeId; output: unknown }): string | null {
    const put = output as ConsensusOutput | null;
    if (put?.kind !== "decided") return null;
    const { slot, value } = put;
    return this.feed({ kind: "decide", at: atMs, who: process, epoch: 0, slot, value: textOf(value) });
  }

  fate({ atMs, node, kind }: Fate): string | null {
    return kind === "crashed" || kind === "stopped"
      ? this.feed({ kind: "crash", at: atMs, who: this.#doorOf(node) })
      : null;
  }
}

/** What the replicas have, and what they ask for: a log on every node that outlives crashes. */
class Replicas {
  readonly #plan: ConsensusPlan;
  readonly #scene: Scene;
  readonly #logs: ReadonlyMap<NodeId, Map<number, string>>;
  readonly #owed = new Map<NodeId, number>();
  readonly #monitors: readonly MonitorWatch[];
  #made = 0;

  constructor(plan: ConsensusPlan, scene: Scene, monitors: readonly MonitorWatch[]) {
    this.#plan = plan;
    this.#scene = scene;
    this.#monitors = monitors;
    this.#logs = new Map(plan.nodes.map((node) => [node, new Map()]));
  }

  through(node: NodeId): number {
    const log = this.#logs.get(node)!;
    let slot = 0;
    while (log.has(slot + 1)) slot += 1;
    return slot;
  }

  /** How many nodes have all slots through this one. */
  holders(slot: number): number {
    return this.#plan.nodes.filter((node) => this.through(node) >= slot).length;
  }

  /** The highest slot that an honest replica has. */
  highest(): number {
    const honest = this.#plan.nodes.filter((node) => !this.#scene.faulty.byzantine.has(node));
    return Math.max(0, ...honest.flatMap((node) => [...this.#logs.get(node)!.keys()]));
  }

  learn(node: NodeId, slot: number, value: Uint8Array): void {
    const log = this.#logs.get(node)!;
    if (!log.has(slot)) this.#scene.answered("propose", true);
    log.set(slot, textOf(value));
  }

  /** A learner says that slots through the floor are gone: they come from another replica. */
  owe(node: NodeId, floor: number): void {
    this.#owed.set(node, Math.max(floor, this.#owed.get(node) ?? 0));
    this.#scene.mark("a replica fell behind the floor");
  }

  act(node: NodeId, draw: Draw): string | null {
    if (!this.#scene.isUp(node)) return null;
    if (this.#transfer(node)) return "state transfer";
    const other = this.#plan.command?.(node, draw) ?? null;
    if (other !== null) {
      this.#scene.command(other.process, other.command);
      return other.type;
    }
    const done = this.through(node);
    if (this.#plan.trims && done > 0 && draw.chance(0.15)) {
      this.#scene.command(this.#plan.doorOf(node), { kind: "trim", slot: done });
      return "trim";
    }
    return this.#propose(node, done, draw);
  }

  #isSilent(node: NodeId): boolean {
    const { silent } = this.#plan;
    return silent.includes(node) && this.#scene.core?.every((one) => silent.includes(one)) !== true;
  }

  #propose(node: NodeId, done: number, draw: Draw): string | null {
    if (this.#isSilent(node)) return null;
    const { slots, window } = this.#plan;
    const log = this.#logs.get(node)!;
    const open: number[] = [];
    for (let slot = done + 1; slot <= Math.min(slots, done + window); slot += 1)
      if (!log.has(slot)) open.push(slot);
    if (open.length === 0) return null;
    const slot = draw.pick(open);
    this.#offer(node, slot);
    // All at once, each with its own value: then nobody's comes first.
    if (draw.chance(0.2)) for (const other of this.#plan.nodes) if (other !== node) this.#offer(other, slot);
    return "propose";
  }

  #offer(node: NodeId, slot: number): void {
    if (this.#isSilent(node) || !this.#scene.isUp(node) || this.#logs.get(node)!.has(slot)) return;
    this.#made += 1;
    const said = `${node}.${slot}.${this.#made}`;
    const text = this.#plan.signed?.(said, slot) ?? said;
    for (const monitor of this.#monitors)
      monitor.feed({ kind: "propose", at: this.#scene.nowMs(), who: node, epoch: 0, slot, value: text });
    this.#scene.command(this.#plan.doorOf(node), { kind: "propose", slot, value: bytesOf(text) });
  }

  #transfer(node: NodeId): boolean {
    const owed = this.#owed.get(node) ?? 0;
    if (this.through(node) >= owed) return false;
    const { core } = this.#scene;
    const from = this.#plan.nodes.find(
      (peer) =>
        peer !== node &&
        this.#scene.isUp(peer) &&
        // What a liar says is in its log is nothing that an honest replica takes over.
        !this.#scene.faulty.byzantine.has(peer) &&
        (core === null || core.includes(peer)) &&
        this.through(peer) >= owed,
    );
    if (from === undefined) return false;
    for (const [slot, text] of this.#logs.get(from)!) this.#logs.get(node)!.set(slot, text);
    this.#scene.command(this.#plan.doorOf(node), { kind: "trim", slot: this.through(node) });
    return true;
  }
}

/** Processes that keep to the protocol give each other no reason to complain; liars may be noticed. */
const noAlarm = (scene: Scene): Watch => ({
  property: "no alarm",
  output({ process, output }) {
    const { kind } = output as { readonly kind: string };
    if (kind !== "alarm" && kind !== "evidence") return null;
    const { byzantine, byzantineLie } = scene.faulty;
    if (byzantine.size === 0 || !byzantineLie) return `${process} raises ${kind}`;
    scene.mark("a lie is noticed");
    return null;
  },
});

/** A door says only what it may: no slot twice in a life, none gone that f + 1 replicas have not. */
function doorKept(plan: ConsensusPlan, replicas: Replicas, doors: ReadonlyMap<NodeId, NodeId>): Watch {
  const reported = new Set<string>();
  return {
    property: "door",
    output({ process, life, output }) {
      const node = doors.get(process);
      const put = output as ConsensusOutput;
      if (node === undefined) return null;
      // Who was done with the slots itself is only told so again.
      if (put.kind === "trimmed" && replicas.through(node) < put.floor) {
        const holders = replicas.holders(put.floor);
        if (holders < plan.f + 1)
          return `${process} says that slots through ${put.floor} are gone, which ${holders} replicas have`;
      }
      if (put.kind !== "decided") return null;
      const key = `${process}/${life}/${put.slot}`;
      if (reported.has(key)) return `${process} reports slot ${put.slot} twice in one life`;
      reported.add(key);
      return null;
    },
  };
}

/** The cluster of one run of a consensus protocol, with replicas that propose, trim, and learn from each other. */
export function consensusCluster(plan: ConsensusPlan, scene: Scene): Cluster {
  const learners = plan.nodes.map((node) => plan.doorOf(node));
  const monitors = consensusMonitors({ globalOrder: true, learners }).map(
    (monitor) => new MonitorWatch(monitor, (node) => plan.doorOf(node)),
  );
  // Gaps may be filled with the empty batch, which nobody has to propose.
  for (let slot = 1; slot <= plan.slots; slot += 1)
    for (const monitor of monitors)
      monitor.feed({ kind: "propose", at: 0, who: "everybody", epoch: 0, slot, value: textOf(noop) });
  const replicas = new Replicas(plan, scene, monitors);
  const readers = new Readers(
    { nodes: plan.nodes, doorOf: (node) => plan.doorOf(node), highest: () => replicas.highest() },
    scene,
  );
  const doors = new Map(plan.nodes.map((node) => [plan.doorOf(node), node]));
  // Judges nobody: replicas of Byzantine nodes go on asking, as the others do.
  const learning: Watch = {
    property: "learning",
    everybody: true,
    output({ process, output }) {
      const node = doors.get(process);
      const put = output as ConsensusOutput;
      if (node !== undefined && put.kind === "decided") replicas.learn(node, put.slot, put.value);
      if (node !== undefined && put.kind === "trimmed" && replicas.through(node) < put.floor)
        replicas.owe(node, put.floor);
      return null;
    },
  };
  const { nodes, nodeOf } = engineNodes(scene, plan.processes, { compactAboveBytes: 600 });
  const durability = new DurabilityWatch();
  const unfinished = (): string | null => {
    const core = scene.core ?? plan.nodes;
    return readers.waiting(core) ?? plan.unfinished?.(core) ?? null;
  };
  const clients: ClientSpec[] = plan.nodes.map((node) => ({
    id: `client of ${node}`,
    act: (draw) => replicas.act(node, draw),
  }));
  return {
    nodes: durability.nodes(nodes, scene),
    nodeOf,
    clients: [...clients, ...readers.clients()],
    watches: [
      ...monitors,
      noAlarm(scene),
      doorKept(plan, replicas, doors),
      learning,
      readers,
      durability,
      new BoundsWatch(plan.sizes),
      ...plan.watches,
    ],
    budget: crashBudget(plan.nodes, plan.f),
    patienceMs: plan.patienceMs,
    done: () =>
      (scene.core ?? plan.nodes).every((node) => replicas.through(node) >= plan.slots) &&
      unfinished() === null,
    describe: () =>
      [
        ...plan.nodes.map((node) => `${node} has ${replicas.through(node)} of ${plan.slots}`),
        ...(unfinished() ?? "nobody is at work").split("\n"),
      ].join("\n"),
  };
}
