import { CheckerError } from "../error.ts";
import { describeStep } from "../label.ts";
import { askWhether } from "../machine/ask.ts";
import { labelOf } from "../machine/describe.ts";
import { messageEvent } from "../machine/events.ts";
import { crashed } from "../machine/local.ts";
import type { Machine } from "../machine/machine.ts";
import type { Move } from "../machine/moves.ts";
import { anyText, canonicalText } from "../machine/plain.ts";
import type { AttachedReduction, Reduction } from "../machine/reduction.ts";

/** What is known of one local state: what it has forgotten for good, and where it may go. */
interface Place {
  readonly dead: Set<number>;
  /** Next places, each with the first step that leads there. */
  readonly next: Map<number, Move | null>;
}

/**
 * Invariant: whatever a place calls dead is without effect there, and dead in every place that a step of the process leads to.
 * Both sides grow while the search goes on, so each new message meets the known steps and each new step the known messages.
 */
class DeadMessages implements AttachedReduction {
  readonly #machine: Machine;
  readonly #places = new Map<number, Place>();
  readonly #cells = new Set<number>();
  #pairs = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  drops(local: number, message: number): boolean {
    if (!this.#inert(local, message)) return false;
    this.#bury(this.#key(local), message, null);
    return true;
  }

  /** Looks at every step of its own, whatever other reductions leave of them. */
  watch(cell: number): void {
    if (this.#cells.has(cell)) return;
    this.#cells.add(cell);
    const { locals } = this.#machine.parts;
    const { plan } = this.#machine;
    const local = this.#machine.localOf(cell);
    const key = this.#key(local);
    for (const move of this.#machine.mover.moves(local, this.#machine.inboxOf(cell)))
      this.#lead(key, this.#key(move.local), move);
    const value = locals.value(local);
    if (plan.crashes > 0 && value.state >= 0)
      this.#lead(key, this.#key(locals.id(crashed(value, plan.recover))), null);
  }

  checked(): string {
    return `${this.#pairs} pairs of local state and message, every step of ${this.#cells.size} cells`;
  }

  /** Commands that wait change nothing about what the engine knows. */
  #key(local: number): number {
    const { locals } = this.#machine.parts;
    const value = locals.value(local);
    return value.routed.length === 0 ? local : locals.id({ ...value, routed: [] });
  }

  #place(key: number): Place {
    let place = this.#places.get(key);
    if (place === undefined) {
      place = { dead: new Set(), next: new Map() };
      this.#places.set(key, place);
    }
    return place;
  }

  #lead(from: number, to: number, move: Move | null): void {
    const place = this.#place(from);
    if (from === to || place.next.has(to)) return;
    place.next.set(to, move);
    for (const message of place.dead) this.#bury(to, message, { from, move });
  }

  /** @param after the step that must not have brought the message back to life. */
  #bury(key: number, message: number, after: { from: number; move: Move | null } | null): void {
    const place = this.#place(key);
    if (place.dead.has(message)) return;
    // Of a process that is down nothing can be asked; what it forgot meets it when it comes back.
    const { state, fault } = this.#machine.parts.locals.value(key);
    if (state >= 0 && fault === null) {
      if (after !== null && !this.#inert(key, message)) this.#refuse(after.from, message, after.move, key);
      this.#mustDoNothing(key, message);
    }
    place.dead.add(message);
    for (const [next, move] of place.next) this.#bury(next, message, { from: key, move });
  }

  #inert(local: number, message: number): boolean {
    const { locals, words, evaluators } = this.#machine.parts;
    const { process, state, fault } = locals.value(local);
    if (state < 0 || fault !== null) return false;
    const { engine, config } = this.#machine.plan.processes[process]!;
    if (engine.inert === undefined) return false;
    const read = () => evaluators[process]!.read(state) as never;
    const about = () => words.readMessage(message) as { kind: string };
    return askWhether(
      `"inert" of "${engine.name}"`,
      () => `${anyText(read())} and ${anyText(about())}`,
      () => engine.inert!(config, read(), about()),
    );
  }

  #mustDoNothing(local: number, message: number): void {
    const { locals, words, evaluators } = this.#machine.parts;
    const { process, state } = locals.value(local);
    this.#pairs += 1;
    const outcomes = evaluators[process]!.outcomes(state, messageEvent(message, words));
    const idle = outcomes.every(
      (outcome) =>
        outcome.fault === null &&
        outcome.state === state &&
        outcome.atoms.length + outcome.timers.length + outcome.spawns.length === 0,
    );
    if (!idle) this.#refuse(local, message, null, local);
  }

  #refuse(from: number, message: number, move: Move | null, to: number): never {
    const { locals, words, evaluators } = this.#machine.parts;
    const { process, state } = locals.value(from);
    const { key, engine } = this.#machine.plan.processes[process]!;
    const what = canonicalText(words.readMessage(message));
    const where = state < 0 ? "while it is down" : `in ${canonicalText(evaluators[process]!.read(state))}`;
    const because =
      from === to
        ? "but its delivery has an effect there"
        : `but not after ${move === null ? "a crash" : describeStep(labelOf(this.#machine, process, move))}`;
    throw new CheckerError(
      "reduction",
      `"inert" of "${engine.name}" says that ${what} is without effect for ${key} ${where}, ${because}; correct "inert", or search without this reduction`,
    );
  }
}

/**
 * Messages that an engine calls `inert` are forgotten where they would wait. Checked for each of them and each local state:
 * delivering it does nothing, and no step of the process, crash and recovery included, brings it back to life. Guards cannot
 * see what waits, so nothing else can tell the difference.
 *
 * Not for a `fifo` network that ignores without a step: there a message without effect blocks those behind it.
 *
 * @example
 * check(model, { reductions: [inertMessages] });
 */
export const inertMessages: Reduction = {
  name: "inert",
  attach(machine) {
    const { order, ignored } = machine.plan.model.network;
    if (order === "fifo" && ignored === "stay")
      throw new CheckerError(
        "reduction",
        '"inert" expected a network that is not "fifo" with ignored "stay", where ignored messages block others; use "consume"',
      );
    return new DeadMessages(machine);
  },
};
