import {
  bool,
  bytes,
  type Infer,
  id,
  list,
  nat,
  nullable,
  record,
  type Schema,
  sortedMap,
  sortedSet,
  text,
  variant,
} from "@eunomia/codec";
import {
  Controllers,
  DeliveredSlot,
  Member,
  Membership,
  Mode,
  Operation,
  ownerMax,
  ProtocolSpec,
  Run,
} from "./wire.ts";

const process: Schema<string> = id("process");

export const ReplicaConfig = record({
  cluster: text(128),
  self: process,
  /** The members of the first epoch: the same for ever at every replica, also at those that join later. */
  membership: Membership,
  /** Replicas outside of it that this one learns from: members at the time at which it joins. */
  contacts: list(process),
  /** Slots that may be open at once (α, at least 1). */
  alpha: nat(),
  maxBatch: nat(),
  maxBatchBytes: nat(),
  /** How far a session may run ahead of its oldest unexecuted command (W). */
  sessionWindow: nat(),
  mode: Mode,
  initial: ProtocolSpec,
  controllers: Controllers,
  /** Client ids below this (at most `firstRegisteredClient`) need no registration. */
  staticClients: nat(),
  /** Execute the commands of a session in the order of their numbers only. */
  fifo: bool(),
  /** Slots between two control commands that take effect. */
  controlGap: nat(),
  /** A registered session that executes nothing for so many slots expires. */
  sessionTtlSlots: nat(),
  tickMs: nat(),
  /** Ticks after which a waiting entry goes to all other replicas. */
  forwardTicks: nat(),
  /** Ticks after which a replica that is not on duty proposes by itself. */
  backupTicks: nat(),
  /** Ticks without progress, though later slots are known, after which a gap is filled and peers are asked. */
  gapTicks: nat(),
  maxPending: nat(),
  /**
   * Slots beyond the next one for which decisions are kept. A protocol reports a decision once, so this must not be less than
   * what it may report ahead of the last `trim`.
   */
  maxAhead: nat(),
  catchUpBytes: nat(),
  /** A checkpoint follows every slot that is a multiple of this, and … */
  checkpointSlots: nat(),
  /** … every slot with which the vectors since the last one have come to so many bytes. Both the same at every replica. */
  checkpointBytes: nat(),
  /** Replicas take turns in proposing, so many slots each, where the protocol names nobody; 0: everybody proposes at once. */
  dutySpan: nat(),
});
export type ReplicaConfig = Infer<typeof ReplicaConfig>;

export const Session = record({
  /** All numbers up to this one are executed. */
  low: nat(),
  /** Executed numbers above `low`. */
  done: sortedSet(nat()),
  lastSlot: nat(),
  /** Where executed commands that the client has not acknowledged stand. */
  runs: list(Run),
  /** Who may use it: only requests under this name are taken in. */
  owner: text(ownerMax),
});
export type Session = Infer<typeof Session>;

export const Epoch = record({ id: nat(), from: nat(), protocol: ProtocolSpec, membership: Membership });
export type Epoch = Infer<typeof Epoch>;

/** What every replica has in common after the same slots; a checkpoint is this. */
const agreed = {
  /** Next slot to deliver. */
  slotOut: nat(),
  /** Ascending; the first one is the oldest whose processes are still needed somewhere. */
  epochs: list(Epoch),
  /** Every replica that was a member and is none of the last epoch: none of them may be one again. */
  retired: sortedSet(process),
  mode: Mode,
  controllers: Controllers,
  nextControl: nat(),
  /** Slot of the last control command that took effect; 0: none. */
  lastChange: nat(),
  chain: bytes(64),
  sessions: sortedMap(nat(), Session),
  /** Bytes of slots since the last checkpoint. */
  unsavedBytes: nat(),
};
/** What every replica has in common after the same slot: what a snapshot begins with. */
export const Checkpoint = record(agreed);
export type Checkpoint = Infer<typeof Checkpoint>;

