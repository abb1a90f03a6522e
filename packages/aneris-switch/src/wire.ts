/**
 * What travels between clients, gateways and replicas: entries, batches, and the messages around them. Shared with client
 * libraries, so nothing here knows the replica.
 */
import { bytes, type Infer, id, list, nat, nullable, record, text, variant } from "@eunomia/codec";

/** Client ids below this are static: listed in the configuration instead of registered. */
export const firstRegisteredClient = 65_536;
/** A registered client's id is `slot * entriesPerSlotMax + index` of its registration, so it is never used twice. */
export const entriesPerSlotMax = 65_536;

/** Longest name of a session's owner, in characters. */
export const ownerMax = 128;

/** How a swap takes effect: `cut` at the next slot, `window` after the pipeline has drained (aneris 5.6). */
export const Mode = variant({ cut: record({}), window: record({}) });
export type Mode = Infer<typeof Mode>;

/** A protocol of the cluster's registry; `params` are the protocol's own, opaque here. */
export const ProtocolSpec = record({ name: text(64), params: bytes(65_536) });
export type ProtocolSpec = Infer<typeof ProtocolSpec>;

/** One node of a cluster: its replica, and what others must know to reach and recognise it, opaque here. */
export const Member = record({ replica: id("process"), info: bytes(4096) });
export type Member = Infer<typeof Member>;

/** Who takes part in an epoch. The order counts: protocols number their processes by it. `f` members may be down at once. */
export const Membership = record({ members: list(Member, 64), f: nat() });
export type Membership = Infer<typeof Membership>;

/** Members of which nothing has to be known but the names of their replicas. */
export const membershipOf = (replicas: readonly string[], f: number): Membership => ({
  members: replicas.map((replica) => ({ replica, info: new Uint8Array() })),
  f,
});

/** Who may sign control commands: `threshold` of these principals. Keys are Ed25519, 32 bytes. */
export const Controllers = record({
  threshold: nat(1024),
  principals: list(record({ id: text(128), key: bytes(64) }), 1024),
});
export type Controllers = Infer<typeof Controllers>;

/** What a control command does. */
export const Operation = variant({
  swap: record({ protocol: ProtocolSpec }),
  /** Other members from the same slot on as another protocol would be; the protocol may be another one too. */
  reconfigure: record({ protocol: ProtocolSpec, membership: Membership }),
  keys: record({ controllers: Controllers }),
  mode: record({ mode: Mode }),
});
export type Operation = Infer<typeof Operation>;

/** A delivered slot as subscribers and lagging replicas get it: `vector` is the canonical batch of what was executed. */
export const DeliveredSlot = record({
  slot: nat(),
  epoch: nat(),
  vector: bytes(),
  /** Hash chain over all slots up to this one, 32 bytes. */
  chain: bytes(64),
});
export type DeliveredSlot = Infer<typeof DeliveredSlot>;

/** Commands of one client, executed one after the other in one slot: seq … seq + count - 1 at index … index + count - 1. */
export const Run = record({ client: nat(), seq: nat(), count: nat(), slot: nat(), index: nat() });
export type Run = Infer<typeof Run>;

/**
 * What a read beside the order must see (aneris 5.10).
 *
 * - `linearizable`: every write that was complete before the read was asked for, and so the writes of everybody.
 * - `session`: every slot up to this one, e.g. that of one's own last receipt. Needs no other node.
 * - `stale`: every write that was complete `maxBehindMs` before the node answers, by the node's own clock.
 */
export const ReadLevel = variant({
  linearizable: record({}),
  session: record({ slot: nat() }),
  stale: record({ maxBehindMs: nat() }),
});
export type ReadLevel = Infer<typeof ReadLevel>;

/** Longest query, in bytes. */
export const queryBytesMax = 65_536;
/** Longest answer to one, in bytes. */
export const answerBytesMax = 1 << 20;

/** What clients and subscribers exchange with the gateway of a node; the first six go to the gateway. */
export const ClientMessage = variant({
  /** Opens a session; answered by `registered` with the same nonce once the registration is delivered. */
  register: record({ nonce: bytes(32) }),
  /** A canonical batch: commands of `client`, or control commands (then `client` does not matter). */
  request: record({ client: nat(), batch: bytes() }),
  /** Sends slots from `next` on, at most about `creditBytes` before more credit comes. Also moves a running subscription. */
  subscribe: record({ next: nat(), creditBytes: nat() }),
  credit: record({ bytes: nat() }),
  ask: record({ nonce: nat() }),
  /** Reads the application's state; answered by `answer` or `unanswered` with the same nonce. */
  query: record({ nonce: nat(), level: ReadLevel, body: bytes(queryBytesMax) }),

  registered: record({ nonce: bytes(32), client: nat(), slot: nat() }),
  reply: record({ runs: list(Run) }),
  /** Not taken, and why: `session`, `window`, `busy`, `too large`, `malformed`. */
  rejected: record({ client: nat(), seq: nat(), reason: text(64) }),
  /** The fate of control command `n`: the slot where it took effect, or why it did not. */
  controlled: record({ n: nat(), slot: nullable(nat()), reason: text(128) }),
  /** What the application says after `slot`. */
  answer: record({ nonce: nat(), slot: nat(), body: bytes(answerBytesMax) }),
  /** Nothing was read here, and why: `no application`, `not a member`, `busy`, `too large`. */
  unanswered: record({ nonce: nat(), reason: text(64) }),
  delivered: record({ slots: list(DeliveredSlot) }),
  /** The subscription is over: this node holds slots from `first` on only. Others may hold earlier ones. */
  trimmed: record({ first: nat() }),
  status: record({
    nonce: nat(),
    delivered: nat(),
    epoch: nat(),
    protocol: text(64),
    nextControl: nat(),
    chain: bytes(64),
    subscribers: nat(),
  }),
});
export type ClientMessage = Infer<typeof ClientMessage>;
