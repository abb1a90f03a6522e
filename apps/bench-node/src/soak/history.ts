import { type HistoryEvent, Linearizability, register, type Verdict } from "@eunomia/trace";
import { TraceWriter } from "@eunomia/trace/file";

/** What clients of one process did to registers, and what they were told, in the order in which it happened; judged in pieces. */
export class RegisterHistory {
  readonly #file: TraceWriter;
  #monitor = new Linearizability(register);
  #op = 0;
  /** Operations that ended, and the milliseconds that they took, in the piece that is not judged yet. */
  done = 0;
  tookMs: number[] = [];

  constructor(file: string) {
    this.#file = new TraceWriter(file);
  }

  async write(who: string, key: string, value: string, call: () => Promise<unknown>): Promise<void> {
    const op = this.#invoke({ who, key, call: "write", value });
    const began = performance.now();
    try {
      await call();
      this.#returned(began, { who, op });
    } catch (error) {
      this.#feed({ kind: "unknown", at: performance.now(), who, op });
      throw error;
    }
  }

  /** A read that ends because of `signal` has no outcome, and is no trouble. */
  async read(
    who: string,
    key: string,
    signal: AbortSignal,
    call: () => Promise<string | null>,
  ): Promise<void> {
    const op = this.#invoke({ who, key, call: "read" });
    const began = performance.now();
    try {
      const value = await call();
      this.#returned(began, { who, op, value });
    } catch (error) {
      this.#feed({ kind: "unknown", at: performance.now(), who, op });
      if (!signal.aborted) throw error;
    }
  }

  /** Judges what there is since the last time: keys must not come back after it. */
  judge(): Verdict<HistoryEvent> {
    const verdict = this.#monitor.verdict();
    this.#monitor = new Linearizability(register);
    return verdict;
  }

  close(): void {
    this.#file.close();
  }

  #invoke(call: {
    readonly who: string;
    readonly key: string;
    readonly call: string;
    readonly value?: string;
  }) {
    this.#op += 1;
    this.#feed({ kind: "invoke", at: performance.now(), op: this.#op, ...call });
    return this.#op;
  }

  #returned(
    began: number,
    what: { readonly who: string; readonly op: number; readonly value?: string | null },
  ): void {
    const at = performance.now();
    this.#feed({ kind: "return", at, ...what });
    this.tookMs.push(at - began);
    this.done += 1;
  }

  #feed(event: HistoryEvent): void {
    this.#monitor.feed(event);
    this.#file.write(event);
  }
}
