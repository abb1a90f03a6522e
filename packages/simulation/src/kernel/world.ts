import type { Stream, Streams } from "../choice/stream.ts";
import type { RunEyes } from "../run-types.ts";
import type { Outcome } from "../types.ts";
import type { Timeline } from "./agenda.ts";
import { Recorder } from "./recorder.ts";
import { Tally } from "./tally.ts";

/** Virtual time, chance, and the books of one run. */
export class World {
  readonly agenda: Timeline;
  /** Somebody keeps the moves of the run, so each has to be named. */
  readonly telling: boolean;
  /** It matters what happens within a move: somebody keeps it, or a script says it. */
  readonly scripted: boolean;
  readonly recorder = new Recorder();
  readonly tally = new Tally();
  readonly streams: Streams;
  readonly eyes: RunEyes;
  /** Virtual microseconds. */
  nowUs = 0;
  /** What might have happened within the present move, and how often it was asked for. */
  readonly #asked = new Map<string, number>();
  outcome: Outcome = { kind: "ok" };
  /** Of what is violated. */
  restsOnOthers = false;
  over = false;
  /** The number of faults so far, and the step at which the last one happened: what coverage pairs actions with. */
  lastFault = "";
  lastFaultStep = Number.NEGATIVE_INFINITY;
  /** Kept at its size: to shrink and grow it again at every event would cost more than what it holds. */
  readonly #soon: ((() => void) | null)[] = [];
  #soonCount = 0;

  constructor(agenda: Timeline, streams: Streams, eyes: RunEyes) {
    this.agenda = agenda;
    this.telling = eyes.onMove !== undefined;
    this.scripted = this.telling || agenda.within !== undefined;
    this.streams = streams;
    this.eyes = eyes;
  }

  stream(name: string): Stream {
    return this.streams.get(name);
  }

  /** One more move of the run happens now, under the name that a script has for it. */
  tell(label: string): void {
    this.#asked.clear();
    this.#tell(label);
  }

  #tell(label: string): void {
    if (this.eyes.onMove === undefined) return;
    const { bornUs, nth = 0 } = this.agenda;
    const born = bornUs === undefined ? "" : ` <${bornUs}${nth === 0 ? "" : ` ${nth}`}`;
    this.eyes.onMove(`${label} @${this.nowUs}${born}`);
  }

  /**
   * Does something happen within the present move that might? Asked where it matters: see `scripted`.
   *
   * @param drawn so it is without a script.
   * @param allowed asked where a script says that it happens.
   */
  within(what: string, drawn: boolean, allowed: () => boolean): boolean {
    const { within } = this.agenda;
    const times = (this.#asked.get(what) ?? 0) + 1;
    this.#asked.set(what, times);
    const label = `^${what} ${times}`;
    const happens = within === undefined ? drawn : within(label) && allowed();
    if (happens) this.#tell(label);
    return happens;
  }

  later(delayUs: number, run: () => void, label?: string): void {
    this.agenda.add(this.nowUs + delayUs, run, label);
  }

  /** Runs when the present event is through, before time moves. */
  soon(run: () => void): void {
    this.#soon[this.#soonCount] = run;
    this.#soonCount += 1;
  }

  /** The next event and all that it wanted done soon. False: nothing is left to do. */
  turn(): boolean {
    const entry = this.agenda.take();
    if (entry === undefined) return false;
    this.nowUs = entry.at;
    this.#asked.clear();
    const run = entry.run!;
    entry.run = null;
    run();
    this.settle();
    return true;
  }

  /** Runs what was to be done soon; true if there was something. */
  settle(): boolean {
    if (this.#soonCount === 0) return false;
    for (let at = 0; at < this.#soonCount; at += 1) {
      const run = this.#soon[at]!;
      this.#soon[at] = null;
      run();
    }
    this.#soonCount = 0;
    return true;
  }

  count(what: string): void {
    this.tally.count(what);
  }

  /** A fault, or something else beside the steps: counted, and part of the digest. */
  note(kind: string, detail: string): void {
    this.tally.count(kind);
    this.recorder.note(this.nowUs, `${kind}: ${detail}`);
    this.lastFault = kind;
    this.lastFaultStep = this.recorder.steps;
    this.eyes.onNote?.(this.nowUs / 1000, `${kind}: ${detail}`);
  }

  /** @param onOthers it rests on what other nodes do, so liars may be to blame. */
  violated(
    property: string,
    detail: string,
    kind: "violated" | "stuck" = "violated",
    onOthers = false,
  ): void {
    if (this.over) return;
    this.restsOnOthers = onOthers;
    this.outcome = { kind, property, detail, atMs: this.nowUs / 1000 };
    this.recorder.note(this.nowUs, `${kind} ${property}: ${detail}`);
    this.over = true;
  }
}
