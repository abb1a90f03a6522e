import {
  bool,
  bytes,
  type Infer,
  id,
  list,
  nat,
  record,
  type Schema,
  sortedMap,
  text,
  variant,
} from "@eunomia/codec";
import { Delivery } from "./state.ts";
import {
  answerBytesMax,
  type ClientMessage,
  DeliveredSlot,
  ownerMax,
  queryBytesMax,
  ReadLevel,
  Run,
} from "./wire.ts";

const process: Schema<string> = id("process");

export const GatewayConfig = record({
  self: process,
  /** More subscribers than this are refused. */
  maxSubscribers: nat(),
  /** Clients whose replies are sent; beyond it the lowest id, the earliest registered, goes first. */
  maxClients: nat(),
  /** Bytes asked for at once from the log. */
  readBytes: nat(),
  /**
   * Sessions belong to whoever registers them: the part of a process id before this text, e.g. `orders` of `orders/7`. Empty: to
   * nobody, so that whoever knows a client's id may speak for it.
   */
  ownerUntil: text(8),
});
export type GatewayConfig = Infer<typeof GatewayConfig>;

export const GatewayState = record({
  /** Where replies of a client go: to the process that asked last, of those that may. */
  attached: sortedMap(nat(), process),
  registrations: list(record({ nonce: bytes(32), process })),
  controls: list(record({ n: nat(), operation: bytes(), process })),
  subscribers: sortedMap(process, record({ next: nat(), creditBytes: nat(), reading: bool() })),
  delivered: nat(),
  epoch: nat(),
  protocol: text(64),
  nextControl: nat(),
  chain: bytes(64),
});
export type GatewayState = Infer<typeof GatewayState>;

export const GatewayCommand = variant({
  delivered: Delivery,
  reply: Run,
  rejected: record({ client: nat(), seq: nat(), reason: text(64) }),
  controlRejected: record({ n: nat(), reason: text(128) }),
  /** The process may speak for the client. */
  attached: record({ client: nat(), process }),
  /** It may not. */
  foreign: record({ client: nat(), seq: nat(), process }),
  /** Where the log stands when the node starts. */
  restored: record({
    delivered: nat(),
    epoch: nat(),
    protocol: text(64),
    nextControl: nat(),
    chain: bytes(64),
  }),
  /** The answer to a `read` output. */
  slots: record({ to: process, slots: list(DeliveredSlot) }),
  /** The log begins at `first` only, and this subscriber wants earlier slots. */
  trimmed: record({ to: process, first: nat() }),
  /** The answer to a `query` output: what the application says after `slot`, or why it was not asked. */
  answered: record({ to: process, nonce: nat(), slot: nat(), body: bytes(answerBytesMax) }),
  unanswered: record({ to: process, nonce: nat(), reason: text(64) }),
  /** The connection of a client or subscriber is closed. */
  gone: record({ process }),
});
export type GatewayCommand = Infer<typeof GatewayCommand>;

export const GatewayOutput = variant({
  /** To the replica of this node. */
  submit: record({ batch: bytes() }),
  /** The same for a batch whose sender is to be looked at. */
  request: record({ client: nat(), owner: text(ownerMax), process, batch: bytes() }),
  /** Wants delivered slots from the log of this node, answered by the command `slots` or `trimmed`. */
  read: record({ to: process, from: nat(), maxBytes: nat() }),
  /** Wants the application asked, answered by the command `answered` or `unanswered`. */
  query: record({ to: process, nonce: nat(), level: ReadLevel, body: bytes(queryBytesMax) }),
});
export type GatewayOutput = Infer<typeof GatewayOutput>;

/** The types of the gateway as an engine. It keeps nothing durable and has no timers. */
export interface GatewayTypes {
  Config: GatewayConfig;
  State: GatewayState;
  Command: GatewayCommand;
  Message: ClientMessage;
  Timer: never;
  Record: null;
  Output: GatewayOutput;
}
