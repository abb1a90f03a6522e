import type { ClientMessage, Run } from "@eunomia/aneris-switch/messages";
import type { NodeId } from "@eunomia/engine";
import { BatchWriter, requestOverheadBytes } from "./batch.ts";
import { Outstanding } from "./outstanding.ts";
import { CommandQueue, type Ticket } from "./queue.ts";
import { Registration } from "./registration.ts";
import { Repeats } from "./repeats.ts";
import { RoundTrip } from "./round-trip.ts";
import type { SessionOptions, SessionSink } from "./session-types.ts";

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
  readonly #repeats: Repeats;
  readonly #writer = new BatchWriter();
  readonly #registration: Registration;
  readonly #heardAt: Float64Array;
  #client: number | null;
  #preferred = 0;
  /** No new commands before: a replica asked for a pause. */
  #heldUntil = 0;
  #lost: "session" | "too large" | null = null;
  #closed = false;

  constructor(options: SessionOptions, sink: SessionSink) {
    this.#options = options;
    this.#sink = sink;
    this.#client = options.clientId;
    this.#outstanding = new Outstanding(options.window, options.firstSeq);
    this.#roundTrip = new RoundTrip(options);
    this.#repeats = new Repeats(options, this.#outstanding, this.#roundTrip);
    this.#heardAt = new Float64Array(options.gateways.length).fill(Number.NEGATIVE_INFINITY);
    this.#registration = new Registration(options.random);
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
    return this.#repeats.wakeAt;
  }

  /** Takes a command, which must fit into a frame by itself. Its bytes must stay as they are until it has left. */
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
        if (!message.runs.some(({ client }) => client === this.#client)) return false;
        for (const run of message.runs) if (run.client === this.#client) this.#reply(now, from, run);
        break;
      case "rejected":
        if (message.client !== this.#client) return false;
        this.#rejected(now, message.seq, message.reason);
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
      if (this.#queue.size > 0 || this.#registration.attempts > 0) this.#register(now);
      return;
    }
    if (now >= this.#repeats.wakeAt) this.#repeatDue(now);
    this.#sendQueued(now);
  }

  /** Asks for a session now rather than with the first command. */
  register(now: number): void {
    if (this.#client === null && !this.#closed) this.#register(now);
  }

  #register(now: number): void {
    const { attempts, dueAt } = this.#registration;
    if (now < dueAt) return;
    const again = this.#repeats.due(now, attempts + 1);
    this.#repeats.rest();
    this.#repeats.wake(again);
    const to = attempts === 0 ? [this.preferred] : this.#options.gateways;
    this.#sink.send(to, this.#registration.ask(again));
  }

  #registered(nonce: Uint8Array, client: number): boolean {
    if (!this.#registration.asked(nonce)) return false;
    // A registration that was repeated may be ordered twice: the first answer counts, the other session just expires.
    if (this.#client === null) {
      this.#client = client;
      this.#repeats.rest();
    }
    return true;
  }

  #sendQueued(now: number): void {
    const { maxBatch, maxFrameBytes } = this.#options;
    const outstanding = this.#outstanding;
    if (now < this.#heldUntil) return this.#repeats.wake(this.#heldUntil);
    while (this.#queue.size > 0 && outstanding.room > 0) {
      const most = Math.min(this.#queue.size, outstanding.room, maxBatch);
      const { bodies, tickets } = this.#queue.take(most, maxFrameBytes - requestOverheadBytes);
      const first = outstanding.next;
      const ends: number[] = [];
      this.#writer.begin(bodies.length);
      let start = this.#writer.length;
      for (let i = 0; i < bodies.length; i += 1)
        ends.push(this.#writer.command(this.#client!, first + i, outstanding.ack, bodies[i]!));
      const batch = this.#writer.finish();
      const dueAt = this.#repeats.due(now, 1);
      for (let i = 0; i < bodies.length; i += 1) {
        const ticket = tickets[i]!;
        if (ticket !== null) ticket.seq = first + i;
        outstanding.add(batch, start, ends[i]!, ticket, now, dueAt);
        start = ends[i]!;
      }
      this.#repeats.wake(dueAt);
      this.#sink.send([this.preferred], { kind: "request", client: this.#client!, batch });
    }
  }

  #repeatDue(now: number): void {
    const { gateways } = this.#options;
    this.#repeats.repeatDue(now, (audience, batch) =>
      this.#sink.send(audience === "everywhere" ? gateways : [this.preferred], {
        kind: "request",
        client: this.#client!,
        batch,
      }),
    );
  }

  #reply(now: number, from: NodeId, run: Run): void {
    const outstanding = this.#outstanding;
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

  #rejected(now: number, seq: number, reason: string): void {
    const outstanding = this.#outstanding;
    if (!outstanding.has(seq)) return this.#sink.ignored("rejected: never asked or answered already");
    switch (reason) {
      case "busy":
      case "window": {
        const dueAt = this.#repeats.due(now, outstanding.attempts(seq) + 1);
        outstanding.putOff(seq, dueAt);
        this.#heldUntil = Math.max(this.#heldUntil, this.#repeats.due(now, 1));
        return this.#repeats.wake(dueAt);
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
    this.#repeats.rest();
    const outstanding = this.#outstanding;
    for (let seq = outstanding.ack + 1; seq < outstanding.next; seq += 1) {
      if (!outstanding.has(seq)) continue;
      const ticket = outstanding.ticket(seq);
      outstanding.remove(seq);
      if (ticket !== null) this.#sink.unsettled(ticket, reason);
    }
    outstanding.advance();
    for (const ticket of this.#queue.take(this.#queue.size, Number.POSITIVE_INFINITY).tickets)
      if (ticket !== null) this.#sink.unsettled(ticket, reason);
  }
}
