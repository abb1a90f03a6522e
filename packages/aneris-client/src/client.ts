import type { Operation } from "@eunomia/aneris-switch/messages";
import { entryOverheadBytes, requestOverheadBytes } from "./batch.ts";
import { type ClientOptions, type LinkChoice, type Receipt, settingsOf } from "./client-options.ts";
import type { ControlOutcome, Status } from "./desk.ts";
import { QueueFullError, SessionLostError, TooLargeError, UnknownOutcomeError } from "./errors.ts";
import { GatewayLink, type Participant } from "./link.ts";
import { Queries, type QueryOptions } from "./queries.ts";
import type { Answer } from "./query-desk.ts";
import { type ControlOptions, type ControlSignature, Questions } from "./questions.ts";
import type { Ticket } from "./queue.ts";
import { ClientSession } from "./session.ts";

interface Waiter extends Ticket {
  readonly bodyBytes: number;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: Error) => void;
  stopListening: (() => void) | null;
}

/** The promise face of `ClientSession` and `Desk`. Made by `createClient`. */
export class Client {
  readonly link: GatewayLink;
  readonly maxBodyBytes: number;
  readonly #ownsLink: boolean;
  readonly #session: ClientSession;
  readonly #questions: Questions;
  readonly #queries: Queries;
  readonly #participant: Participant;
  readonly #maxQueued: number;
  readonly #options: ClientOptions;
  #roomWaiters: (() => void)[] = [];
  #idleWaiters: (() => void)[] = [];
  #registeredWaiters: { resolve: (client: number) => void; reject: (error: Error) => void }[] = [];
  #closed = false;

  /** @throws ClientOptionError when the options cannot work. */
  constructor(options: ClientOptions & LinkChoice) {
    const settings = settingsOf(options);
    this.#options = options;
    this.#ownsLink = !("link" in options);
    this.link = "link" in options ? options.link : new GatewayLink(options);
    const { link } = this;
    const mostBytes = link.maxFrameBytes - requestOverheadBytes - entryOverheadBytes;
    this.maxBodyBytes = Math.min(options.maxBodyBytes ?? 512 * 1024 - 64, mostBytes);
    this.#maxQueued = settings.maxQueued;
    const common = { ...settings, gateways: link.gateways, random: options.random };
    this.#session = new ClientSession(
      {
        ...common,
        clientId: options.clientId ?? null,
        maxFrameBytes: link.maxFrameBytes,
      },
      {
        send: (to, message) => link.send(to, message),
        settled: (seq, count, slot, index) => this.#settled(seq, count, slot, index),
        unsettled: (ticket, reason) => this.#unsettled(ticket as Waiter, reason),
        ignored: (reason) => link.refuse(reason),
      },
    );
    this.#questions = new Questions({ ...common, link });
    this.#queries = new Queries({ ...common, link });
    this.#participant = this.#join();
    link.add(this.#participant);
  }

