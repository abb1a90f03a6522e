import type { Fired } from "./step.ts";
import type { Effect, EngineTypes, Event, NodeId } from "./types.ts";

/** What every step leaves behind: feeds scripts, monitors, replay and the explorer. */
export interface TraceLine<T extends EngineTypes = EngineTypes> {
  /** Milliseconds on the clock of the node (virtual in simulation). */
  readonly at: number;
  readonly node: NodeId;
  readonly engine: string;
  /** The instance of the engine, e.g. its epoch. */
  readonly instance: string;
  readonly event: Event<T>;
  readonly fired: readonly Fired[];
  readonly effects: readonly Effect<T>[];
}
