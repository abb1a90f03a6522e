import type { EngineTypes, Event } from "../types.ts";
import type { Instance } from "./instance.ts";

/**
 * Events that wait for their engines, in order. Keeps its room when it is emptied: to shrink and grow at every tick would cost
 * more than what it holds.
 */
export class Backlog {
  readonly #instances: (Instance | null)[] = [];
  readonly #events: (Event<EngineTypes> | null)[] = [];
  #count = 0;

  get empty(): boolean {
    return this.#count === 0;
  }

  add(instance: Instance, event: Event<EngineTypes>): void {
    this.#instances[this.#count] = instance;
    this.#events[this.#count] = event;
    this.#count += 1;
  }

  /** Hands out all of them; nothing may be added meanwhile. */
  drain(take: (instance: Instance, event: Event<EngineTypes>) => void): void {
    const count = this.#count;
    this.#count = 0;
    for (let at = 0; at < count; at += 1) {
      const instance = this.#instances[at]!;
      const event = this.#events[at]!;
      this.#instances[at] = null;
      this.#events[at] = null;
      take(instance, event);
    }
  }
}
