import type { Authenticator, Clock, Journal, Random, Transport } from "../doors.ts";
import type { Step } from "../step.ts";
import type { TraceLine } from "../trace.ts";
import type { AnyEngine, EngineTypes, Event, NodeId } from "../types.ts";
import type { Address, Parcel } from "./packet.ts";

/** Carries messages as values: a transport of one address space, as a simulation has it. */
export interface Wire {
  /** As `Transport.send`: never waits. False: dropped here. Nobody changes the message any more. */
  send(node: NodeId, parcel: Parcel): boolean;
  /** One listener. The sender of a parcel is who it says. */
  listen(receive: (parcel: Parcel) => void): void;
}

/** What the driver stands on. All of it is injected: the loop runs on real ports and in simulation alike. */
export interface Ports {
  readonly transport: Transport;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
  readonly authenticator: Authenticator;
  /** Takes the place of transport and authenticator between nodes; what was to leave when stays as it is. */
  readonly wire?: Wire;
  /** Runs the callback soon, after whatever else has already arrived: work of one tick is done together. */
  defer(callback: () => void): void;
}

export interface DriverOptions {
  /** The node that runs a process; null for a process outside the directory (a client), which is its own node. */
  nodeOf(process: NodeId): NodeId | null;
  /** Takes an output at once, in order. Whatever must not leave before it is durable goes through `afterDurable`. */
  onOutput(from: Address, output: unknown): void;
  /** Keeps a record elsewhere than in the journal; true if it did. Only for records that can be learned again from peers. */
  keepRecord?(from: Address, record: unknown): boolean;
  /** Takes a `spawn` effect: starts what belongs to this node through `Driver.spawn`. */
  onSpawn(from: Address, engine: string, key: string, config: unknown): void;
  /** The node cannot go on: a bug of an engine or a failed disk. The driver has stopped. */
  onFault(error: Error): void;
  /** Every step, if wanted. */
  onTrace?(line: TraceLine): void;
  /** Takes the place of `step`: whoever hosts engines to examine them may look at each step, or take it twice. */
  step?(
    address: Address,
    engine: AnyEngine,
    config: unknown,
    state: unknown,
    event: Event<EngineTypes>,
  ): Step<EngineTypes>;
  /** A frame to a peer is closed at this size. Default 1 MiB. */
  readonly maxFrameBytes?: number;
  /** The journal is rewritten from the engines' `compact` once it has grown by this much. Default 256 MiB. */
  readonly compactAboveBytes?: number;
}
