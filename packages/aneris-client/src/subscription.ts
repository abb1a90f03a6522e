import type { ClientMessage, DeliveredSlot, Sha256 } from "@eunomia/aneris-switch/messages";
import type { NodeId, Random } from "@eunomia/engine";
import { costOf, type SlotAlarm, SlotOrder } from "./slot-order.ts";
import type { Position, SlotView } from "./slot-view.ts";

export interface SubscriptionOptions {
  readonly gateways: readonly NodeId[];
  /** So many gateways are read at the same time and compared; the others stand by. */
  readonly copies: number;
  /** Equal copies that make a slot, at most `copies`. */
  readonly agreement: number;
  readonly position: Position;
  /** What one gateway may send before the application has worked through it. */
  readonly creditBytes: number;
  /** A missing slot is asked for again after this time. */
  readonly gapMs: number;
  /** After so long without news gateways are asked whether there is any; after three times that, the next one takes over. */
  readonly silenceMs: number;
  readonly random: Random;
  readonly sha256: Sha256;
}

export interface SubscriptionSink {
  send(to: readonly NodeId[], message: ClientMessage): void;
  alarm(alarm: SlotAlarm): void;
  /** No gateway that answers holds the next slot any more; the oldest slot that one of them holds is `first`. */
  trimmed(first: number): void;
  /** A peer's bad data, by reason. */
  ignored(reason: string): void;
}

/** One gateway that is read. Times are of the caller's clock. */
interface Source {
  gateway: NodeId;
  /** The lowest slot that is of use from it and did not come. */
  expect: number;
  /** The highest slot that came from it. Above `expect`: something is missing. */
  seen: number;
  /** `expect` when gateways were asked for news last. */
  expectAtAsk: number;
  /** What it may still send, as far as is known here. The three of them never exceed `creditBytes` together. */
  creditBytes: number;
  /** Its slots that wait here. */
  heldBytes: number;
  /** Credit that is due to it and not sent yet. */
  dueBytes: number;
  /** When to subscribe anew; infinite when all is well. */
  subscribeAt: number;
  /** Subscriptions since the last slot of use. */
  fruitless: number;
  heardAt: number;
}

/** After so many subscriptions without a slot of use, or rounds of news behind another gateway, the next one takes over. */
const patience = 3;

/**
 * The subscriber half of the broadcast (aneris 5.12), without clock or I/O: keeps its place, subscribes anew there on a gap,
 * a silence or a failover, and grants credit as the application gets on, so what waits here is bounded.
 */
export class Subscription {
  readonly #options: SubscriptionOptions;
  readonly #sink: SubscriptionSink;
  readonly #order: SlotOrder;
  readonly #sources: Source[];
  #nonce = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #nextAtAsk = 0;
  /** A gateway that knew of slots which did not come, in this round of news; and for how many rounds there was one. */
  #ahead: NodeId | null = null;
  #behindRounds = 0;
  /** Gateways that gave up the next slot, or were given up in vain, since it was the next: which slot they begin with. */
  readonly #without = new Map<NodeId, number>();
  #nextWithout = 0;
  #closed = false;

