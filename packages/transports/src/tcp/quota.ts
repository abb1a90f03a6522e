import { wholeNumber } from "../error.ts";

/** What one sender may send to this node, and how often it may be connected. */
export interface TcpQuota {
  /** Beyond it nothing more is read from the sender for a while. Default: no bound. */
  readonly bytesPerSecond?: number;
  readonly framesPerSecond?: number;
  /** Accepted connections at a time; more are refused. Default: no bound but those of the transport. */
  readonly connections?: number;
}

export interface TcpQuotas {
  /** For each id in `peers`; with TLS for each certificate of a node. */
  readonly peers?: TcpQuota;
  /** For each other id; with TLS for each certificate of a client, all its ids and connections together. */
  readonly clients?: TcpQuota;
}

/** So that a sender who waits is not forgotten for long after its quota has grown or its connection has ended. */
const maxPauseMs = 1000;
const unbounded = Number.POSITIVE_INFINITY;
const most = Number.MAX_SAFE_INTEGER;

/** Fills with time up to one second's worth, and may be overdrawn. */
class Bucket {
  readonly #perMs: number;
  readonly #full: number;
  #level: number;
  #atMs: number;

  constructor(perSecond: number, nowMs: number) {
    this.#perMs = perSecond / 1000;
    this.#full = perSecond;
    this.#level = perSecond;
    this.#atMs = nowMs;
  }

  /** After how many milliseconds the debt that this leaves is paid. */
  take(amount: number, nowMs: number): number {
    if (this.#full === unbounded) return 0;
    this.#fill(nowMs);
    this.#level -= amount;
    return this.#level >= 0 ? 0 : -this.#level / this.#perMs;
  }

  isFull(nowMs: number): boolean {
    if (this.#full === unbounded) return true;
    this.#fill(nowMs);
    return this.#level === this.#full;
  }

  #fill(nowMs: number): void {
    this.#level = Math.min(this.#full, this.#level + this.#perMs * Math.max(0, nowMs - this.#atMs));
    this.#atMs = nowMs;
  }
}

/**
 * What one sender has left. What has come is always taken and may leave a debt, which the sender pays by not being read: nothing
 * is lost, and a frame longer than a second's worth passes too.
 */
export class Quota {
  connections = 0;
  readonly maxConnections: number;
  readonly #bytes: Bucket;
  readonly #frames: Bucket;

  constructor(limit: TcpQuota, nowMs: number) {
    this.maxConnections = limit.connections ?? unbounded;
    this.#bytes = new Bucket(limit.bytesPerSecond ?? unbounded, nowMs);
    this.#frames = new Bucket(limit.framesPerSecond ?? unbounded, nowMs);
  }

  /** For how many milliseconds nothing more should be read, and because of which bound. */
  take(
    bytes: number,
    frames: number,
    nowMs: number,
  ): { readonly pauseMs: number; readonly reason: "quota: bytes" | "quota: frames" } {
    const bytesMs = this.#bytes.take(bytes, nowMs);
    const framesMs = this.#frames.take(frames, nowMs);
    const pauseMs = Math.min(maxPauseMs, Math.ceil(Math.max(bytesMs, framesMs)));
    return { pauseMs, reason: bytesMs >= framesMs ? "quota: bytes" : "quota: frames" };
  }

  /** Nobody is connected and nothing is owed: another one made later would be the same. */
  isSpare(nowMs: number): boolean {
    return this.connections === 0 && this.#bytes.isFull(nowMs) && this.#frames.isFull(nowMs);
  }
}

/** The quotas of all senders. A debt outlives its connections, so that dialling again does not pay it. */
export class Quotas {
  readonly #limits: TcpQuotas;
  readonly #senders = new Map<string, Quota>();

  constructor(limits: TcpQuotas) {
    this.#limits = limits;
  }

  /** Null: this sender has no bounds. */
  of(kind: keyof TcpQuotas, name: string, nowMs: number): Quota | null {
    const limit = this.#limits[kind];
    if (limit === undefined) return null;
    const key = `${kind} ${name}`;
    let quota = this.#senders.get(key);
    if (quota === undefined) {
      quota = new Quota(limit, nowMs);
      this.#senders.set(key, quota);
    }
    return quota;
  }

  forgetSpare(nowMs: number): void {
    for (const [key, quota] of this.#senders) if (quota.isSpare(nowMs)) this.#senders.delete(key);
  }
}

/** @throws TransportError `bad-option` for a bound that is no whole number from 1. */
export function checkedQuotas(quotas: TcpQuotas): TcpQuotas {
  for (const kind of ["peers", "clients"] as const)
    for (const bound of ["bytesPerSecond", "framesPerSecond", "connections"] as const) {
      const value = quotas[kind]?.[bound];
      if (value !== undefined) wholeNumber(`quotas.${kind}.${bound}`, value, 1, most);
    }
  return quotas;
}