  #join(): Participant {
    const session = this.#session;
    const { desk } = this.#questions;
    const { desk: queries } = this.#queries;
    return {
      receive: (from, message) => {
        const now = this.link.clock.now();
        const taken = session.take(now, from, message);
        if (taken) this.#tellRegistered();
        return taken || desk.take(from, message) || queries.take(now, from, message);
      },
      tick: (now) => {
        session.tick(now);
        desk.tick(now);
        queries.tick(now);
        this.#tellRoom();
      },
      get wakeAt() {
        return Math.min(session.wakeAt, desk.wakeAt, queries.wakeAt);
      },
    };
  }

  /** The session's client id; null until it is registered. */
  get clientId(): number | null {
    return this.#session.client;
  }
  /** Commands sent and not answered. */
  get outstanding(): number {
    return this.#session.outstanding;
  }
  /** Commands that wait for their turn. */
  get queued(): number {
    return this.#session.queued;
  }
  /** Number of the next command that leaves. Without cancellations the k-th `send` from now gets `nextSeq + queued + k`, k from 0. */
  get nextSeq(): number {
    return this.#session.nextSeq;
  }
  /** Smoothed, in milliseconds. */
  get roundTripMs(): number {
    return this.#session.roundTripMs;
  }

  /**
   * Has the command delivered exactly once and answers where. The body must not change until then. Repeats it for as long
   * as it takes; `signal` or `close` ends the waiting.
   *
   * @throws TooLargeError, QueueFullError at once: not taken. UnknownOutcomeError after `signal` or `close`. SessionLostError
   * when the cluster knows the session no more.
   */
  broadcast(body: Uint8Array, signal?: AbortSignal): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      const refusal =
        this.#refusal(body) ?? (signal?.aborted ? new UnknownOutcomeError("cancelled", 0) : null);
      if (refusal !== null) return reject(refusal);
      const bodyBytes = body.length;
      const waiter: Waiter = { seq: 0, cancelled: false, bodyBytes, resolve, reject, stopListening: null };
      if (signal !== undefined) {
        const abort = (): void => this.#session.cancel(waiter);
        signal.addEventListener("abort", abort, { once: true });
        waiter.stopListening = () => signal.removeEventListener("abort", abort);
      }
      this.#session.offer(body, waiter);
      this.link.schedule();
    });
  }

  /**
   * The form for many commands: no promise for each; `onSettled` hears of them. False: not taken, because the queue is full
   * (wait for `drained`).
   * @throws TooLargeError, SessionLostError, UnknownOutcomeError (closed).
   */
  send(body: Uint8Array): boolean {
    const refusal = this.#refusal(body);
    if (refusal instanceof QueueFullError) return false;
    if (refusal !== null) throw refusal;
    this.#session.offer(body, null);
    this.link.schedule();
    return true;
  }

  /**
   * Reads the application's state at one node, beside the order; repeated, also at other gateways, until it is answered.
   *
   * @throws NoAnswerError after `timeoutMs`, `signal` or `close`. QueryRefusedError when no node would answer. TooLargeError,
   * ClientOptionError at once.
   * @example
   * const { body, slot } = await client.query(encodeKvQuery({ kind: "get", key }), { level: "session", timeoutMs: 1000 });
   */
  query(body: Uint8Array, options: QueryOptions = {}): Promise<Answer> {
    return this.#queries.query(body, options);
  }

  /** Resolves when less than half of the queue is taken, or nothing is taken any more. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#roomWaiters.push(resolve);
      this.link.schedule();
      if (this.#closed) this.#tellRoom();
    });
  }

  /** Resolves when every command is answered, or the session is lost or closed. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idleWaiters.push(resolve);
      this.link.schedule();
      if (this.#closed) this.#tellRoom();
    });
  }

  /** Opens the session now rather than with the first command. */
  registered(): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.clientId !== null) return resolve(this.clientId);
      if (this.#closed) return reject(new UnknownOutcomeError("closed", 0));
      this.#registeredWaiters.push({ resolve, reject });
      this.#session.register(this.link.clock.now());
      this.link.schedule();
    });
  }

  /** What the first gateway that answers says of its node. */
  status(signal?: AbortSignal): Promise<Status> {
    return this.#questions.status(signal);
  }

  /** Hands in a control command that its principals have signed (`controlSigningBytes` of `@eunomia/aneris-switch/messages`). */
  submitControl(
    n: number,
    notAfter: number,
    operation: Operation,
    signatures: readonly ControlSignature[],
    signal?: AbortSignal,
  ): Promise<ControlOutcome> {
    return this.#questions.submitControl(n, notAfter, operation, signatures, signal);
  }

  /**
   * Asks for the next number, has the command signed for it, hands it in. `validSlots` bounds how long the signatures are
   * good for. Not repeated with another number when somebody else was faster: the operation may be out of date then.
   */
  async control(options: ControlOptions): Promise<ControlOutcome & { readonly n: number }> {
    const { nextControl: n, delivered } = await this.status(options.signal);
    const notAfter = delivered + (options.validSlots ?? 100_000);
    const signatures = await options.sign(n, notAfter);
    return { n, ...(await this.submitControl(n, notAfter, options.operation, signatures, options.signal)) };
  }

  /** Everything that waits ends as unknown. Closes the transport too, unless the link was given. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#session.close();
      this.#questions.close();
      this.#queries.close();
      for (const { reject } of this.#registeredWaiters) reject(new UnknownOutcomeError("closed", 0));
      this.#registeredWaiters = [];
      this.#tellRoom();
      this.link.remove(this.#participant);
    }
    if (this.#ownsLink) await this.link.close();
  }

  #refusal(body: Uint8Array): Error | null {
    const { lost, client, queued } = this.#session;
    if (this.#closed) return new UnknownOutcomeError("closed", 0);
    if (lost !== null) return new SessionLostError(lost, client ?? 0, 0);
    if (body.length > this.maxBodyBytes) return new TooLargeError(body.length, this.maxBodyBytes);
    return queued >= this.#maxQueued ? new QueueFullError(this.#maxQueued) : null;
  }

  #settled(seq: number, count: number, slot: number, index: number): void {
    this.#queries.seen(slot);
    for (let i = 0; i < count; i += 1) {
      const waiter = this.#session.ticketOf(seq + i) as Waiter | null;
      if (waiter === null) continue;
      waiter.stopListening?.();
      waiter.resolve({ seq: seq + i, slot, index: index + i });
    }
    this.#options.onSettled?.({ seq, count, slot, index });
  }

  #unsettled(waiter: Waiter, reason: "cancelled" | "closed" | "session" | "too large"): void {
    waiter.stopListening?.();
    const { seq } = waiter;
    if (reason === "session")
      waiter.reject(new SessionLostError(this.#session.lost ?? "session", this.clientId ?? 0, seq));
    else if (reason === "too large") waiter.reject(new TooLargeError(waiter.bodyBytes, null));
    else waiter.reject(new UnknownOutcomeError(reason, seq));
  }

  #toldLost = false;
  #tellRoom(): void {
    const { queued, outstanding, lost, client } = this.#session;
    if (lost !== null && !this.#toldLost) {
      this.#toldLost = true;
      this.#options.onLost?.(new SessionLostError(lost, client ?? 0, 0));
    }
    if (this.#roomWaiters.length > 0 && (queued * 2 < this.#maxQueued || this.#closed)) {
      for (const resolve of this.#roomWaiters.splice(0)) resolve();
    }
    if (this.#idleWaiters.length > 0 && queued + outstanding === 0)
      for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }

  #tellRegistered(): void {
    const { clientId } = this;
    if (clientId === null || this.#registeredWaiters.length === 0) return;
    for (const { resolve } of this.#registeredWaiters.splice(0)) resolve(clientId);
  }
}

/**
 * A client of the ordered broadcast.
 *
 * @throws ClientOptionError when the options cannot work.
 * @example
 * const client = createClient({ self: "client-1", gateways: ["g0", "g1", "g2"], nodeOf, transport, authenticator, clock, random });
 * const { slot, index } = await client.broadcast(body);
 */
export function createClient(options: ClientOptions & LinkChoice): Client {
  return new Client(options);
}