/** An entry that waits for a slot. `client` and `seq` are 0 and the control number for controls, 0 for registrations. */
export const Pending = record({
  kind: nat(2),
  client: nat(),
  seq: nat(),
  bytes: bytes(),
  /** Ticks waited, and slots lost to other batches. */
  age: nat(),
});
export type Pending = Infer<typeof Pending>;

/**
 * How far a replica is: its last slot, its last durable one, and `held`: all slots before that epoch are known to be durable at
 * f + 1 of its members, or of those of a later one.
 */
const head = { delivered: nat(), stable: nat(), held: nat() };

export const ReplicaState = record({
  ...agreed,
  /** Next slot to propose in. */
  slotIn: nat(),
  /** Idle slots up to this one are filled with empty batches, so that a window swap takes effect without traffic. */
  flushTo: nat(),
  pending: list(Pending),
  /** Highest number taken in from each client: a lower one may be queued already. */
  offered: sortedMap(nat(), nat()),
  inflight: sortedMap(nat(), record({ epoch: nat(), entries: list(Pending) })),
  /** Decided and not yet delivered. */
  known: sortedMap(nat(), list(record({ epoch: nat(), value: bytes() }))),
  highestSeen: nat(),
  /** Durable in this replica's own log. */
  stable: nat(),
  peers: sortedMap(process, record({ ...head, silentTicks: nat() })),
  /** The replica that proposes with least effort in the current epoch, if the protocol names one. */
  duty: nullable(process),
  stuckTicks: nat(),
  lastSlotOut: nat(),
  ticks: nat(),
  /** All slots before this epoch are known to be held by those who must (see `head`). A snapshot says nothing about that. */
  held: nat(),
  /** It was said that this replica is needed no more. */
  left: bool(),
  /**
   * Reads that are open, by their nonces (aneris 5.10). In `epoch`, one question stands for all of `asked`, none if that is empty;
   * those in `waiting` came after it. What is `behind` was answered: it is readable once its slot is delivered here.
   */
  reads: record({
    epoch: nat(),
    waiting: list(nat()),
    asked: list(nat()),
    behind: list(record({ slot: nat(), nonces: list(nat()) })),
  }),
});
export type ReplicaState = Infer<typeof ReplicaState>;

export const ReplicaCommand = variant({
  /** A canonical batch from somebody who may speak for all clients in it. */
  submit: record({ batch: bytes() }),
  /** A canonical batch of a client's, which `process` has sent: only what belongs to `owner` is taken in. */
  request: record({ client: nat(), owner: text(ownerMax), process, batch: bytes() }),
  decided: record({ epoch: nat(), slot: nat(), value: bytes() }),
  trimmed: record({ epoch: nat(), floor: nat() }),
  /** The replica that proposes with least effort, as the protocol of the epoch sees it. */
  duty: record({ epoch: nat(), replica: nullable(process) }),
  /**
   * A read that must see every write which was complete before now. `nonce` must never have been used before, in no life of this
   * process; the output `readable` or `unreadable` names it.
   */
  readIndex: record({ nonce: nat() }),
  /** The answer to a `highest` output. */
  highest: record({ epoch: nat(), nonce: nat(), slot: nat() }),
  /** This replica's own log is durable up to `slot`. */
  stable: record({ slot: nat() }),
  /** The answer to a `read` output. */
  serve: record({ to: process, last: nat(), slots: list(DeliveredSlot) }),
  /** A durable snapshot of another replica, to go on from if this one is not as far. */
  install: record({ checkpoint: Checkpoint }),
});
export type ReplicaCommand = Infer<typeof ReplicaCommand>;

export const ReplicaMessage = variant({
  /** Entries that wait here for too long, or for somebody on duty. */
  forward: record({ batch: bytes() }),
  head: record(head),
  /** To one that was removed: it is no member from slot `from` on, and nobody needs it. It need not learn what came before. */
  dismissed: record({ from: nat() }),
  get: record({ from: nat() }),
  log: record({ last: nat(), slots: list(DeliveredSlot) }),
});
export type ReplicaMessage = Infer<typeof ReplicaMessage>;

