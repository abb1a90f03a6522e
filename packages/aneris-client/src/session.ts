import { type ClientMessage, joinBatch, type Run } from "@eunomia/aneris-switch/messages";
import { equalBytes } from "@eunomia/codec";
import type { NodeId, Random } from "@eunomia/engine";
import { BatchWriter, entryOverheadBytes, requestOverheadBytes } from "./batch.ts";
import { absent, Outstanding, putOff } from "./outstanding.ts";
import { CommandQueue, type Ticket } from "./queue.ts";
import { type RetryLimits, RoundTrip } from "./round-trip.ts";

export interface SessionOptions extends RetryLimits {
  /** Processes of gateways, in order of preference. */
  readonly gateways: readonly NodeId[];
  /** An id from the cluster's configuration; null: the session registers itself. */
  readonly clientId: number | null;
  /** Number of the first command. */
  readonly firstSeq: number;
  /** Most commands without an answer. */
  readonly window: number;
  readonly maxBodyBytes: number;
  readonly maxFrameBytes: number;
  /** Most commands in one request. */
  readonly maxBatch: number;
  /** For nonces and jitter. */
  readonly random: Random;
}

/** Where a session writes to. Called from inside its inputs, in order. */
export interface SessionSink {
  send(to: readonly NodeId[], message: ClientMessage): void;
  /** Commands `seq` … `seq + count - 1` stand at `index` … of `slot`. Their tickets can still be read with `ticketOf`. */
  settled(seq: number, count: number, slot: number, index: number): void;
  /** Nobody will tell. The session is lost for the reasons `session` and `too large`; then every command ends so. */
  unsettled(ticket: Ticket, reason: "cancelled" | "closed" | "session" | "too large"): void;
  /** A peer's bad data, by reason. */
  ignored(reason: string): void;
}

/** The share of a wait that chance decides, so that clients do not repeat themselves in step. */
const jitterShare = 0.25;
/** A command that was put off so often goes to every gateway: the preferred one may be behind the others for good. */
const patience = 4;

/**
 * The client half of exactly-once delivery (aneris 5.8, 5.12), without clock or I/O: numbers commands from `firstSeq`, keeps
 * at most `window` unanswered, repeats the same (client, number) until somebody answers. Commands leave in `tick`, all that
 * gathered since the last one in as few requests as fit.
 */
export class ClientSession {
  readonly #options: SessionOptions;
  readonly #sink: SessionSink;
  readonly #queue = new CommandQueue();
  readonly #outstanding: Outstanding;
  readonly #roundTrip: RoundTrip;
  readonly #writer = new BatchWriter();
  readonly #nonce = new Uint8Array(32);
  readonly #heardAt: Float64Array;
  #client: number | null;
  #preferred = 0;
  #registerDueAt = 0;
  #registerAttempts = 0;
  /** No new commands before: a replica asked for a pause. */
  #heldUntil = 0;
  #wakeAt = Number.POSITIVE_INFINITY;
  #lost: "session" | "too large" | null = null;
  #closed = false;

