import type { Entry, Timeline } from "../kernel/agenda.ts";

interface Timer {
  /** Local microseconds. */
  readonly due: number;
  readonly label: string;
  readonly run: () => void;
  entry: Entry | null;
}

/**
 * The clock of a node: starts somewhere, runs fast or slow, jumps ahead, or stands still, and never runs back. Timers go by it.
 */
export class NodeClock {
  readonly #agenda: Timeline;
  readonly #label: string;
  readonly #nowUs: () => number;
  /** Local time was `#base` at virtual time `#since`, and grows by `#rate` per virtual microsecond. */
  #base: number;
  #since = 0;
  #rate = 1;
  /** Timers of the present life, by which a jump finds what it moves. */
  readonly #timers = new Set<Timer>();

  /** @param label what a script calls the timers of this node. */
  constructor(agenda: Timeline, label: string, nowUs: () => number, offsetUs: number) {
    this.#agenda = agenda;
    this.#label = label;
    this.#nowUs = nowUs;
    this.#base = offsetUs;
  }

  /** Local microseconds. */
  localUs(): number {
    if (this.#rate === 1) return this.#base + (this.#nowUs() - this.#since);
    return this.#base + Math.floor((this.#nowUs() - this.#since) * this.#rate);
  }

  after(delayUs: number, run: () => void, name: string): () => void {
    const due = this.localUs() + Math.max(0, Math.ceil(delayUs));
    const timer: Timer = { due, label: `${this.#label} ${name}`, run, entry: null };
    this.#timers.add(timer);
    this.#schedule(timer);
    return () => this.#callOff(timer);
  }

  /** Jumps ahead by `jumpUs` and runs at `rate` from now on; 0 stands still. */
  change(jumpUs: number, rate: number): void {
    this.#base = this.localUs() + jumpUs;
    this.#since = this.#nowUs();
    this.#rate = rate;
    for (const timer of this.#timers) this.#schedule(timer);
  }

  /** The life is over, and with it all timers. */
  clear(): void {
    for (const timer of this.#timers) if (timer.entry !== null) timer.entry.run = null;
    this.#timers.clear();
  }

  #callOff(timer: Timer): void {
    if (timer.entry !== null) timer.entry.run = null;
    this.#timers.delete(timer);
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    timer.run();
  }

  #schedule(timer: Timer): void {
    if (timer.entry !== null) timer.entry.run = null;
    timer.entry = null;
    if (this.#rate === 0) return;
    const left = Math.max(0, timer.due - this.localUs());
    const wait = this.#rate === 1 ? left : Math.ceil(left / this.#rate);
    timer.entry = this.#agenda.add(this.#nowUs() + wait, () => this.#fire(timer), timer.label);
  }
}
