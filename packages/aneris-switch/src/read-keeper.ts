import type { Clock, NodeId, Random } from "@eunomia/engine";
import type { Application } from "./application.ts";
import type { GatewayCommand } from "./gateway-types.ts";
import { answerBytesMax, type ReadLevel } from "./wire.ts";

/** A read of a client: who asked, and what. */
export interface Query {
  readonly to: NodeId;
  /** The client's own: what the answer bears. */
  readonly nonce: number;
  readonly level: ReadLevel;
  readonly body: Uint8Array;
}

export interface ReadKeeperOptions {
  readonly application: Application | null;
  readonly clock: Clock;
  /** For the nonces of reads, which must be fresh for ever. */
  random(): Random;
  /** Asks the replica for a read index. */
  ask(nonce: number): void;
  toGateway(command: Extract<GatewayCommand, { kind: "answered" | "unanswered" }>): void;
}

/** So many reads of one client may be open at a node. */
const openPerClientMax = 1024;

/**
 * The reads of a node that are open: each is answered from the application as soon as that has seen what the read must see, and
 * forgotten when its client goes (aneris 5.10).
 */
export class ReadKeeper {
  readonly #options: ReadKeeperOptions;
  /** Those that wait for the replica, by the nonce that it knows them under. */
  readonly #asked = new Map<number, Query & { readonly askedAt: number }>();
  /** Those that wait for a slot. */
  #behind: (Query & { readonly slot: number })[] = [];
  readonly #openPerClient = new Map<NodeId, number>();
  #nonce: number | null = null;
  #applied = 0;
  /** The application has seen every write that was complete then. */
  #freshAt = Number.NEGATIVE_INFINITY;

  constructor(options: ReadKeeperOptions) {
    this.#options = options;
  }

  /** A client wants to read. */
  take(query: Query): void {
    const { to, level } = query;
    if (this.#options.application?.query === undefined) return this.#refuse(query, "no application");
    const now = this.#options.clock.now();
    if (level.kind === "session" && level.slot <= this.#applied) return this.#answer(query);
    if (level.kind === "stale" && now - this.#freshAt <= level.maxBehindMs) return this.#answer(query);
    const open = this.#openPerClient.get(to) ?? 0;
    if (open >= openPerClientMax) return this.#refuse(query, "busy");
    this.#openPerClient.set(to, open + 1);
    if (level.kind === "session") {
      this.#behind.push({ ...query, slot: level.slot });
      return;
    }
    const nonce = this.#fresh();
    this.#asked.set(nonce, { ...query, askedAt: now });
    this.#options.ask(nonce);
  }

  /** The application has seen what these reads must see. */
  readable(nonces: readonly number[]): void {
    for (const query of this.#close(nonces)) {
      // The question that was answered was asked after all of these.
      this.#freshAt = Math.max(this.#freshAt, query.askedAt);
      this.#answer(query);
    }
  }

  /** The replica has given these up. */
  unreadable(nonces: readonly number[], reason: string): void {
    for (const query of this.#close(nonces)) this.#refuse(query, reason);
  }

  /** The application is at this slot. */
  applied(slot: number): void {
    this.#applied = slot;
    if (this.#behind.length === 0) return;
    const ready = this.#behind.filter((query) => query.slot <= slot);
    if (ready.length === 0) return;
    this.#behind = this.#behind.filter((query) => query.slot > slot);
    for (const query of ready) {
      this.#leave(query.to);
      this.#answer(query);
    }
  }

  /** Nobody waits for the reads of this client any more. */
  gone(client: NodeId): void {
    this.#behind = this.#behind.filter(({ to }) => to !== client);
    for (const [nonce, { to }] of this.#asked) if (to === client) this.#asked.delete(nonce);
    this.#openPerClient.delete(client);
  }

  #close(nonces: readonly number[]): (Query & { readonly askedAt: number })[] {
    const closed = [];
    for (const nonce of nonces) {
      const query = this.#asked.get(nonce);
      if (query === undefined) continue;
      this.#asked.delete(nonce);
      this.#leave(query.to);
      closed.push(query);
    }
    return closed;
  }

  #leave(client: NodeId): void {
    const open = (this.#openPerClient.get(client) ?? 1) - 1;
    if (open > 0) this.#openPerClient.set(client, open);
    else this.#openPerClient.delete(client);
  }

  #answer(query: Query): void {
    const body = this.#options.application!.query!(query.body);
    if (body.length > answerBytesMax) return this.#refuse(query, "too large");
    const { to, nonce } = query;
    this.#options.toGateway({ kind: "answered", to, nonce, slot: this.#applied, body });
  }

  #refuse({ to, nonce }: Query, reason: string): void {
    this.#options.toGateway({ kind: "unanswered", to, nonce, reason });
  }

  /**
   * Nonces count up from a random place out of 2^53: no life of this node comes upon those of another one.
   */
  #fresh(): number {
    const random = this.#options.random();
    this.#nonce ??= (random.next() >>> 11) * 2 ** 32 + random.next();
    this.#nonce = (this.#nonce + 1) % 2 ** 53;
    return this.#nonce;
  }
}
