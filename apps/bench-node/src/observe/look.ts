import type { NodeAddress } from "../node/config.ts";

/** What a node says of itself at one moment: the document behind `/status.json`. All numbers are counts unless a unit says more. */
export interface NodeLook {
  readonly node: string;
  readonly cluster: string;
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly at: number;
  /** Why the node is not ready to serve; empty when it is. */
  readonly unready: readonly string[];
  /** Last slot that was delivered here and rests on durable records. */
  readonly delivered: number;
  readonly epoch: number;
  readonly protocol: string;
  /** The node whose replica proposes with least effort, if the protocol names one. */
  readonly leader: string | null;
  /** Of the epoch in force, with where peers and clients reach them. */
  readonly members: readonly NodeAddress[];
  /** Nodes that were members and are not any more: their names are never used again. */
  readonly retired: readonly string[];
  /** So many of them may be down at once. */
  readonly f: number;
  /** The number that the next control command must have. */
  readonly nextControl: number;
  readonly log: { readonly first: number; readonly last: number; readonly durable: number };
  /** Slots of the whole snapshots that this node has, ascending. */
  readonly snapshots: readonly number[];
  /** Entries that wait for a slot, slots that this node proposed in, decisions that wait for an earlier slot. */
  readonly queue: { readonly waiting: number; readonly proposed: number; readonly parked: number };
  readonly peers: readonly PeerLook[];
  readonly clients: number;
  readonly subscribers: number;
  /** The last control commands that took effect, newest first. */
  readonly controls: readonly { readonly slot: number; readonly n: number; readonly what: string }[];
  /** What was ignored, by reason, since the start. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly alarms: readonly { readonly at: number; readonly slot: number; readonly reason: string }[];
  /** When this node's certificate ends, milliseconds since 1970; null without TLS. */
  readonly certificateUntil: number | null;
  readonly residentBytes: number;
  readonly cpuSeconds: number;
  /** The last two minutes, second by second, oldest first. */
  readonly course: readonly Second[];
}

export interface PeerLook {
  readonly node: string;
  /** It is linked, and has said something of late. */
  readonly connected: boolean;
  /** What it last said of itself. */
  readonly delivered: number;
  readonly stable: number;
  /** Slots that it is behind this node. */
  readonly behind: number;
}

/** One second of a node. Latencies are from proposing a slot to its delivery here, in milliseconds; null: none. */
export interface Second {
  readonly at: number;
  readonly slots: number;
  readonly commands: number;
  readonly p50: number | null;
  readonly p99: number | null;
}
