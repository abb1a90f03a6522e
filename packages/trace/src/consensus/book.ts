import type { ConsensusEvent, FaultKind, TraceEvent } from "../event.ts";
import { entry } from "../sparse.ts";
import type { FaultySets } from "./options.ts";

/** An event that names an instance. */
export type InstanceEvent = Extract<ConsensusEvent, { readonly slot: number }>;

/** Gives instances and processes small numbers, in the order in which they come up. Monitors of one trace share a book. */
export class ConsensusBook {
  readonly #epochs = new Map<number, Map<number, number>>();
  readonly #epochOf: number[] = [];
  readonly #slotOf: number[] = [];
  readonly #processes = new Map<string, number>();
  readonly #who: string[] = [];
  #lastEpoch = -1;
  #lastSlots: Map<number, number> | undefined;
  #lastSlot = -1;
  #lastIndex = -1;
  #lastWho: string | null = null;
  #lastProcess = -1;
  readonly #learners: number;

  /** @param learners take the first numbers; undefined: every process is one. */
  constructor(learners?: readonly string[]) {
    for (const who of learners ?? []) this.processOf(who);
    this.#learners = learners === undefined ? Number.POSITIVE_INFINITY : this.#who.length;
  }

  /** The number of an instance. */
  indexOf({ epoch, slot }: InstanceEvent): number {
    // Most often the same instance is asked for again: by the next monitor, or by the next learner.
    if (epoch === this.#lastEpoch) {
      if (slot === this.#lastSlot) return this.#lastIndex;
    } else {
      this.#lastEpoch = epoch;
      this.#lastSlots = entry(this.#epochs, epoch, () => new Map());
    }
    this.#lastSlot = slot;
    let index = this.#lastSlots!.get(slot);
    if (index === undefined) {
      index = this.#slotOf.length;
      this.#epochOf.push(epoch);
      this.#slotOf.push(slot);
      this.#lastSlots!.set(slot, index);
    }
    this.#lastIndex = index;
    return index;
  }

  instance(index: number): { readonly epoch: number; readonly slot: number } {
    return { epoch: this.#epochOf[index]!, slot: this.#slotOf[index]! };
  }

  /** The instance for reports. */
  name(index: number): string {
    const { epoch, slot } = this.instance(index);
    return `slot ${slot} of epoch ${epoch}`;
  }

  /** The number of a process. */
  processOf(who: string): number {
    if (who === this.#lastWho) return this.#lastProcess;
    let process = this.#processes.get(who);
    if (process === undefined) {
      process = this.#who.length;
      this.#who.push(who);
      this.#processes.set(who, process);
    }
    this.#lastWho = who;
    this.#lastProcess = process;
    return process;
  }

  isLearner(process: number): boolean {
    return process < this.#learners;
  }

  who(process: number): string {
    return this.#who[process]!;
  }
}

/** Who is down and who was faulty, as the events tell it. */
export class Faults implements FaultySets {
  readonly dead = new Set<string>();
  readonly amnesiac = new Set<string>();
  readonly byzantine = new Set<string>();
  /** Down just now. */
  readonly down = new Set<string>();

  /** Takes what an event says about faults, if it does. */
  note(event: TraceEvent): void {
    if (event.kind === "crash") this.down.add(event.who);
    else if (event.kind === "recover") this.up(event.who);
    else if (event.kind === "faulty") this.#of(event.fault).add(event.who);
  }

  #of(fault: FaultKind): Set<string> {
    if (fault === "crash") return this.dead;
    return fault === "amnesia" ? this.amnesiac : this.byzantine;
  }

  /** The process is up again: it does something. */
  up(who: string): void {
    if (this.down.size > 0) this.down.delete(who);
  }

  /** Does anything of the process count? */
  lies(who: string): boolean {
    return this.byzantine.size > 0 && this.byzantine.has(who);
  }

  gone(who: string): boolean {
    return this.down.has(who) || this.dead.has(who) || this.byzantine.has(who);
  }
}

/** Few values under a number, mostly one: proposals of an instance, proposers of it. */
export class FewTexts {
  readonly #first: (string | undefined)[] = [];
  readonly #others = new Map<number, Set<string>>();

  add(index: number, text: string): void {
    const first = this.#first[index];
    if (first === undefined) this.#first[index] = text;
    else if (first !== text) entry(this.#others, index, () => new Set<string>()).add(text);
  }

  has(index: number, text: string): boolean {
    return this.#first[index] === text || (this.#others.get(index)?.has(text) ?? false);
  }

  some(index: number, test: (text: string) => boolean): boolean {
    const first = this.#first[index];
    return first !== undefined && (test(first) || [...(this.#others.get(index) ?? [])].some(test));
  }
}
