import { clone, encode, type Schema, toHex } from "@eunomia/codec";
import type { AnyEngine, Effect, EngineTypes, NodeId } from "@eunomia/engine";
import type { PropertyWatch, ScheduleProcess, ScheduleProperty, ScheduleView } from "./types.ts";

/** A message on its way. Links and processes go by number: link = sender × processes + receiver. */
export interface InFlight {
  readonly link: number;
  readonly nth: number;
  readonly to: number;
  readonly message: EngineTypes["Message"];
}

/** One process of a run, through all its lives. */
export interface Process {
  readonly id: NodeId;
  readonly node: number;
  readonly spec: ScheduleProcess;
  state: unknown;
  /** Durable records, oldest first. */
  disk: unknown[];
  readonly outputs: unknown[];
  /** Armed timers and when they are due on the virtual clock; only the fair suffix looks at the moment. */
  readonly timers: Map<string, number>;
  life: number;
}

/** Processes that crash together and share one release order. */
export interface Node {
  readonly processes: number[];
  up: boolean;
  /** Effects leave only when released, whatever the options say. */
  held: boolean;
  /** Effects which have not left yet, in order, of all processes of the node. */
  queue: { readonly process: number; readonly effect: Effect<EngineTypes> }[];
}

/** Processes in the order of their names' appearance, and the nodes that they share; nothing runs yet. */
export function layOut(specs: Readonly<Record<NodeId, ScheduleProcess>>): { all: Process[]; nodes: Node[] } {
  const all: Process[] = [];
  const nodes: Node[] = [];
  const byName = new Map<string, number>();
  for (const [id, spec] of Object.entries(specs)) {
    const name = spec.node ?? id;
    const node = byName.get(name) ?? nodes.push({ processes: [], up: false, held: false, queue: [] }) - 1;
    byName.set(name, node);
    const at =
      all.push({ id, node, spec, state: null, disk: [], outputs: [], timers: new Map(), life: 0 }) - 1;
    nodes[node]!.processes.push(at);
  }
  return { all, nodes };
}

/** Everything that a report counts, at zero. */
export const newCounts = () => ({
  steps: 0,
  delivered: 0,
  lost: 0,
  duplicated: 0,
  timers: 0,
  crashes: 0,
  restarts: 0,
  compactions: 0,
  outputs: 0,
  effectsLost: 0,
});
export type Counts = ReturnType<typeof newCounts>;

/** A property said no. */
export class Violation extends Error {
  readonly property: string;
  constructor(property: string, reason: string) {
    super(reason);
    this.property = property;
  }
}

/** The properties of one run. */
export class Watches {
  readonly #watches: readonly { readonly name: string; readonly watch: PropertyWatch }[];

  constructor(properties: readonly ScheduleProperty[]) {
    this.#watches = properties.map((property) => ({ name: property.name, watch: property.start() }));
  }

  /** @throws Violation if some property refuses what it is told. */
  tell(what: (watch: PropertyWatch) => string | null | undefined): void {
    for (const { name, watch } of this.#watches) {
      const reason = what(watch) ?? null;
      if (reason !== null) throw new Violation(name, reason);
    }
  }

  output(process: NodeId, output: unknown, life: number): void {
    this.tell((watch) => watch.output?.(process, output, life));
  }

  sent(process: NodeId, message: unknown): void {
    this.tell((watch) => watch.sent?.(process, message));
  }

  stepped(process: NodeId, view: ScheduleView): void {
    this.tell((watch) => watch.stepped?.(process, view));
  }

  end(view: ScheduleView): void {
    this.tell((watch) => watch.end?.(view));
  }
}

/** The canonical bytes of a message, as text: what it is, whenever it was sent. */
export function contentOf(engine: AnyEngine, message: EngineTypes["Message"]): string {
  return toHex(encode(engine.schema.message as Schema<EngineTypes["Message"]>, message));
}

/** Records of an engine that share nothing with those given. */
export function copyOf(engine: AnyEngine, records: readonly unknown[]): unknown[] {
  return records.map((record) => clone(engine.schema.record as Schema<unknown>, record));
}
