/** Client and subscriber of the ordered broadcast of `@eunomia/aneris-switch`. */
export { Client, type ClientOptions, createClient, type LinkChoice, type Receipt } from "./client.ts";
export { type ControlOutcome, Desk, type DeskOptions, type DeskSink, type Status } from "./desk.ts";
export {
  ClientOptionError,
  QueueFullError,
  SessionLostError,
  TooLargeError,
  UnknownOutcomeError,
} from "./errors.ts";
export { GatewayLink, type LinkOptions, type Participant } from "./link.ts";
export type { Ticket } from "./queue.ts";
export type { RetryLimits } from "./round-trip.ts";
export { ClientSession, type SessionOptions, type SessionSink } from "./session.ts";
export { type SlotAlarm, SlotOrder, type SlotOrderOptions } from "./slot-order.ts";
export { type Position, SlotView } from "./slot-view.ts";
export { createSubscriber, Subscriber, type SubscriberOptions } from "./subscriber.ts";
export { Subscription, type SubscriptionOptions, type SubscriptionSink } from "./subscription.ts";
