import type { Machine, Numbering } from "../machine/machine.ts";
import { OutOfMemory } from "../search/states.ts";
import { place, type Shared } from "./shared.ts";

/**
 * Cells by number, one log for all machines. Invariant: the n-th entry is cell n of every machine, and a machine knows a
 * cell only together with all before it.
 */
export class SharedLog implements Numbering {
  readonly #shared: Shared;
  #read = 0;
  #cells = 0;
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  /** Takes over what others have found. */
  sync(machine: Machine): void {
    const { control } = this.#shared;
    // Cells before bytes: whoever adds one writes them the other way round.
    const cells = Atomics.load(control, place.logCells);
    while (this.#cells < cells) machine.adopt(this.#take());
  }

  numberOf(machine: Machine, find: () => number | undefined, content: () => string): number {
    const text = content();
    this.#lock();
    try {
      this.sync(machine);
      return find() ?? this.#append(text);
    } finally {
      this.#unlock();
    }
  }

  #take(): string {
    const { log } = this.#shared;
    const at = this.#read;
    const length = log[at]! + log[at + 1]! * 2 ** 8 + log[at + 2]! * 2 ** 16;
    this.#read = at + 3 + length;
    this.#cells += 1;
    // Shared memory cannot be decoded in place.
    return this.#decoder.decode(log.slice(at + 3, this.#read));
  }

  #append(text: string): number {
    const { log, control } = this.#shared;
    const bytes = this.#encoder.encode(text);
    const at = this.#read;
    if (at + 3 + bytes.length > log.length || bytes.length >= 2 ** 24)
      throw new OutOfMemory(`${log.length} bytes are not enough for the cells`);
    log[at] = bytes.length;
    log[at + 1] = bytes.length >>> 8;
    log[at + 2] = bytes.length >>> 16;
    log.set(bytes, at + 3);
    this.#read = at + 3 + bytes.length;
    Atomics.store(control, place.logBytes, this.#read);
    Atomics.store(control, place.logCells, this.#cells + 1);
    return this.#cells++;
  }

  #lock(): void {
    const { control } = this.#shared;
    while (Atomics.compareExchange(control, place.lock, 0, 1) !== 0) Atomics.wait(control, place.lock, 1);
  }

  #unlock(): void {
    const { control } = this.#shared;
    Atomics.store(control, place.lock, 0);
    Atomics.notify(control, place.lock, 1);
  }
}
