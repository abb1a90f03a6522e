import type { SnapshotManifest } from "./snapshot.ts";
import type { AnyEngine, NodeId } from "./types.ts";

/** Counts one vote. Plain counting belongs here and nowhere else: a protocol never counts heads. */
export interface QuorumTracker {
  /** True if this call changed the answer to won. A node counts once. */
  add(node: NodeId): boolean;
  /** The node will not answer. True if this call changed the answer to lost. */
  refuse(node: NodeId): boolean;
  readonly answer: "won" | "lost" | "pending";
  /** A cheapest set of nodes that would win; empty when won or lost. */
  missing(): readonly NodeId[];
  reset(): void;
}

/** An upward closed family of node sets. */
export interface QuorumSystem {
  /** Every node that can matter, in ascending order. */
  readonly members: readonly NodeId[];
  /** Does the set contain a quorum? Nodes outside `members` and repetitions count for nothing. */
  has(set: Iterable<NodeId>): boolean;
  tracker(): QuorumTracker;
}

/** A learner is a class of assumptions, not a machine: any number of processes can act for one. */
export type LearnerId = string;

/**
 * Who must agree with whom, for a protocol with several learners. Labels are closed: if a must agree with b, and b with
 * c, then a with c. Everything here is monotone in the sets that are asked for.
 */
export interface LearnerGraph {
  /** Every node that can matter, in ascending order. */
  readonly acceptors: readonly NodeId[];
  /** In ascending order. */
  readonly learners: readonly LearnerId[];
  /** Does the set contain a quorum of the learner? Nodes that are no acceptors count for nothing. */
  isQuorum(learner: LearnerId, set: Iterable<NodeId>): boolean;
  /** Must the two agree if everybody in `safe` keeps to the protocol? With a learner twice: must it agree with itself? */
  isSafeSet(a: LearnerId, b: LearnerId, safe: Iterable<NodeId>): boolean;
  /**
   * Who must still agree with whom when the acceptors in `caught` have been seen to depart from the protocol. Groups and
   * their members in ascending order; learners that need not even agree with themselves are in no group.
   */
  connected(caught: Iterable<NodeId>): readonly (readonly LearnerId[])[];
}

/** Carries bytes. May lose, repeat, delay and reorder them; must not alter or invent them. */
export interface Transport {
  readonly self: NodeId;
  /** Never waits, never throws because of a peer. False: dropped here (no such peer, or the queue to it is full). */
  send(to: NodeId, bytes: Uint8Array): boolean;
  /** Has what was sent leave now rather than at the end of this turn: before something that blocks, such as a disk. */
  flush?(): void;
  /** `claimedFrom` is what the peer says of itself; only an `Authenticator` makes a sender of it. One listener. */
  listen(receive: (claimedFrom: NodeId, bytes: Uint8Array) => void): void;
  close(): Promise<void>;
}

export type Opened =
  | {
      readonly ok: true;
      readonly from: NodeId;
      readonly bytes: Uint8Array;
      readonly convinces: "receiver" | "anyone";
    }
  /** `reason` is a short constant text that an operator can count by, e.g. `mac: unknown sender`. */
  | { readonly ok: false; readonly reason: string };

/** Makes a sender of bytes. `seal` and `open` are synchronous; `open` never throws, whatever the bytes. */
export interface Authenticator {
  readonly self: NodeId;
  /**
   * A sealed packet for one peer. Pieces are sealed as the bytes they make end to end. Throws a typed error only for an
   * unknown audience (a caller's mistake).
   */
  seal(audience: NodeId, bytes: Uint8Array | readonly Uint8Array[]): Uint8Array;
  open(sealed: Uint8Array): Opened;
}

/** What `replay` found. *Absent* and *unreadable* are different answers: only `absent` may start fresh. */
export type Replay =
  | { readonly kind: "absent" }
  /** `tornBytes` > 0: an unfinished write at the very end was cut off. */
  | { readonly kind: "records"; readonly records: readonly Uint8Array[]; readonly tornBytes: number }
  | { readonly kind: "unreadable"; readonly file: string; readonly offset: number; readonly reason: string };

