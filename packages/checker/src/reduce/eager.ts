import { CheckerError } from "../error.ts";
import { describeStep } from "../label.ts";
import { labelOf } from "../machine/describe.ts";
import { crashed } from "../machine/local.ts";
import type { Machine } from "../machine/machine.ts";
import { delta, type Move } from "../machine/moves.ts";
import type { AttachedReduction, Reduction } from "../machine/reduction.ts";

/** The move of a cell that need not wait for others. */
interface Eager {
  readonly position: number;
  /** Also while nodes may still crash. */
  readonly always: boolean;
}

/**
 * Invariant: an eager move is the flush of the oldest pending effect, shows nothing to properties, and commutes with whatever
 * else its process may do but crash: engine steps only add to the end of what is pending, and what is sent disables nothing.
 *
 * Why no crash is missed where the flush comes first: after the crash the process is the same, and others have at most a
 * message more. One that is never delivered disables nothing, so whatever happens without it happens with it.
 *
 * The cycle proviso: each eager move leaves one pending effect fewer and runs no engine, so eager moves alone come to an end.
 */
class EagerSteps implements AttachedReduction {
  readonly #machine: Machine;
  readonly #known = new Map<number, Eager | null>();
  #pairs = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  alone(cell: number, crashes: boolean): number {
    let eager = this.#known.get(cell);
    if (eager === undefined) {
      eager = this.#find(cell);
      this.#known.set(cell, eager);
    }
    return eager !== null && (eager.always || !crashes) ? eager.position : -1;
  }

  checked(): string {
    const cells = [...this.#known.values()].filter((eager) => eager !== null).length;
    return `${cells} cells flush alone; commutes with ${this.#pairs} other steps`;
  }

  #find(cell: number): Eager | null {
    const machine = this.#machine;
    if (machine.localOf(cell) < 0) return null;
    const moves = machine.moves(cell);
    const position = moves.findIndex(({ kind }) => kind === "flush");
    if (position < 0) return null;
    const flush = moves[position]!;
    const { values: seen } = machine.seen;
    if (seen[cell] !== seen[this.#target(flush)]) return null;
    const always =
      this.#mayGetLost(flush) && this.#afterCrash(machine.localOf(cell)) === this.#afterCrash(flush.local);
    for (const other of moves)
      if (other !== flush && other.kind !== "crash") this.#mustCommute(cell, flush, other);
    return { position, always };
  }

  /** Would nobody mind if what is sent were never delivered? Where there is an order, it may block what comes behind it. */
  #mayGetLost({ out }: Move): boolean {
    if (out.length === 0) return true;
    if (this.#machine.plan.model.network.order === "fifo") return false;
    return out.every((what, at) => at % 2 === 0 || delta.message(what >> 2) === what);
  }

  #target(move: Move): number {
    return this.#machine.cell(move.local, move.inbox);
  }

  #afterCrash(local: number): number {
    const { locals } = this.#machine.parts;
    return locals.id(crashed(locals.value(local), this.#machine.plan.recover));
  }

  /** The other step is possible after the flush, the flush after the other step, and both ways lead to one cell. */
  #mustCommute(cell: number, flush: Move, other: Move): void {
    this.#pairs += 1;
    const twin = (from: Move, wanted: Move) =>
      this.#machine.moves(this.#target(from)).find((move) => this.#isSame(move, wanted));
    const after = twin(flush, other);
    const back = twin(other, flush);
    if (after !== undefined && back !== undefined && this.#target(after) === this.#target(back)) return;
    const { process } = this.#machine.parts.locals.value(this.#machine.localOf(cell));
    throw new CheckerError(
      "reduction",
      `"eager" expected the flush of a pending effect to commute with "${describeStep(labelOf(this.#machine, process, other))}", but it does not; search without this reduction`,
    );
  }

  #isSame(one: Move, other: Move): boolean {
    return (
      one.kind === other.kind &&
      one.what === other.what &&
      one.ran?.event.key === other.ran?.event.key &&
      one.spends === other.spends &&
      `${one.out}` === `${other.out}` &&
      `${one.left}` === `${other.left}` &&
      `${one.ran?.outcome.state}` === `${other.ran?.outcome.state}`
    );
  }
}

/**
 * For models whose effects leave one by one (`splitFlush`): an effect that properties cannot see leaves before anything else
 * happens, wherever no crash could tell: no node may crash any more, or the process would be the same after a crash. So what
 * becomes durable stays a point where crashes are tried, and sends are none of their own. Checked in each such cell: it
 * commutes with every other step of the process. Without `splitFlush` it does nothing.
 *
 * @example
 * check(model, { reductions: [eagerSteps] });
 */
export const eagerSteps: Reduction = {
  name: "eager",
  attach: (machine) => new EagerSteps(machine),
};
