/** Client and subscriber of the ordered broadcast of `@eunomia/aneris-switch`. */

export { Client, createClient } from "./client.ts";
export type { ClientOptions, LinkChoice, Receipt } from "./client-options.ts";
export { type ControlOutcome, Desk, type DeskOptions, type DeskSink, type Status } from "./desk.ts";
export {
  ClientOptionError,
  NoAnswerError,
  QueryRefusedError,
  QueueFullError,
  SessionLostError,
  SlotsTrimmedError,
  TooLargeError,
  UnknownOutcomeError,
} from "./errors.ts";
export { GatewayLink, type LinkOptions, type Participant } from "./link.ts";
export type { QueryLevel, QueryOptions } from "./queries.ts";
export { type Answer, QueryDesk, type QuerySink } from "./query-desk.ts";
export type { ControlOptions, ControlSignature } from "./questions.ts";
export type { Ticket } from "./queue.ts";
export type { RetryLimits } from "./round-trip.ts";
export { ClientSession } from "./session.ts";
export type { SessionOptions, SessionSink } from "./session-types.ts";
export { type Sha256, type SlotAlarm, SlotOrder, type SlotOrderOptions } from "./slot-order.ts";
export { type Position, SlotView } from "./slot-view.ts";
export { createSubscriber, Subscriber, type SubscriberOptions } from "./subscriber.ts";
export { Subscription, type SubscriptionOptions, type SubscriptionSink } from "./subscription.ts";
