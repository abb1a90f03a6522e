import type { ClientMessage } from "@eunomia/aneris-switch/messages";
import type { NodeId, Random } from "@eunomia/engine";
import type { Ticket } from "./queue.ts";
import type { RetryLimits } from "./round-trip.ts";

export interface SessionOptions extends RetryLimits {
  /** Processes of gateways, in order of preference. */
  readonly gateways: readonly NodeId[];
  /** An id from the cluster's configuration; null: the session registers itself. */
  readonly clientId: number | null;
  /** Number of the first command. */
  readonly firstSeq: number;
  /** Most commands without an answer. */
  readonly window: number;
  readonly maxFrameBytes: number;
  /** Most commands in one request. */
  readonly maxBatch: number;
  /** For nonces and jitter. */
  readonly random: Random;
}

/** Where a session writes to. Called from inside its inputs, in order. */
export interface SessionSink {
  send(to: readonly NodeId[], message: ClientMessage): void;
  /** Commands `seq` … `seq + count - 1` stand at `index` … of `slot`. Their tickets can still be read with `ticketOf`. */
  settled(seq: number, count: number, slot: number, index: number): void;
  /** Nobody will tell. The session is lost for the reasons `session` and `too large`; then every command ends so. */
  unsettled(ticket: Ticket, reason: "cancelled" | "closed" | "session" | "too large"): void;
  /** A peer's bad data, by reason. */
  ignored(reason: string): void;
}
