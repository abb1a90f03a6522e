import type { EngineTypes, Event } from "../types.ts";
import type { Instance } from "./instance.ts";

type Take = (instance: Instance, event: Event<EngineTypes>) => void;

/** Events in order. Keeps its room when it is emptied: to shrink and grow at every tick would cost more than what it holds. */
class Queue {
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
  drain(take: Take): void {
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

/** What waits for the engines of a node: events, and behind them commands, those of one engine together. */
export class Backlog {
  #events = new Queue();
  /** Empty between rounds. */
  #spare = new Queue();
  #withCommands: Instance[] = [];

  get empty(): boolean {
    return this.#events.empty && this.#withCommands.length === 0;
  }

  add(instance: Instance, event: Event<EngineTypes>): void {
    this.#events.add(instance, event);
  }

  addCommand(instance: Instance, command: unknown): void {
    if (instance.commands === null) {
      instance.commands = [command];
      this.#withCommands.push(instance);
    } else instance.commands.push(command);
  }

  /** One round: all events, then all frames of commands. What comes of the events waits for the next one. */
  round(take: Take): void {
    const events = this.#events;
    this.#events = this.#spare;
    this.#spare = events;
    events.drain(take);
    if (this.#withCommands.length === 0) return;
    const waiting = this.#withCommands;
    this.#withCommands = [];
    for (const instance of waiting) {
      const commands = instance.commands ?? [];
      instance.commands = null;
      take(instance, { kind: "commands", commands });
    }
  }
}
