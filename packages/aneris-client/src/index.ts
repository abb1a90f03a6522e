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
