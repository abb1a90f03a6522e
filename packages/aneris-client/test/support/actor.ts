import type { ClientMessage } from "@eunomia/aneris-switch/messages";
import { ClientSession, type SessionOptions, type SessionSink, type Ticket } from "../../src/index.ts";
import type { World } from "./world.ts";

/** What the properties need of a session; broken twins look the same from outside. */
export type SessionLike = Pick<
  ClientSession,
  "offer" | "take" | "tick" | "cancel" | "wakeAt" | "outstanding" | "queued" | "client" | "lost" | "ticketOf"
>;
export type MakeSession = (options: SessionOptions, sink: SessionSink) => SessionLike;
export const honest: MakeSession = (options, sink) => new ClientSession(options, sink);

export interface Settled {
  readonly seq: number;
  readonly slot: number;
  readonly index: number;
}

export const sessionDefaults = {
  clientId: null,
  firstSeq: 1,
  window: 8,
  maxFrameBytes: 4096,
  maxBatch: 4096,
  rtoMinMs: 20,
  rtoMaxMs: 500,
  rtoInitialMs: 60,
} satisfies Omit<SessionOptions, "gateways" | "random">;

/** A session in a world: ticks when something came and when it is time. */
export class ClientActor {
  readonly world: World;
  readonly session: SessionLike;
  readonly process: string;
  /** Receipt by the text of the body. */
  readonly settled = new Map<string, Settled>();
  readonly unsettled = new Map<string, string>();
  readonly ignored: string[] = [];
  sent: ClientMessage[] = [];
  mostOutstanding = 0;
  readonly #bodies = new Map<Ticket, string>();
  #scheduled = false;
  #armedAt = Number.POSITIVE_INFINITY;

  constructor(
    world: World,
    process: string,
    options: Partial<SessionOptions> & Pick<SessionOptions, "gateways">,
    make: MakeSession = honest,
  ) {
    this.world = world;
    this.process = process;
    this.session = make(
      { ...sessionDefaults, random: world.random, ...options },
      {
        send: (to, message) => {
          this.sent.push(message);
          for (const gateway of to) world.send(process, gateway, message);
        },
        settled: (seq, count, slot, index) => {
          for (let i = 0; i < count; i += 1) {
            const ticket = this.session.ticketOf(seq + i);
            const body = ticket && this.#bodies.get(ticket);
            if (body === null || body === undefined) continue;
            if (this.settled.has(body)) throw new Error(`settled twice: ${body}`);
            this.settled.set(body, { seq: seq + i, slot, index: index + i });
          }
        },
        unsettled: (ticket, reason) => this.unsettled.set(this.#bodies.get(ticket)!, reason),
        ignored: (reason) => this.ignored.push(reason),
      },
    );
    world.join(process, (from, message) => {
      this.session.take(world.now, from, message);
      this.#soon(0);
    });
  }

  offer(body: Uint8Array): Ticket {
    const ticket: Ticket = { seq: 0, cancelled: false };
    this.#bodies.set(ticket, [...body].join());
    this.session.offer(body, ticket);
    this.#soon(0);
    return ticket;
  }

  #soon(delayMs: number): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.world.after(delayMs, () => {
      this.#scheduled = false;
      this.session.tick(this.world.now);
      this.mostOutstanding = Math.max(this.mostOutstanding, this.session.outstanding);
      const { wakeAt } = this.session;
      if (wakeAt >= this.#armedAt) return;
      this.#armedAt = wakeAt;
      this.world.after(Math.max(0, wakeAt - this.world.now), () => {
        this.#armedAt = Number.POSITIVE_INFINITY;
        this.#soon(0);
      });
    });
  }
}
