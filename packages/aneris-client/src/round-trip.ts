/** When to ask again. Milliseconds. */
export interface RetryLimits {
  readonly rtoMinMs: number;
  readonly rtoMaxMs: number;
  /** Before the first answer. */
  readonly rtoInitialMs: number;
}

/**
 * The retransmission timeout of RFC 6298: smoothed round trip plus four times its deviation. Doubled at every timeout until
 * a command that was sent once is answered (Karn's rule: the answer to a repeated one does not tell which copy it answers).
 */
export class RoundTrip {
  readonly #limits: RetryLimits;
  #smoothedMs = -1;
  #deviationMs = 0;
  #backoff = 1;

  constructor(limits: RetryLimits) {
    this.#limits = limits;
  }

  sample(roundTripMs: number): void {
    this.#backoff = 1;
    if (this.#smoothedMs < 0) {
      this.#smoothedMs = roundTripMs;
      this.#deviationMs = roundTripMs / 2;
      return;
    }
    this.#deviationMs += (Math.abs(this.#smoothedMs - roundTripMs) - this.#deviationMs) / 4;
    this.#smoothedMs += (roundTripMs - this.#smoothedMs) / 8;
  }

  timedOut(): void {
    if (this.waitMs(1) < this.#limits.rtoMaxMs) this.#backoff *= 2;
  }

  /** How long to wait for the answer to a copy: the `attempt`-th, counted from 1. */
  waitMs(attempt: number): number {
    const { rtoMinMs, rtoMaxMs, rtoInitialMs } = this.#limits;
    const base = this.#smoothedMs < 0 ? rtoInitialMs : this.#smoothedMs + 4 * this.#deviationMs;
    const backoff = Math.max(this.#backoff, 2 ** Math.min(attempt - 1, 16));
    return Math.min(rtoMaxMs, Math.max(rtoMinMs, base) * backoff);
  }

  /** Smoothed, in milliseconds; 0 before the first answer. */
  get smoothedMs(): number {
    return Math.max(0, this.#smoothedMs);
  }
}
