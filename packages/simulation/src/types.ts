import type {
  AnyEngine,
  Authenticator,
  EngineTypes,
  Event,
  Fired,
  NodeId,
  Ports,
  Replay,
  SlotLog,
  SnapshotStore,
} from "@eunomia/engine";

import type { Profile } from "./profile.ts";

/**
 * Chance for whoever describes a system or a client. Every answer is a recorded choice; a choice that a shrunk run has lost
 * answers the calmest value: 0, false, the first item.
 */
export interface Draw {
  /** Uniform, 0 to `arity` - 1; `arity` at most 65 536. */
  below(arity: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of the items; list the calmest first. */
  pick<T>(items: readonly T[]): T;
}

/** A cluster that can be simulated, whatever it runs. Written by whoever knows the protocol. */
export interface System<C = unknown> {
  readonly name: string;
  /** What varies from run to run (sizes, quorums, modes), as plain JSON. It stands in the header of a replay file. */
  draw(draw: Draw): C;
  /** What may go wrong in runs of this configuration, where it is drawn and not given; default: as it was drawn. */
  surroundings?(config: C, drawn: Profile): Profile;
  /** The cluster of one run. Everything that changes during a run is made in here: a system is used for many runs. */
  build(config: C, scene: Scene): Cluster;
  /**
   * `value`: messages travel as values, bytes only where something damages them; the fast one. `bytes`: real frames, seals and
   * decoders, for nodes whose clients speak in frames too. Default: value, and bytes in one run of eight.
   */
  readonly wire?: "value" | "bytes";
  /** The authenticator of a node or of something outside, where messages travel as bytes. Default: `checksumSeal`. */
  authenticator?(self: NodeId): Authenticator;
  /** Something in the nodes waits for promises: they get their turn after every event, in an order that never varies. */
  readonly promises?: boolean;
}

/** The cluster of one run. */
export interface Cluster {
  readonly nodes: readonly NodeSpec[];
  /** The node that runs a process; null for a process outside of all nodes. */
  nodeOf(process: NodeId): NodeId | null;
  readonly clients?: readonly ClientSpec[];
  /** What has to hold. At least one. */
  readonly watches: readonly Watch[];
  readonly budget?: FaultBudget;
  /**
   * For protocols whose messages carry signatures: the packet as its sender signs it. What a strategy has changed on a Byzantine
   * node is signed by that node again before it leaves; without this, every such lie is a bad signature and no more.
   */
  resign?(packet: ValuePacket): ValuePacket;
  /**
   * Liveness mode, and needed there: has everything happened that the core owes? Changes nothing. Clients go on having turns
   * while the core is waited for: if this waits until nothing is open, their `act` answers null once `scene.core` is chosen.
   */
  done?(): boolean;
  /** Liveness mode: the core gets so much virtual time. Default 60 000. */
  readonly patienceMs?: number;
  /** The state of the cluster in a few lines, for a person who looks at a run that got stuck. */
  describe?(): string;
}

/** A node: what crashes together and shares one disk. */
export interface NodeSpec {
  readonly id: NodeId;
  /**
   * Begins a life on what the disk holds. Null: refused, and the node stays down. A journal that is unreadable must be
   * refused; starting on one is a violation.
   */
  start(life: Life): RunningNode | null;
}

/** A life of a node: from a start to the next crash. After its end nothing that it calls has any effect. */
export interface Life {
  readonly node: NodeId;
  /** Which life of this node, from 1. */
  readonly number: number;
  /** Which copy of this node: 0 but for twins, whose copies share one identity and nothing else. */
  readonly copy: number;
  /** Models of the real ports, to hand to a `Driver`. Call `journal.replay()` before anything else. */
  readonly ports: Ports;
  /** What `ports.journal.replay()` will answer. */
  readonly replay: Replay;
  /** A log of slots on the same disk, for nodes that keep one. */
  log(): SlotLog;
  /** Snapshots on the same disk, of this cluster. */
  snapshots(cluster: string): SnapshotStore;
  /** How a driver steps: hand it to `DriverOptions.step`. Counts, traces, samples the checks of determinism. */
  readonly step: StepPort;
  /** An output that the outside may see: pass it on once it is durable. */
  output(process: NodeId, output: unknown): void;
  /** The driver stopped by itself. A bug unless the disk failed it. */
  fault(error: Error): void;
  readonly over: boolean;
}

/** Takes the place of `step` in a driver. */
export type StepPort = NonNullable<import("@eunomia/engine").DriverOptions["step"]>;

/** What the kernel may ask of a node that runs. */
export interface RunningNode {
  /** Hands a command to a process; false: no such process. */
  command(process: NodeId, command: unknown): boolean;
  /** The state of a process, for reading. */
  peek(process: NodeId, instance?: string): unknown;
  /** Counts of what was ignored, by reason. */
  refusals?(): ReadonlyMap<string, number>;
  /** The life is over. */
  stop(): void;
}

/** A client of the workload. It knows the model: what is worth asking for just now. */
export interface ClientSpec {
  readonly id: string;
  /** Mean time between two turns. Default 20. */
  readonly thinkMs?: number;
  /**
   * One turn: does something through the scene and answers the type of its request, or null when nothing is worth asking for.
   * A shrunk run leaves turns out.
   */
  act(draw: Draw): string | null;
}

/** What a cluster is built on, and how what stands outside of nodes reaches them. */
export interface Scene {
  /** Virtual milliseconds since the run began. */
  nowMs(): number;
  /** Hands a command to a process; false: its node is not up. */
  command(process: NodeId, command: unknown): boolean;
  /** The state of a process, for reading; undefined while its node is down. */
  peek(process: NodeId, instance?: string): unknown;
  isUp(node: NodeId): boolean;
  readonly faulty: Faulty & {
    /** False: what the Byzantine ones do, a network could do as well. */
    readonly byzantineLie: boolean;
  };
  /** The nodes that were chosen to make progress; null before liveness mode has chosen. */
  readonly core: readonly NodeId[] | null;
  /** Ports of something outside of all nodes (a client): on the network, never down, without a disk. */
  outside(id: NodeId): Ports;
  /** Calls back after so much virtual time. */
  later(delayMs: number, callback: () => void): void;
  /** A scenario worth naming was reached, such as `recovered with open ballot`. */
  mark(name: string): void;
  /** A request was answered well, or not: the report shows both for each type. */
  answered(type: string, accepted: boolean): void;
  /** Something is wrong that no watch can see. */
  violated(property: string, detail: string): void;
  /** The engine to run in the place of this one: a mutant, if the run has one. */
  substitute(engine: AnyEngine): AnyEngine;
}

/** The nodes that did more than be slow or lose what was not durable: what the promises of a run depend on. */
export interface Faulty {
  /** Down for good: refused to start, or never comes back in this run. */
  readonly dead: ReadonlySet<NodeId>;
  /** Lost durable records: an absent journal, an old snapshot. */
  readonly amnesiac: ReadonlySet<NodeId>;
  readonly byzantine: ReadonlySet<NodeId>;
}

/** What a protocol claims to tolerate. Faults beyond it are left out, unless the profile is `beyond`. */
export interface FaultBudget {
  /** May all of this be so at once? `down`: nodes that are down just now, dead ones among them. */
  tolerates(state: { readonly down: ReadonlySet<NodeId> } & Faulty): boolean;
  /**
   * Sets of nodes of which each must make progress alone, when the others stay in their bad state. Default: all nodes together.
   * A run in which each has a node that is dead, amnesiac or byzantine ends unjudged, counted as `runs without a core`.
   */
  readonly cores?: readonly (readonly NodeId[])[];
}

/** Something that left a process after it was durable. */
export interface Output {
  readonly atMs: number;
  readonly node: NodeId;
  readonly process: NodeId;
  /** Which life of the node. */
  readonly life: number;
  readonly output: unknown;
}

/** One step of an engine. */
export interface SimulatedStep {
  readonly atMs: number;
  readonly node: NodeId;
  readonly process: NodeId;
  readonly engine: string;
  readonly instance: string;
  readonly event: Event<EngineTypes>;
  readonly fired: readonly Fired[];
  readonly effects: readonly unknown[];
  /** The state after the step, for reading now: the next step changes it in place. */
  readonly state: unknown;
  /** At every 64th step: the digest of the run so far. */
  readonly digest?: string;
}

/** What became of a node. */
export interface Fate {
  readonly atMs: number;
  readonly node: NodeId;
  readonly kind: "started" | "crashed" | "refused" | "amnesiac" | "byzantine" | "stopped";
  readonly life: number;
}

/** An automaton over one run. Each function answers null, or what is wrong. */
export interface Watch {
  readonly property: string;
  /** True: hears Byzantine nodes too. Default: what they do is nobody's fault, and only honest ones are heard. */
  readonly everybody?: boolean;
  /** True: an honest node sees to it alone, such as what is on its disk, so no lie excuses a violation. Default: false. */
  readonly despiteLies?: boolean;
  output?(output: Output): string | null;
  step?(step: SimulatedStep): string | null;
  /** A message leaves a node. */
  sent?(packet: ValuePacket): string | null;
  fate?(fate: Fate): string | null;
  /** Faults are over, the core did what it owes, or time is up: what is still open now? */
  end?(settled: boolean): string | null;
}

/** A message on its way between two nodes. */
export interface ValuePacket {
  readonly fromNode: NodeId;
  readonly toNode: NodeId;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly instance: string;
  readonly engine: AnyEngine;
  readonly message: EngineTypes["Message"];
}

/** One choice: the `index`-th of its stream took `value` of `arity`. */
export interface Choice {
  readonly stream: string;
  readonly index: number;
  readonly arity: number;
  readonly value: number;
}

/** How a run ended. `stuck`: the core did not do in time what it owes. */
export type Outcome =
  | { readonly kind: "ok" }
  | {
      readonly kind: "violated" | "stuck";
      readonly property: string;
      readonly detail: string;
      readonly atMs: number;
    };

/** What one run left behind. */
export interface RunResult {
  readonly outcome: Outcome;
  /** Liveness mode: the core did what it owes. */
  readonly settled: boolean;
  /** False: the adversary lied beyond the fault budget of the cluster, which has promised nothing for that. */
  readonly promised: boolean;
  /** What is violated was not promised: it rests on what other nodes do, and too many of them lied. */
  readonly excused: boolean;
  /** What was drawn, or given: with the seed it makes the run again. */
  readonly config: unknown;
  readonly profile: Profile;
  readonly wire: "value" | "bytes";
  /** Steps of engines. */
  readonly steps: number;
  readonly virtualMs: number;
  /** Over every step, with the states of engines at every 64th; equal for equal runs, 16 hex digits. */
  readonly digest: string;
  /** How often each fault happened, and more of that kind, by name. */
  readonly counts: Readonly<Record<string, number>>;
  readonly marks: Readonly<Record<string, number>>;
  readonly requests: Readonly<
    Record<string, { readonly made: number; readonly accepted: number; readonly rejected: number }>
  >;
  /** Actions that fired, by `engine/action`. */
  readonly fired: Readonly<Record<string, number>>;
  /** The choices that were not the calmest one; with the configuration they are the run. */
  readonly choices: readonly Choice[];
  /** How many choices each stream made, calm ones too. */
  readonly drawn: Readonly<Record<string, number>>;
}
