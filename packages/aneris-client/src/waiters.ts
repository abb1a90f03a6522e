interface Waiter {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  readonly stopListening: () => void;
}

/** Promises of questions by token: each is settled once, by an answer, by its signal, or by the end of all. */
export class Waiters {
  readonly #waiters = new Map<number, Waiter>();
  readonly #drop: (token: number) => void;
  readonly #errorOf: (reason: "cancelled" | "closed") => Error;
  #closed = false;

  /**
   * @param drop nobody waits for this token any more
   * @param errorOf what ends a wait without an answer
   */
  constructor(drop: (token: number) => void, errorOf: (reason: "cancelled" | "closed") => Error) {
    this.#drop = drop;
    this.#errorOf = errorOf;
  }

  /** Asks, and waits for what comes under the token. */
  wait<T>(ask: () => number, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(this.#errorOf("closed"));
      if (signal?.aborted) return reject(this.#errorOf("cancelled"));
      const token = ask();
      const abort = (): void => {
        this.#drop(token);
        this.fail(token, this.#errorOf("cancelled"));
      };
      signal?.addEventListener("abort", abort, { once: true });
      const stopListening = (): void => signal?.removeEventListener("abort", abort);
      this.#waiters.set(token, { resolve, reject, stopListening });
    });
  }

  answer(token: number, value: unknown): void {
    this.#take(token)?.resolve(value as never);
  }

  fail(token: number, error: Error): void {
    this.#take(token)?.reject(error);
  }

  close(): void {
    this.#closed = true;
    for (const token of [...this.#waiters.keys()]) {
      this.#drop(token);
      this.fail(token, this.#errorOf("closed"));
    }
  }

  #take(token: number): Waiter | undefined {
    const waiter = this.#waiters.get(token);
    this.#waiters.delete(token);
    waiter?.stopListening();
    return waiter;
  }
}
