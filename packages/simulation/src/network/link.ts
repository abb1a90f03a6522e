import type { Stream } from "../choice/stream.ts";
import type { NetworkProfile } from "../profile.ts";

/** What becomes of a packet. The numbers are values of a choice: `pass` is the calmest. */
export const fates = {
  pass: 0,
  lost: 1,
  burst: 2,
  twice: 3,
  late: 4,
  damaged: 5,
} as const;

/** Delays are quantiles of an exponential distribution, so many steps of it. */
const quantiles = 256;
/** Choices above the quantiles: the same a hundred times as long, and after them one that waits for an hour. */
export const heldDelay = 2 * quantiles;
export const hourUs = 3_600_000_000;

/** Thousandths of the mean. */
const exponential = Int32Array.from({ length: quantiles }, (_, at) =>
  Math.round(-1000 * Math.log(1 - (at + 0.5) / quantiles)),
);

const lightOf = (uniform: number): number => uniform & 0xff;
const heavyOf = (uniform: number): number =>
  (uniform & 0x3f00) === 0 ? quantiles + (uniform & 0xff) : uniform & 0xff;

/** One direction between two ends: its faults, and what waits on it. */
export class Link<P> {
  readonly from: number;
  readonly to: number;
  readonly #profile: NetworkProfile;
  readonly #fate: Stream;
  readonly #delay: Stream;
  readonly #thresholds: readonly number[];
  readonly #fateOf = (uniform: number): number => {
    for (let at = 0; at < 5; at += 1) if (uniform < this.#thresholds[at]!) return at + 1;
    return fates.pass;
  };
  /** Nothing gets through. */
  blocked = false;
  /** What is sent waits until the link opens. */
  clogged: P[] | null = null;
  /** Virtual microseconds until which everything is lost. */
  burstUntil = 0;
  /** Both ends belong to the core: nothing goes wrong here any more. */
  healed = false;
  /** A factor on delays. */
  slow = 1;
  /** Waiting packets, for a link whose newest overtakes. */
  readonly waiting: P[] = [];

  constructor(from: number, to: number, profile: NetworkProfile, fate: Stream, delay: Stream) {
    this.from = from;
    this.to = to;
    this.#profile = profile;
    this.#fate = fate;
    this.#delay = delay;
    const { loss, burst, duplicate, corrupt } = profile;
    let sum = 0;
    this.#thresholds = [loss, burst, (duplicate * 7) / 8, duplicate / 8, corrupt].map((share) => {
      sum += share;
      return Math.min(sum, 1) * 0x1_0000_0000;
    });
  }

  /** One choice: what becomes of the next packet. */
  fate(): number {
    if (this.healed || this.#thresholds[4] === 0) return fates.pass;
    return this.#fate.choose(6, this.#fateOf);
  }

  /** One choice: how long the next packet takes, in virtual microseconds. */
  delayUs(): number {
    const { delayMinMs, delayMeanMs, heavyTail } = this.#profile;
    const value = this.#delay.choose(heldDelay + 1, heavyTail ? heavyOf : lightOf);
    const least = delayMinMs * 1000;
    if (this.healed) return Math.round(least + delayMeanMs * exponential[value & 0xff]!);
    if (value === heldDelay) return hourUs;
    const beyond = exponential[value & 0xff]! * (value >= quantiles ? 100 : 1);
    return Math.round((least + delayMeanMs * beyond) * this.slow);
  }

  get lifo(): boolean {
    return this.#profile.lifo && !this.healed;
  }
}