/** A sequence of records that survives crashes. Positions grow by one per record. */
export interface Journal {
  /** Once, before anything else. */
  replay(): Replay;
  /** Buffers the records in order; answers the position after the last one. Not durable before `sync`. */
  append(records: readonly Uint8Array[]): number;
  /** The same for records in pieces, where it saves a copy. The pieces are copied before it returns. */
  appendPieces?(records: readonly (readonly Uint8Array[])[]): number;
  /**
   * Makes everything appended before the call durable and answers the durable position: at once when the sync ran on this
   * thread, as a promise otherwise. Rejects (or throws) once the disk has failed: from then on nothing is durable any more.
   */
  sync(): number | Promise<number>;
  /** Replaces everything before by `records`, durably; what was appended before may then be dropped. */
  snapshot(records: readonly Uint8Array[]): void;
  /** Bytes written since the last snapshot. */
  readonly sizeBytes: number;
  close(): Promise<void>;
}

/** A clock that only runs forward. */
export interface Clock {
  /** Milliseconds since some moment, with fractions. */
  now(): number;
  /**
   * Calls back once after `delayMs`; the answer cancels.
   *
   * @param name what it is for, to tell it apart from others: a clock need not listen to it.
   */
  after(delayMs: number, callback: () => void, name?: string): () => void;
}

/** Uniform integers, 0 to 2^32 - 1. */
export interface Random {
  next(): number;
}

/**
 * All that ordered broadcast knows of a consensus protocol. One instance per epoch; the host adds the epoch on the way.
 * Values are opaque bytes; a slot decides one of the proposed values, the same at every process.
 */
export type ConsensusCommand =
  | { readonly kind: "propose"; readonly slot: number; readonly value: Uint8Array }
  /** Slots up to this one are finished here for good: no state about them is needed any more. */
  | { readonly kind: "trim"; readonly slot: number }
  /**
   * Asks how far writes have come in this epoch. `nonce` must never have been used before, in no life of this process: late
   * answers to an earlier question must not count. A later question takes the place of one that is open.
   */
  | { readonly kind: "highest"; readonly nonce: number };

export type ConsensusOutput =
  | { readonly kind: "decided"; readonly slot: number; readonly value: Uint8Array }
  /** The protocol has forgotten the slots up to `floor`: learn them from another replica. */
  | { readonly kind: "trimmed"; readonly floor: number }
  /** Who proposes with least effort just now; null: anybody. A hint, never needed for safety. */
  | { readonly kind: "duty"; readonly process: NodeId | null }
  /** The answer of a read quorum: every slot that was decided before the question was asked is at most `slot`. */
  | { readonly kind: "highest"; readonly nonce: number; readonly slot: number };

/** One epoch of a consensus protocol: its parameters, and the nodes that run it. */
export interface EpochPlan {
  /** The protocol's own; the empty bytes always mean something sensible. */
  readonly params: Uint8Array;
  /** In an order that is the same at all of them. */
  readonly nodes: readonly NodeId[];
  /** What the order says of each of them, in the same order: opaque here, such as an address and a key. Left out: nothing. */
  readonly infos?: readonly Uint8Array[];
  /** How many of them may be down at once. */
  readonly f: number;
}

/** A plan that is carried out. */
export interface Epoch extends EpochPlan {
  /**
   * Its number: no two epochs of a cluster have the same, though all else may be equal. Whoever signs puts it under the signature,
   * beside the name of the cluster: what is said in one epoch must not count in another.
   */
  readonly epoch: number;
  /** The first slot. */
  readonly from: number;
}

/** What a node runs of a consensus protocol in one epoch. */
export interface EpochProcesses {
  /** The process that speaks the `Consensus` door for the replica of this node. */
  readonly learner: NodeId;
  /** The node whose replica proposes for all while the protocol names nobody. A hint. Left out: every replica proposes. */
  readonly duty?: NodeId;
  readonly processes: readonly {
    readonly process: NodeId;
    readonly engine: AnyEngine;
    readonly config: unknown;
  }[];
}