/** What a replica writes down: every slot that it delivers, and from time to time its whole state. */
export const ReplicaRecord = variant({ delivered: DeliveredSlot, checkpoint: Checkpoint });
export type ReplicaRecord = Infer<typeof ReplicaRecord>;

/** One slot as the replica delivers it. */
export const Delivery = record({
  slot: nat(),
  epoch: nat(),
  protocol: text(64),
  vector: bytes(),
  /** Entries in the vector. */
  count: nat(),
  runs: list(Run),
  registered: list(record({ nonce: bytes(32), client: nat(), owner: text(ownerMax) })),
  controls: list(record({ n: nat(), operation: Operation })),
  chain: bytes(64),
});
export type Delivery = Infer<typeof Delivery>;

/** Where a replica stands. */
const standing = { delivered: nat(), epoch: nat(), protocol: text(64), nextControl: nat(), chain: bytes(64) };

export const ReplicaOutput = variant({
  /** To the consensus instance of `epoch`. */
  propose: record({ epoch: nat(), slot: nat(), value: bytes() }),
  trim: record({ epoch: nat(), slot: nat() }),
  /** To the consensus instance of `epoch`: how far have writes come? */
  highest: record({ epoch: nat(), nonce: nat() }),
  /** What these reads must see was delivered, up to `slot`. */
  readable: record({ nonces: list(nat()), slot: nat() }),
  /** They were given up, and why: `not a member`, `busy`. Another replica may serve them. */
  unreadable: record({ nonces: list(nat()), reason: text(64) }),
  deliver: Delivery,
  /** Executed earlier; a client asked again. */
  reply: Run,
  /** A slot of the log that was executed again at the start. */
  replayed: Delivery,
  /** Where the log stood when the replica started. */
  restored: record(standing),
  /** The replica has gone on from a snapshot: nothing of the slots up to `delivered` is delivered here any more. */
  installed: record(standing),
  /** What every replica has in common after slot `slotOut - 1`, which was delivered just before. */
  checkpoint: Checkpoint,
  rejected: record({ client: nat(), seq: nat(), reason: text(64) }),
  controlRejected: record({ n: nat(), reason: text(128) }),
  /** The process may speak for this client: replies go there from now on. */
  attached: record({ client: nat(), process }),
  /** The process spoke for a client that is another's; nothing of it was taken in. */
  foreign: record({ client: nat(), seq: nat(), process }),
  /** Wants delivered slots from this replica's own log, answered by the command `serve`. */
  read: record({ to: process, from: nat(), maxBytes: nat() }),
  /**
   * The processes of this epoch, and of all before it, are needed no more. May name one that this life knows nothing of: an earlier
   * one may have left records of it.
   */
  retire: record({ epoch: nat() }),
  /** With whom this replica speaks from now on: the members of all epochs that are not over. */
  peers: record({ members: list(Member) }),
  /** This replica is no member from slot `from` on, and enough members hold all before it: the node may end. */
  removed: record({ from: nat() }),
  /** Two processes disagree about a slot: an operator must look. Nothing was changed. */
  alarm: record({ slot: nat(), reason: text(128) }),
});
export type ReplicaOutput = Infer<typeof ReplicaOutput>;

/** The types of the replica as an engine. */
export interface ReplicaTypes {
  Config: ReplicaConfig;
  State: ReplicaState;
  Command: ReplicaCommand;
  Message: ReplicaMessage;
  Timer: "tick";
  Record: ReplicaRecord;
  Output: ReplicaOutput;
}

/** What the replica cannot do by itself: injected, so that the package stays pure and hosts may use native code. */
export interface ReplicaOracles {
  sha256(bytes: Uint8Array): Uint8Array;
  /** One strict verification rule everywhere; never throws. */
  verify(publicKey: Uint8Array, domain: string, bytes: Uint8Array, signature: Uint8Array): boolean;
  /** Null if the registry knows the protocol and its parameters are right for these members, else the reason. */
  validate(protocol: ProtocolSpec, membership: Membership): string | null;
}
