import type { Program } from "../program/program.ts";
import type { Id } from "../statement/types.ts";
import type { Held } from "./held.ts";
import { candidates, matches } from "./matching.ts";
import type { Shelf } from "./shelf.ts";
import type { Entry, Pattern } from "./types.ts";

interface Subscription {
  readonly pattern: Pattern;
  readonly on: (entry: Entry) => void;
  readonly told: Set<Id>;
}

/** Tells of each statement once, when it has become what the subscriber waits for; never in the middle of an operation. */
export class Subscriptions {
  readonly #program: Program;
  readonly #byType = new Map<string, Set<Subscription>>();
  #risen: Held[] = [];
  #telling = false;

  constructor(program: Program) {
    this.#program = program;
  }

  /** The status of an entry rose. */
  rose(entry: Held): void {
    if (this.#byType.has(entry.core.content.type)) this.#risen.push(entry);
  }

  /** Statements that are there already are told of at once. The answer ends the subscription. */
  subscribe(shelf: Shelf, pattern: Pattern, on: (entry: Entry) => void): () => void {
    const subscription: Subscription = { pattern, on, told: new Set() };
    const others = this.#byType.get(pattern.type) ?? new Set();
    this.#byType.set(pattern.type, others);
    others.add(subscription);
    for (const entry of candidates(this.#program, shelf, pattern))
      if (matches(this.#program, pattern, entry)) this.#risen.push(entry);
    this.tell();
    return () => {
      others.delete(subscription);
      if (others.size === 0) this.#byType.delete(pattern.type);
    };
  }

  /** Calls back for all that rose, in order of arrival. What callbacks do to the pool is told of after them. */
  tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    try {
      while (this.#risen.length > 0) {
        const risen = this.#risen.sort((a, b) => a.seq - b.seq);
        this.#risen = [];
        for (const entry of risen) this.#tellOf(entry);
      }
    } finally {
      this.#telling = false;
    }
  }

  #tellOf(entry: Held): void {
    for (const { pattern, on, told } of [...(this.#byType.get(entry.core.content.type) ?? [])]) {
      if (told.has(entry.id) || !matches(this.#program, pattern, entry)) continue;
      told.add(entry.id);
      on(entry);
    }
  }

  /** What was collected needs not be remembered: it cannot come again. */
  forget({ id, core }: Held): void {
    for (const { told } of this.#byType.get(core.content.type) ?? []) told.delete(id);
  }
}