/** An entry of a broadcast's registry: all that has to be known of a protocol to run it in an epoch. */
export interface ConsensusBinding {
  /** Null if the parameters are consistent and right for these nodes, else the reason: the same answer at every node. */
  validate(plan: EpochPlan): string | null;
  /** The engines of this node, one of those in the plan. The plan was found valid. */
  epoch(epoch: Epoch): EpochProcesses;
}

/**
 * The delivered slots of one replica in order, readable by slot: what subscribers and lagging replicas are served from. It
 * holds the slots from `first` to `last`; earlier ones were let go of.
 */
export interface SlotLog {
  /** Once, before anything else. `last` is 0 for an empty log. */
  open():
    | { readonly kind: "absent" }
    | { readonly kind: "log"; readonly last: number; readonly tornBytes: number }
    | {
        readonly kind: "unreadable";
        readonly file: string;
        readonly offset: number;
        readonly reason: string;
      };
  /** `slot` must be the last one plus one. Buffered; never waits for the disk. */
  append(slot: number, bytes: Uint8Array): void;
  /** Makes everything appended before the call durable; answers the last durable slot. */
  sync(): Promise<number>;
  /**
   * Entries from slot `from` on, until `maxBytes` is passed (at least one entry, if there is one). Sees unsynced entries too.
   * Empty where `from` lies before `first`: whoever needs that slot takes a snapshot.
   */
  read(from: number, maxBytes: number): readonly { readonly slot: number; readonly bytes: Uint8Array }[];
  /** The oldest slot that can be read; `last + 1` while there is none. */
  readonly first: number;
  readonly last: number;
  /** Slots below `below` are not needed any more; some may stay until later. */
  truncate(below: number): void;
  /** Forgets all entries, durable ones too; the next slot is `next`. Durable with the next `sync`: until then all may be there. */
  reset(next: number): void;
  close(): Promise<void>;
}

/** What a chunk of a snapshot is. `ok: false`: its digest is not that of the manifest, or there is no such chunk. */
export type SnapshotChunk =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: string };

/** Where a snapshot is put together from chunks of peers. It outlives crashes: begun again, it has what it had. */
export interface SnapshotIntake {
  readonly manifest: SnapshotManifest;
  /** Indices of the chunks that are not there yet, ascending. */
  missing(): readonly number[];
  /** False: this is not the chunk that the manifest names. It was not taken. */
  put(index: number, bytes: Uint8Array): boolean;
  /** Makes the snapshot durable, and one of the store. Rejects while chunks are missing. */
  finish(): Promise<void>;
}

/** Snapshots of one node, by slot. What was written is there whole or not at all, and damage is told by digest. */
export interface SnapshotStore {
  /** Once, before anything else. Snapshots that cannot be used (damaged, of another cluster) are named, and left as they are. */
  open(): { readonly unusable: readonly { readonly file: string; readonly reason: string }[] };
  /** The slots of all usable snapshots, ascending. */
  readonly slots: readonly number[];
  manifest(slot: number): SnapshotManifest | null;
  /** One chunk, checked against its digest. */
  chunk(slot: number, index: number): SnapshotChunk;
  /**
   * Makes a snapshot of the bytes of all pieces, end to end, durable; one of the same slot is replaced. Pieces are fetched over
   * later turns. One at a time. Rejects when the disk fails or is full; the store goes on with the snapshots that it had.
   */
  write(slot: number, pieces: Iterable<Uint8Array>): Promise<SnapshotManifest>;
  /**
   * Begins to take in a snapshot, or goes on with one of the same root; another one that was begun is forgotten.
   * Rejects with `code` `foreign` when the manifest is of another cluster or does not hold together.
   */
  begin(manifest: SnapshotManifest): Promise<SnapshotIntake>;
  /** Forgets all snapshots of slots below `below`. */
  drop(below: number): void;
  close(): Promise<void>;
}
