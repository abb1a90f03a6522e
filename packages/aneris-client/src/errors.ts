/** A caller's mistake in the options. Match on `code`. */
export class ClientOptionError extends Error {
  readonly code = "option";
  readonly option: string;
  constructor(option: string, expected: string, got: unknown) {
    super(`"${option}" expected ${expected}, got ${String(got)}`);
    this.name = "ClientOptionError";
    this.option = option;
  }
}

/** The command does not fit. It was not and will never be delivered. */
export class TooLargeError extends Error {
  readonly code = "too large";
  readonly bodyBytes: number;
  /** The client's own limit; null when a replica refused the command, whose limit is not known here. */
  readonly maxBodyBytes: number | null;
  constructor(bodyBytes: number, maxBodyBytes: number | null) {
    super(
      maxBodyBytes === null
        ? `"body" of ${bodyBytes} bytes is more than the cluster takes: set "maxBodyBytes" below its "maxBatchBytes"`
        : `"body" expected at most ${maxBodyBytes} bytes, got ${bodyBytes}: split it, or raise the limits`,
    );
    this.name = "TooLargeError";
    this.bodyBytes = bodyBytes;
    this.maxBodyBytes = maxBodyBytes;
  }
}

/**
 * The next slot is in no log that can be reached: nodes keep slots back to a snapshot only. An application that can take the
 * state up to `first - 1` from elsewhere begins a new subscriber at `{ next: first, chain: null }`.
 */
export class SlotsTrimmedError extends Error {
  readonly code = "trimmed";
  /** The slot that was needed. */
  readonly next: number;
  /** The oldest slot that can be had. */
  readonly first: number;
  constructor(next: number, first: number) {
    super(
      `slot ${next} is kept by no gateway any more, the oldest one is ${first}: take the state up to slot ${first - 1} from elsewhere and begin there`,
    );
    this.name = "SlotsTrimmedError";
    this.next = next;
    this.first = first;
  }
}

/** Too many commands wait already. This one was not taken: try again after `drained()`. */
export class QueueFullError extends Error {
  readonly code = "queue full";
  readonly maxQueued: number;
  constructor(maxQueued: number) {
    super(`"queue" expected at most ${maxQueued} waiting commands: wait for drained() before the next`);
    this.name = "QueueFullError";
    this.maxQueued = maxQueued;
  }
}

/**
 * Nobody will tell whether the command was delivered: its caller cancelled it or closed the client. With `sent` false it
 * never left this process; otherwise it may have been delivered, or may be yet.
 */
export class UnknownOutcomeError extends Error {
  readonly code = "unknown";
  readonly reason: "cancelled" | "closed";
  readonly sent: boolean;
  /** The number of the command; 0 if it had none yet. */
  readonly seq: number;
  constructor(reason: "cancelled" | "closed", seq: number) {
    super(
      seq === 0
        ? `command ${reason} before it was sent`
        : `command ${seq} ${reason}: it may have been delivered; look for it in the order before doing it again`,
    );
    this.name = "UnknownOutcomeError";
    this.reason = reason;
    this.sent = seq !== 0;
    this.seq = seq;
  }
}

/** A read ended without an answer. It changed nothing, so it may be asked again. */
export class NoAnswerError extends Error {
  readonly code = "no answer";
  readonly reason: "cancelled" | "closed" | "timeout";
  constructor(reason: "cancelled" | "closed" | "timeout") {
    super(
      reason === "timeout"
        ? 'no gateway answered the query in time: ask again, or wait longer with "timeoutMs"'
        : `query ${reason} before it was answered`,
    );
    this.name = "NoAnswerError";
    this.reason = reason;
  }
}

/** No gateway will answer this read, however often it is asked. */
export class QueryRefusedError extends Error {
  readonly code = "refused";
  /** `no application`, or `too large` of the answer. */
  readonly reason: string;
  constructor(reason: string) {
    super(
      reason === "too large"
        ? "the answer to the query is larger than one message: ask for less at once"
        : `the query cannot be answered (${reason}): the nodes of this cluster hold no state that can be read`,
    );
    this.name = "QueryRefusedError";
    this.reason = reason;
  }
}

/**
 * The cluster does not know the session any more (it expired, or never was), so commands that wait for an answer have an
 * unknown outcome. A new client has to be made by somebody who knows whether to repeat them.
 */
export class SessionLostError extends Error {
  readonly code = "session";
  readonly reason: "session" | "too large";
  readonly client: number;
  /** The number of the command; 0 if it had none yet, and then it never left this process. */
  readonly seq: number;
  readonly sent: boolean;
  constructor(reason: "session" | "too large", client: number, seq: number) {
    super(
      reason === "session"
        ? `session ${client} is unknown to the cluster${seq === 0 ? "" : `; the outcome of command ${seq} is unknown`}`
        : `session ${client} has a number that can never be delivered, because the cluster takes smaller commands than "maxBodyBytes" says`,
    );
    this.name = "SessionLostError";
    this.reason = reason;
    this.client = client;
    this.seq = seq;
    this.sent = seq !== 0;
  }
}
