/** What one epoch of a run was like. */
export interface EpochTimings {
  readonly epoch: number;
  readonly protocol: string;
  readonly firstSlot: number;
  readonly lastSlot: number;
  readonly commands: number;
  readonly seconds: number;
  readonly commandsPerSecond: number;
  readonly latencyMsP50: number | null;
  readonly latencyMsP99: number | null;
  /** Longest time between two deliveries while commands were waiting. */
  readonly longestGapMs: number;
}

/** How a run went, in pieces of equal length. */
export interface Course {
  readonly pieceSeconds: number;
  /** Answers to the client in each piece, and what they took; null where there were none. */
  readonly commandsPerSecond: readonly number[];
  readonly latencyMsP50: readonly (number | null)[];
  readonly latencyMsP99: readonly (number | null)[];
}

interface Epoch {
  readonly epoch: number;
  readonly protocol: string;
  readonly firstSlot: number;
  lastSlot: number;
  startedAt: number;
  endedAt: number;
  longestGapMs: number;
}

const percentile = (sorted: Float64Array, p: number): number | null =>
  sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))]!;

/** Collects when commands were handed in, answered and delivered, and cuts it by epoch at the end. */
export class Timings {
  readonly #epochs: Epoch[] = [];
  #sentAt = new Float64Array(1 << 14);
  #latency = new Float64Array(1 << 14);
  #slotOf = new Float64Array(1 << 14);
  #answeredAt = new Float64Array(1 << 14);
  #settled = 0;
  #lastDeliveryAt = 0;

  sent(seq: number, now: number): void {
    if (seq >= this.#sentAt.length) this.#sentAt = grown(this.#sentAt);
    this.#sentAt[seq] = now;
  }

  settled(seq: number, count: number, slot: number, now: number): void {
    for (let i = 0; i < count; i += 1) {
      if (this.#settled >= this.#latency.length) {
        this.#latency = grown(this.#latency);
        this.#slotOf = grown(this.#slotOf);
        this.#answeredAt = grown(this.#answeredAt);
      }
      this.#latency[this.#settled] = now - this.#sentAt[seq + i]!;
      this.#slotOf[this.#settled] = slot;
      this.#answeredAt[this.#settled] = now;
      this.#settled += 1;
    }
  }

  /** `waiting`: some command had been handed in and was not delivered when this slot came. */
  delivered(slot: number, epoch: number, protocol: string, waiting: boolean, now: number): void {
    const gapMs = waiting && this.#lastDeliveryAt > 0 ? now - this.#lastDeliveryAt : 0;
    const previous = this.#epochs.at(-1);
    let current = previous;
    if (current === undefined || current.epoch !== epoch) {
      current = {
        epoch,
        protocol,
        firstSlot: slot,
        lastSlot: slot,
        startedAt: previous?.endedAt ?? now,
        endedAt: now,
        longestGapMs: 0,
      };
      this.#epochs.push(current);
    }
    current.lastSlot = slot;
    current.endedAt = now;
    current.longestGapMs = Math.max(current.longestGapMs, gapMs);
    this.#lastDeliveryAt = now;
  }

  /** What the client saw from `startedAt` on. */
  course(startedAt: number): Course {
    let last = startedAt;
    for (let i = 0; i < this.#settled; i += 1) last = Math.max(last, this.#answeredAt[i]!);
    const pieceMs = Math.max(pieceMsMin, (last - startedAt) / piecesMax);
    const pieces: number[][] = Array.from(
      { length: Math.min(piecesMax, Math.ceil((last - startedAt) / pieceMs)) },
      () => [],
    );
    for (let i = 0; i < this.#settled; i += 1) {
      const at = Math.floor((this.#answeredAt[i]! - startedAt) / pieceMs);
      pieces[Math.max(0, Math.min(at, pieces.length - 1))]?.push(this.#latency[i]!);
    }
    const sorted = pieces.map((piece) => Float64Array.from(piece).sort());
    return {
      pieceSeconds: pieceMs / 1000,
      commandsPerSecond: sorted.map(({ length }) => (length / pieceMs) * 1000),
      latencyMsP50: sorted.map((piece) => percentile(piece, 0.5)),
      latencyMsP99: sorted.map((piece) => percentile(piece, 0.99)),
    };
  }

  report(): EpochTimings[] {
    return this.#epochs.map((epoch) => {
      const latencies: number[] = [];
      for (let i = 0; i < this.#settled; i += 1)
        if (this.#slotOf[i]! >= epoch.firstSlot && this.#slotOf[i]! <= epoch.lastSlot)
          latencies.push(this.#latency[i]!);
      const sorted = Float64Array.from(latencies).sort();
      const seconds = (epoch.endedAt - epoch.startedAt) / 1000;
      return {
        epoch: epoch.epoch,
        protocol: epoch.protocol,
        firstSlot: epoch.firstSlot,
        lastSlot: epoch.lastSlot,
        commands: sorted.length,
        seconds,
        commandsPerSecond: seconds > 0 ? sorted.length / seconds : 0,
        latencyMsP50: percentile(sorted, 0.5),
        latencyMsP99: percentile(sorted, 0.99),
        longestGapMs: epoch.longestGapMs,
      };
    });
  }
}

/** From a moment on, in pieces of at least 50 ms, at most 240 of them. */
const piecesMax = 240;
const pieceMsMin = 50;

function grown(array: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}