  constructor(options: SubscriptionOptions, sink: SubscriptionSink) {
    this.#options = options;
    this.#sink = sink;
    this.#order = new SlotOrder({
      position: options.position,
      agreement: options.agreement,
      maxBufferedBytes: 2 * options.copies * options.creditBytes,
      sha256: options.sha256,
      alarm: (alarm) => sink.alarm(alarm),
    });
    this.#sources = options.gateways
      .slice(0, options.copies)
      .map((gateway) => newSource(gateway, options.position.next));
  }

  /** When `tick` has to be called next at the latest. */
  get wakeAt(): number {
    if (this.#closed) return Number.POSITIVE_INFINITY;
    let at = this.#askedAt + this.#options.silenceMs;
    for (const { subscribeAt } of this.#sources) at = Math.min(at, subscribeAt);
    return at;
  }
  /** The first slot that did not come in order yet. */
  get next(): number {
    return this.#order.next;
  }
  /** Bytes that wait here. */
  get bufferedBytes(): number {
    return this.#order.bufferedBytes;
  }
  /** The gateways that are read now. */
  get reading(): readonly NodeId[] {
    return this.#sources.map(({ gateway }) => gateway);
  }

  /** The slot to work on; null when none is there. */
  first(): SlotView | null {
    return this.#order.first();
  }

  /** The application is done with the first slot: its bytes are free for others. */
  consumed(): void {
    const view = this.#order.first();
    if (view === null) return;
    const cost = costOf(view.vector);
    for (const gateway of this.#order.consumed()) {
      const source = this.#sources.find((candidate) => candidate.gateway === gateway);
      // Less is held when the gateway was left and came back meanwhile: that slot was not on this credit.
      if (source === undefined || source.heldBytes < cost) continue;
      source.heldBytes -= cost;
      source.dueBytes += cost;
    }
  }

  /** Ends the streams. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { gateway } of this.#sources) this.#stop(gateway);
  }

  tick(now: number): void {
    if (this.#closed) return;
    for (const source of this.#sources) {
      if (source.heardAt === Number.NEGATIVE_INFINITY) source.heardAt = now;
      const silent = now - source.heardAt >= patience * this.#options.silenceMs;
      const useless = source.fruitless >= patience && now >= source.subscribeAt;
      if (silent) this.#doWithout(source.gateway, Number.POSITIVE_INFINITY);
      if (this.#closed) return;
      if (silent || useless) this.#failOver(source, now, this.#standby());
      if (now >= source.subscribeAt) this.#subscribe(source, now);
      else if (source.dueBytes * 2 >= this.#options.creditBytes) {
        this.#sink.send([source.gateway], { kind: "credit", bytes: source.dueBytes });
        source.creditBytes += source.dueBytes;
        source.dueBytes = 0;
      }
    }
    // As `wakeAt` says it: another form of the sum may be a hair later, and a clock that stands still would never get there.
    if (now >= this.#askedAt + this.#options.silenceMs) this.#ask(now);
  }

  /** A message of a gateway; nothing in it can throw. False: not for this subscription. */
  take(now: number, from: NodeId, message: ClientMessage): boolean {
    if (this.#closed) return false;
    const ours =
      message.kind === "delivered" ||
      message.kind === "trimmed" ||
      (message.kind === "status" && message.nonce === this.#nonce);
    if (!ours) return false;
    const source = this.#sources.find(({ gateway }) => gateway === from);
    if (source !== undefined) source.heardAt = now;
    if (message.kind === "trimmed") {
      if (source !== undefined && message.first > source.expect) this.#trimmed(now, source, message.first);
      return true;
    }
    if (message.kind === "status") this.#news(now, from, source, message.delivered);
    else if (source !== undefined) for (const slot of message.slots) this.#slot(now, source, slot);
    else this.#sink.ignored("delivered: from a gateway that is not read");
    return true;
  }

  #slot(now: number, source: Source, delivered: DeliveredSlot): void {
    const cost = costOf(delivered.vector);
    source.creditBytes = Math.max(0, source.creditBytes - cost);
    const before = this.#order.next;
    const outcome = this.#order.take(source.gateway, delivered);
    if (outcome === "dropped") source.dueBytes += cost;
    if (outcome === "kept") source.heldBytes += cost;
    if (outcome === "full") this.#sink.ignored("delivered: more than the credit");
    if (outcome === "wrong") {
      // Nothing of use can come from it, so the next gateway takes over, after a pause in case all are like that.
      source.fruitless = patience;
      source.subscribeAt = Math.min(source.subscribeAt, now + this.#options.gapMs);
      return;
    }
    if (this.#order.next > before) source.fruitless = 0;
    this.#follow(now, source, delivered.slot);
  }

  /** Finds out whether something is missing from a source, and then asks again a moment later: it may be overtaken only. */
  #follow(now: number, source: Source, slot: number): void {
    source.seen = Math.max(source.seen, slot);
    // What other sources brought needs no asking for.
    source.expect = Math.max(source.expect, this.#order.next);
    while (this.#order.holds(source.expect, source.gateway)) source.expect += 1;
    if (source.seen < source.expect) source.subscribeAt = Number.POSITIVE_INFINITY;
    else this.#subscribeSoon(now, source);
  }

  #subscribeSoon(now: number, source: Source): void {
    if (source.subscribeAt === Number.POSITIVE_INFINITY) source.subscribeAt = now + this.#options.gapMs;
  }

  /** This gateway has let go of what is needed: the next one takes over, after a pause in case all are like that. */
  #trimmed(now: number, source: Source, first: number): void {
    this.#doWithout(source.gateway, first);
    source.fruitless = patience;
    source.subscribeAt = now + this.#options.gapMs;
  }

  /** Once all gateways were tried in vain for one and the same slot, and one of them has let go of it, nobody will bring it. */
  #doWithout(gateway: NodeId, first: number): void {
    if (this.#nextWithout !== this.#order.next) this.#without.clear();
    this.#nextWithout = this.#order.next;
    this.#without.set(gateway, first);
    const oldest = Math.min(...this.#without.values());
    if (this.#without.size < this.#options.gateways.length || oldest === Number.POSITIVE_INFINITY) return;
    this.close();
    this.#sink.trimmed(oldest);
  }

  /** What a gateway says of its node shows lost slots and lost credit, and who is behind. */
  #news(now: number, from: NodeId, source: Source | undefined, delivered: number): void {
    if (source !== undefined) {
      const idle = source.expect === source.expectAtAsk && source.creditBytes > 0;
      if (delivered >= source.expect && idle) this.#subscribeSoon(now, source);
    } else if (delivered >= this.#order.next && !this.#triedInVain(from)) this.#ahead = from;
  }

  #ask(now: number): void {
    const stuck = this.#order.next === this.#nextAtAsk && this.#order.ready === 0;
    this.#behindRounds = stuck && this.#ahead !== null ? this.#behindRounds + 1 : 0;
    if (this.#behindRounds >= patience && this.#ahead !== null) {
      const slowest = this.#sources.reduce((a, b) => (b.seen < a.seen ? b : a));
      this.#doWithout(slowest.gateway, Number.POSITIVE_INFINITY);
      if (this.#closed) return;
      this.#failOver(slowest, now, this.#ahead);
      this.#behindRounds = 0;
    }
    this.#ahead = null;
    this.#askedAt = now;
    this.#nextAtAsk = this.#order.next;
    for (const source of this.#sources) source.expectAtAsk = source.expect;
    this.#nonce = this.#options.random.next();
    this.#sink.send(this.#options.gateways, { kind: "ask", nonce: this.#nonce });
  }

  /** For the next slot, while others were not: so that all are, though most of them may be gone for good. */
  #triedInVain(gateway: NodeId): boolean {
    const round = this.#nextWithout === this.#order.next ? this.#without : new Map<NodeId, number>();
    return round.size < this.#options.gateways.length && round.has(gateway);
  }

  /** The gateway after those that are read, in turn, rather one that was not tried in vain; null when all are read. */
  #standby(): NodeId | null {
    const { gateways } = this.#options;
    const reading = this.reading;
    const last = gateways.indexOf(reading[reading.length - 1]!);
    const inTurn = gateways.map((_, i) => gateways[(last + 1 + i) % gateways.length]!);
    const others = inTurn.filter((gateway) => !reading.includes(gateway));
    return others.find((gateway) => !this.#triedInVain(gateway)) ?? others[0] ?? null;
  }

  /** Without another gateway the same one is tried again. */
  #failOver(source: Source, now: number, gateway: NodeId | null): void {
    if (gateway !== null) this.#stop(source.gateway);
    const fresh = newSource(gateway ?? source.gateway, this.#order.next);
    const heldBytes = gateway === null ? source.heldBytes : 0;
    Object.assign(source, fresh, { heardAt: now, subscribeAt: now, heldBytes });
  }

  #stop(gateway: NodeId): void {
    this.#sink.send([gateway], { kind: "subscribe", next: this.#order.next, creditBytes: 0 });
  }

  /** A subscription replaces the former one and its credit. None while what waits here leaves no room. */
  #subscribe(source: Source, now: number): void {
    let room = this.#options.creditBytes - source.heldBytes;
    // Later slots may have taken all the room: the one that they wait for must come all the same. Any credit is good for one.
    if (room <= 0 && this.#order.ready === 0) room = 1;
    if (room <= 0) {
      source.subscribeAt = now + this.#options.gapMs;
      return;
    }
    source.expect = Math.max(source.expect, this.#order.next);
    source.seen = source.expect - 1;
    source.creditBytes = room;
    source.dueBytes = 0;
    source.subscribeAt = Number.POSITIVE_INFINITY;
    source.fruitless += 1;
    this.#sink.send([source.gateway], { kind: "subscribe", next: source.expect, creditBytes: room });
  }
}

function newSource(gateway: NodeId, next: number): Source {
  return {
    gateway,
    expect: next,
    seen: next - 1,
    expectAtAsk: 0,
    creditBytes: 0,
    heldBytes: 0,
    dueBytes: 0,
    subscribeAt: Number.NEGATIVE_INFINITY,
    fruitless: 0,
    heardAt: Number.NEGATIVE_INFINITY,
  };
}
