import type { Network } from "../model.ts";
import { Interner } from "./intern.ts";

/** What waits for one process, as sorted numbers of messages. Distinct contents have distinct numbers; 0 is empty. */
export class Inboxes {
  readonly #order: Network["order"];
  readonly #sender: (message: number) => number;
  readonly #contents = new Interner<readonly number[]>();

  /** @param sender of a message, as a number: what is in order for itself where the network is `fifo`. */
  constructor(order: Network["order"], sender: (message: number) => number) {
    this.#order = order;
    this.#sender = sender;
    this.id([]);
  }

  get size(): number {
    return this.#contents.size;
  }

  /** The number of contents that are in order already. */
  id(contents: readonly number[]): number {
    return this.#contents.id(contents.join(), () => contents);
  }

  contents(inbox: number): readonly number[] {
    return this.#contents.value(inbox);
  }

  /** With one more message. */
  add(inbox: number, message: number): number {
    const before = this.contents(inbox);
    let at = before.length;
    if (this.#order === "fifo") {
      const sender = this.#sender(message);
      while (at > 0 && this.#sender(before[at - 1]!) > sender) at--;
    } else {
      while (at > 0 && before[at - 1]! > message) at--;
      if (this.#order === "soup" && before[at - 1] === message) return inbox;
    }
    return this.id([...before.slice(0, at), message, ...before.slice(at)]);
  }

  /** Without the message at a position. */
  remove(inbox: number, at: number): number {
    const before = this.contents(inbox);
    return this.id([...before.slice(0, at), ...before.slice(at + 1)]);
  }

  /** With a copy of the message at a position right behind it. */
  twice(inbox: number, at: number): number {
    const before = this.contents(inbox);
    return this.id([...before.slice(0, at + 1), ...before.slice(at)]);
  }

  /** Positions of what may be taken next: one of each kind, or the oldest of each sender. */
  takeable(inbox: number): number[] {
    const contents = this.contents(inbox);
    const same =
      this.#order === "fifo"
        ? (a: number, b: number) => this.#sender(a) === this.#sender(b)
        : (a: number, b: number) => a === b;
    const positions: number[] = [];
    for (let at = 0; at < contents.length; at++)
      if (at === 0 || !same(contents[at - 1]!, contents[at]!)) positions.push(at);
    return positions;
  }
}