  constructor(options: SessionOptions, sink: SessionSink) {
    this.#options = options;
    this.#sink = sink;
    this.#client = options.clientId;
    this.#outstanding = new Outstanding(options.window, options.firstSeq);
    this.#roundTrip = new RoundTrip(options);
    this.#heardAt = new Float64Array(options.gateways.length).fill(Number.NEGATIVE_INFINITY);
    const view = new DataView(this.#nonce.buffer);
    for (let i = 0; i < 8; i += 1) view.setUint32(4 * i, options.random.next());
  }

  /** Null until the session is registered. */
  get client(): number | null {
    return this.#client;
  }
  get queued(): number {
    return this.#queue.size;
  }
  /** Sent and not answered, cancelled ones among them. */
  get outstanding(): number {
    return this.#outstanding.count;
  }
  /** The highest number up to which every command is answered. */
  get ack(): number {
    return this.#outstanding.ack;
  }
  get nextSeq(): number {
    return this.#outstanding.next;
  }
  /** Why the session takes no more commands; null while it does. */
  get lost(): "session" | "too large" | null {
    return this.#lost;
  }
  get roundTripMs(): number {
    return this.#roundTrip.smoothedMs;
  }
  get preferred(): NodeId {
    return this.#options.gateways[this.#preferred]!;
  }
  /** When `tick` has to be called next at the latest; infinite when there is nothing to wait for. */
  get wakeAt(): number {
    return this.#wakeAt;
  }

  /** Takes a command of at most `maxBodyBytes`. The bytes must stay as they are until it is settled. */
  offer(body: Uint8Array, ticket: Ticket | null): void {
    this.#queue.push(body, ticket);
  }

  ticketOf(seq: number): Ticket | null {
    return this.#outstanding.ticket(seq);
  }

  /**
   * The caller of a command waits no longer. A command that has a number is repeated in the background until it is answered
   * all the same: a number that is never executed would stop the session's window.
   */
  cancel(ticket: Ticket): void {
    if (ticket.cancelled) return;
    if (ticket.seq === 0) this.#queue.cancelled();
    else if (this.#outstanding.has(ticket.seq) && this.#outstanding.ticket(ticket.seq) === ticket)
      this.#outstanding.dropTicket(ticket.seq);
    else return;
    ticket.cancelled = true;
    this.#sink.unsettled(ticket, "cancelled");
  }

  /** Nothing is sent any more; everything that waits ends as unknown. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#abandon("closed");
  }

  /** A message of a gateway. Whatever it holds, nothing throws; false: not one for this session. */
  take(now: number, from: NodeId, message: ClientMessage): boolean {
    switch (message.kind) {
      case "registered":
        if (!this.#registered(message.nonce, message.client)) return false;
        break;
      case "reply":
        for (const run of message.runs) this.#reply(now, from, run);
        break;
      case "rejected":
        this.#rejected(now, message.client, message.seq, message.reason);
        break;
      default:
        return false;
    }
    const gateway = this.#options.gateways.indexOf(from);
    if (gateway >= 0) this.#heardAt[gateway] = now;
    return true;
  }

  /** Sends what has gathered and what has become due. */
  tick(now: number): void {
    if (this.#closed || this.#lost !== null) return;
    if (this.#client === null) {
      if (this.#queue.size > 0 || this.#registerAttempts > 0) this.#register(now);
      return;
    }
    if (now >= this.#wakeAt) this.#repeatDue(now);
    this.#sendQueued(now);
  }

  /** Asks for a session now rather than with the first command. */
  register(now: number): void {
    if (this.#client === null && !this.#closed) this.#register(now);
  }

  #register(now: number): void {
    if (now < this.#registerDueAt) return;
    this.#registerAttempts += 1;
    const to = this.#registerAttempts === 1 ? [this.preferred] : this.#options.gateways;
    this.#registerDueAt = this.#due(now, this.#registerAttempts);
    this.#wakeAt = this.#registerDueAt;
    this.#sink.send(to, { kind: "register", nonce: this.#nonce });
  }

  #registered(nonce: Uint8Array, client: number): boolean {
    if (this.#registerAttempts === 0 || !equalBytes(nonce, this.#nonce)) return false;
    // A registration that was repeated may be ordered twice: the first answer counts, the other session just expires.
    if (this.#client === null) {
      this.#client = client;
      this.#wakeAt = Number.POSITIVE_INFINITY;
    }
    return true;
  }

  #due(now: number, attempt: number): number {
    const jitter = (this.#options.random.next() / 2 ** 32) * jitterShare;
    return now + this.#roundTrip.waitMs(attempt) * (1 + jitter);
  }

  #sendQueued(now: number): void {
    const { maxBatch, maxFrameBytes } = this.#options;
    const outstanding = this.#outstanding;
    if (now < this.#heldUntil) return this.#wake(this.#heldUntil);
    while (this.#queue.size > 0 && outstanding.room > 0) {
      const most = Math.min(this.#queue.size, outstanding.room, maxBatch);
      const { bodies, tickets } = this.#gather(most, maxFrameBytes - requestOverheadBytes);
      const first = outstanding.next;
      const ends: number[] = [];
      this.#writer.begin(bodies.length);
      let start = this.#writer.length;
      for (let i = 0; i < bodies.length; i += 1)
        ends.push(this.#writer.command(this.#client!, first + i, outstanding.ack, bodies[i]!));
      const batch = this.#writer.finish();
      const dueAt = this.#due(now, 1);
      for (let i = 0; i < bodies.length; i += 1) {
        const ticket = tickets[i]!;
        if (ticket !== null) ticket.seq = first + i;
        outstanding.add(batch, start, ends[i]!, ticket, now, dueAt);
        start = ends[i]!;
      }
      this.#wake(dueAt);
      this.#sink.send([this.preferred], { kind: "request", client: this.#client!, batch });
    }
  }

  /** Takes up to `most` commands off the queue, at least one, that fit into `maxBytes` together. */
  #gather(most: number, maxBytes: number): { bodies: Uint8Array[]; tickets: (Ticket | null)[] } {
    const bodies: Uint8Array[] = [];
    const tickets: (Ticket | null)[] = [];
    let bytes = 0;
    while (bodies.length < most) {
      const body = this.#queue.peek();
      if (body === null) break;
      bytes += body.length + entryOverheadBytes;
      if (bodies.length > 0 && bytes > maxBytes) break;
      bodies.push(body);
      tickets.push(this.#queue.shift());
    }
    return { bodies, tickets };
  }

  #wake(at: number): void {
    if (at < this.#wakeAt) this.#wakeAt = at;
  }

  /** Repeats what is due, oldest first, and finds out what is due next. */
  #repeatDue(now: number): void {
    const outstanding = this.#outstanding;
    const again: number[] = [];
    const everywhere: number[] = [];
    this.#wakeAt = this.#queue.size > 0 && this.#heldUntil > now ? this.#heldUntil : Number.POSITIVE_INFINITY;
    for (let seq = outstanding.ack + 1; seq < outstanding.next; seq += 1) {
      const state = outstanding.state(seq);
      if (state === absent) continue;
      if (outstanding.dueAt(seq) > now) this.#wake(outstanding.dueAt(seq));
      else if (state === putOff && outstanding.attempts(seq) < patience) again.push(seq);
      else everywhere.push(seq);
    }
    if (everywhere.length > 0) this.#roundTrip.timedOut();
    this.#repeat(now, again, [this.preferred]);
    this.#repeat(now, everywhere, this.#options.gateways);
  }

  #repeat(now: number, seqs: readonly number[], to: readonly NodeId[]): void {
    const { maxBatch, maxFrameBytes } = this.#options;
    for (let i = 0; i < seqs.length; ) {
      const entries: Uint8Array[] = [];
      let bytes = requestOverheadBytes;
      for (; i < seqs.length && entries.length < maxBatch; i += 1) {
        const seq = seqs[i]!;
        const entry = this.#outstanding.entry(seq);
        bytes += entry.length;
        if (entries.length > 0 && bytes > maxFrameBytes) break;
        entries.push(entry);
        const dueAt = this.#due(now, this.#outstanding.attempts(seq) + 1);
        this.#outstanding.repeated(seq, now, dueAt);
        this.#wake(dueAt);
      }
      this.#sink.send(to, { kind: "request", client: this.#client!, batch: joinBatch(entries) });
    }
  }

  #reply(now: number, from: NodeId, run: Run): void {
    const outstanding = this.#outstanding;
    if (run.client !== this.#client) return this.#sink.ignored("reply: another client");
    if (run.count < 1 || run.seq + run.count > outstanding.next || run.seq < 1)
      return this.#sink.ignored("reply: never asked");
    const last = run.seq + run.count - 1;
    let open = 0;
    let fresh = false;
    for (let seq = Math.max(run.seq, outstanding.ack + 1); seq <= last + 1; seq += 1) {
      if (seq <= last && outstanding.has(seq)) {
        if (open === 0) open = seq;
        continue;
      }
      if (open === 0) continue;
      if (!fresh) this.#measure(now, from, open);
      fresh = true;
      this.#settle(open, seq - open, run.slot, run.index + open - run.seq);
      open = 0;
    }
    if (fresh) outstanding.advance();
    else this.#sink.ignored("reply: answered already");
  }

  #settle(seq: number, count: number, slot: number, index: number): void {
    this.#sink.settled(seq, count, slot, index);
    for (let i = 0; i < count; i += 1) this.#outstanding.remove(seq + i);
  }

  #measure(now: number, from: NodeId, seq: number): void {
    const sentAt = this.#outstanding.sentAt(seq);
    if (this.#outstanding.attempts(seq) === 1) return this.#roundTrip.sample(Math.max(0, now - sentAt));
    // Whoever answers while the preferred gateway has been silent since the last copy takes its place.
    const gateway = this.#options.gateways.indexOf(from);
    if (gateway >= 0 && this.#heardAt[this.#preferred]! < sentAt) this.#preferred = gateway;
  }

  #rejected(now: number, client: number, seq: number, reason: string): void {
    const outstanding = this.#outstanding;
    if (client !== this.#client) return this.#sink.ignored("rejected: another client");
    if (!outstanding.has(seq)) return this.#sink.ignored("rejected: never asked or answered already");
    switch (reason) {
      case "busy":
      case "window": {
        const dueAt = this.#due(now, outstanding.attempts(seq) + 1);
        outstanding.putOff(seq, dueAt);
        this.#heldUntil = Math.max(this.#heldUntil, this.#due(now, 1));
        return this.#wake(dueAt);
      }
      case "too large":
      case "session":
        return this.#lose(seq, reason);
      default:
        return this.#sink.ignored("rejected: for another reason");
    }
  }

  /** The number refused as too large is certain not to be delivered if no other gateway saw it; the rest is unknown. */
  #lose(seq: number, reason: "session" | "too large"): void {
    this.#lost = reason;
    if (reason === "too large" && this.#outstanding.attempts(seq) === 1) {
      const ticket = this.#outstanding.ticket(seq);
      this.#outstanding.dropTicket(seq);
      if (ticket !== null) this.#sink.unsettled(ticket, "too large");
    }
    this.#abandon("session");
  }

  #abandon(reason: "closed" | "session"): void {
    this.#wakeAt = Number.POSITIVE_INFINITY;
    const outstanding = this.#outstanding;
    for (let seq = outstanding.ack + 1; seq < outstanding.next; seq += 1) {
      if (!outstanding.has(seq)) continue;
      const ticket = outstanding.ticket(seq);
      outstanding.remove(seq);
      if (ticket !== null) this.#sink.unsettled(ticket, reason);
    }
    outstanding.advance();
    while (this.#queue.peek() !== null) {
      const ticket = this.#queue.shift();
      if (ticket !== null) this.#sink.unsettled(ticket, reason);
    }
  }
}
