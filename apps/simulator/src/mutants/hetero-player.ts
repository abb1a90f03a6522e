import { mapGet } from "@eunomia/codec";
import { type AnyEngine, type Effect, type EngineTypes, type Event, step } from "@eunomia/engine";
import { lawOf, type NodeState, type Proposal, type Speech } from "@eunomia/hetero-paxos";
import { membersOf, signedEntry } from "@eunomia/hetero-paxos/examine";
import { graphOf } from "../protocols/hetero-paxos/graphs.ts";
import { type HeteroShape, heteroPart, type Part, sealScheme } from "../protocols/hetero-paxos/parts.ts";
import { bytesOf } from "../protocols/values.ts";
import type { Change } from "./mutant.ts";

export const shapeOf = (graph: string, more: Partial<HeteroShape> = {}): HeteroShape => ({
  graph: graphOf(graph, 0),
  proposers: 2,
  learners: 1,
  tickMs: 0,
  retryMs: 100,
  ...more,
});

export type Heard = Event<EngineTypes>;
export type Body = { readonly kind: string; readonly number?: number };

/** One process that is driven by hand. */
export class Player {
  readonly #part: Part;
  readonly #state: unknown;
  /** All that it ever put out. */
  readonly outputs: { readonly kind: string; readonly [field: string]: unknown }[] = [];

  constructor(shape: HeteroShape, self: string, change: Change = (engine) => engine) {
    const { engine, config } = heteroPart(shape, self);
    this.#part = { engine: change(engine), config };
    this.#state = this.#part.engine.init(config as never);
    this.take({ kind: "start", records: [] });
  }

  get engine(): AnyEngine {
    return this.#part.engine;
  }

  slot() {
    return mapGet((this.#state as NodeState).slots, 1)!;
  }

  get config() {
    return this.#part.config;
  }

  take(event: Heard): readonly Effect<EngineTypes>[] {
    const { engine, config } = this.#part;
    const { effects } = step(engine, config as never, this.#state as never, event as never);
    for (const effect of effects) if (effect.kind === "output") this.outputs.push(effect.output as never);
    return effects;
  }

  /** Hears messages one after the other. @returns what it says to them under its own name */
  hear(...messages: readonly unknown[]): Speech[] {
    return messages.flatMap((message) =>
      this.take({ kind: "message", from: "somebody", message } as never).flatMap((effect) => {
        const said = effect.kind === "send" ? (effect.message as Speech) : null;
        return said !== null && (said.kind === "1b" || said.kind === "2a") ? [said] : [];
      }),
    );
  }

  /** Learners for whom its latest message, a 1b, is fresh. */
  freshFor(): string[] {
    const slot = this.slot();
    const entry = signedEntry(slot.known, slot.prev!);
    const { learners } = this.#part.config;
    return entry?.kind === "1b" ? membersOf(entry.freshFor).map((a) => learners[a]!) : [];
  }

  told(kind: string): boolean {
    return this.outputs.some((output) => output.kind === kind);
  }
}

export const opening = (shape: HeteroShape, number: number, value: string, slot = 1): Proposal => {
  const { config } = heteroPart(shape, shape.graph.acceptors[0]!);
  return { kind: "1a", instance: { law: lawOf(sealScheme, config), slot }, number, value: bytesOf(value) };
};
