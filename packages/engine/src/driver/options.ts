import type { Authenticator, Clock, Journal, Random, Transport } from "../doors.ts";
import type { TraceLine } from "../trace.ts";
import type { NodeId } from "../types.ts";
import type { Address } from "./packet.ts";

/** What the driver stands on. All of it is injected: the loop runs on real ports and in simulation alike. */
export interface Ports {
  readonly transport: Transport;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
  readonly authenticator: Authenticator;
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
  /** A frame to a peer is closed at this size. Default 1 MiB. */
  readonly maxFrameBytes?: number;
  /** The journal is rewritten from the engines' `compact` once it has grown by this much. Default 256 MiB. */
  readonly compactAboveBytes?: number;
}
