import { randomFillSync } from "node:crypto";
import type { Clock, Random } from "@eunomia/engine";

/** The monotonic clock of this process. Timers do not keep the process alive by themselves. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Uniform 32-bit integers from the operating system, drawn in blocks. */
export function systemRandom(): Random {
  const block = new Uint32Array(256);
  let used = block.length;
  return {
    next() {
      if (used === block.length) {
        randomFillSync(block);
        used = 0;
      }
      return block[used++]!;
    },
  };
}
