import { concat, joined } from "@eunomia/codec";
import type { Authenticator, Journal, Opened, Ports, Replay, Transport } from "../../src/index.ts";

/** Ports under a test's thumb: frames and syncs happen when the test says so. */
class Wire {
  readonly #listeners = new Map<string, (from: string, bytes: Uint8Array) => void>();
  readonly sent: { readonly from: string; readonly to: string; readonly bytes: Uint8Array }[] = [];

  transport(self: string): Transport {
    return {
      self,
      send: (to, bytes) => {
        this.sent.push({ from: self, to, bytes });
        return true;
      },
      listen: (receive) => void this.#listeners.set(self, receive),
      close: async () => void this.#listeners.delete(self),
    };
  }

  /** Hands over everything that is under way. Answers how many frames. */
  deliver(): number {
    const frames = this.sent.splice(0);
    for (const { from, to, bytes } of frames) this.#listeners.get(to)?.(from, bytes);
    return frames.length;
  }
}

/** Names the sender in front of the bytes: authentic as long as nobody in the test lies. */
function named(self: string): Authenticator {
  return {
    self,
    seal: (_audience, bytes) => concat(Uint8Array.of(self.charCodeAt(0)), joined(bytes)),
    open: (sealed): Opened =>
      sealed.length === 0
        ? { ok: false, reason: "empty" }
        : {
            ok: true,
            from: String.fromCharCode(sealed[0]!),
            bytes: sealed.subarray(1),
            convinces: "receiver",
          },
  };
}

/** Keeps records; a sync ends when the test ends it. */
export class SlowJournal implements Journal {
  readonly durable: Uint8Array[] = [];
  #buffered: Uint8Array[] = [];
  #waiting: {
    readonly resolve: (position: number) => void;
    readonly reject: (error: Error) => void;
    readonly count: number;
  }[] = [];
  snapshots = 0;
  sizeBytes = 0;
  immediate = false;

  replay(): Replay {
    return this.durable.length === 0
      ? { kind: "absent" }
      : { kind: "records", records: [...this.durable], tornBytes: 0 };
  }
  append(records: readonly Uint8Array[]): number {
    this.#buffered.push(...records);
    for (const record of records) this.sizeBytes += record.length;
    return this.durable.length + this.#buffered.length;
  }
  sync(): number | Promise<number> {
    if (this.immediate) return this.#flush(this.#buffered.length);
    return new Promise((resolve, reject) =>
      this.#waiting.push({ resolve, reject, count: this.#buffered.length }),
    );
  }
  #flush(count: number): number {
    this.durable.push(...this.#buffered.splice(0, count));
    return this.durable.length;
  }
  async finishSync(): Promise<void> {
    const next = this.#waiting.shift();
    if (next === undefined) throw new Error("no sync is under way");
    next.resolve(this.#flush(next.count));
    await Promise.resolve();
    await Promise.resolve();
  }
  async failSync(error: Error): Promise<void> {
    this.#waiting.shift()?.reject(error);
    await Promise.resolve();
    await Promise.resolve();
  }
  snapshot(records: readonly Uint8Array[]): void {
    this.snapshots += 1;
    this.durable.splice(0, this.durable.length, ...records);
    this.#buffered = [];
    this.sizeBytes = 0;
  }
  async close(): Promise<void> {}
}

/** Timers fire when the test says so; deferred work runs on `settle`. */
export class Bench {
  readonly wire = new Wire();
  #deferred: (() => void)[] = [];
  readonly timers: { readonly delayMs: number; readonly fire: () => void; off: boolean }[] = [];

  ports(self: string, journal: Journal): Ports {
    return {
      transport: this.wire.transport(self),
      journal,
      authenticator: named(self),
      random: { next: () => 0 },
      clock: {
        now: () => 0,
        after: (delayMs, callback) => {
          const timer = { delayMs, fire: callback, off: false };
          this.timers.push(timer);
          return () => {
            timer.off = true;
          };
        },
      },
      defer: (callback) => void this.#deferred.push(callback),
    };
  }

  run(): void {
    while (this.#deferred.length > 0) for (const callback of this.#deferred.splice(0)) callback();
  }

  /** Runs and delivers until nothing moves. */
  settle(): void {
    do this.run();
    while (this.wire.deliver() > 0);
  }
}
