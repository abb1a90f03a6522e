import { ClientMessage } from "@eunomia/aneris-switch/messages";
import { decode, encode } from "@eunomia/codec";
import { SeededRandom } from "@eunomia/conformance";

export interface Faults {
  readonly lossRate: number;
  readonly duplicateRate: number;
  /** Delays are uniform from 1 to this, so messages overtake each other above 1. */
  readonly maxDelayMs: number;
}

const calm: Faults = { lossRate: 0, duplicateRate: 0, maxDelayMs: 1 };

/** Virtual time and a network of messages (encoded on the way), everything drawn from one seed. */
export class World {
  readonly random: SeededRandom;
  now = 0;
  faults: Faults = calm;
  readonly #queue: { at: number; order: number; run: () => void }[] = [];
  readonly #processes = new Map<string, (from: string, message: ClientMessage) => void>();
  #order = 0;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
  }

  /** A number from 0 up to, not including, 1. */
  chance(): number {
    return this.random.next() / 2 ** 32;
  }

  /** An integer from 0 up to, not including, `below`. */
  below(below: number): number {
    return Math.floor(this.chance() * below);
  }

  join(process: string, receive: (from: string, message: ClientMessage) => void): void {
    this.#processes.set(process, receive);
  }

  after(delayMs: number, run: () => void): void {
    this.#order += 1;
    const entry = { at: this.now + delayMs, order: this.#order, run };
    let at = this.#queue.length;
    while (at > 0 && later(this.#queue[at - 1]!, entry)) at -= 1;
    this.#queue.splice(at, 0, entry);
  }

  send(from: string, to: string, message: ClientMessage): void {
    const bytes = encode(ClientMessage, message);
    const { lossRate, duplicateRate, maxDelayMs } = this.faults;
    const copies = this.chance() < lossRate ? 0 : this.chance() < duplicateRate ? 2 : 1;
    for (let i = 0; i < copies; i += 1)
      this.after(1 + this.below(maxDelayMs), () =>
        this.#processes.get(to)?.(from, decode(ClientMessage, bytes.slice())),
      );
  }

  /** Runs until `until`, or `done` answers true. Answers how `done` ended. */
  run(until: number, done: () => boolean = () => false): boolean {
    while (!done()) {
      const next = this.#queue[0];
      if (next === undefined || next.at > until) {
        this.now = until;
        return done();
      }
      this.#queue.shift();
      this.now = next.at;
      next.run();
    }
    return true;
  }
}

const later = (a: { at: number; order: number }, b: { at: number; order: number }): boolean =>
  a.at > b.at || (a.at === b.at && a.order > b.order);
