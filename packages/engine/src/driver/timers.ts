import type { Clock, Random } from "../doors.ts";

/** The armed timers of one engine; arming an armed timer replaces it. */
export class Timers {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #owner: string;
  readonly #cancels = new Map<string, () => void>();

  /** @param owner whose timers they are: the clock hears of it. */
  constructor(clock: Clock, random: Random, owner: string) {
    this.#clock = clock;
    this.#random = random;
    this.#owner = owner;
  }

  /** Fires once after `delayMs` and a random part below `jitterMs`. */
  arm(timer: string, delayMs: number, jitterMs: number, fire: () => void): void {
    this.disarm(timer);
    const jitter = jitterMs > 0 ? (this.#random.next() / 2 ** 32) * jitterMs : 0;
    const cancel = this.#clock.after(
      delayMs + jitter,
      () => {
        this.#cancels.delete(timer);
        fire();
      },
      `${this.#owner} ${timer}`,
    );
    this.#cancels.set(timer, cancel);
  }

  disarm(timer: string): void {
    this.#cancels.get(timer)?.();
    this.#cancels.delete(timer);
  }

  stop(): void {
    for (const timer of [...this.#cancels.keys()]) this.disarm(timer);
  }
}
