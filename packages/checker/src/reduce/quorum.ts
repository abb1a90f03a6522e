import { CheckerError } from "../error.ts";
import { describeStep } from "../label.ts";
import { labelOf } from "../machine/describe.ts";
import type { Machine } from "../machine/machine.ts";
import { type Move, spends } from "../machine/moves.ts";
import type { AttachedReduction, Reduction } from "../machine/reduction.ts";

/** A cell that only collecting leads to. */
interface Box {
  readonly cell: number;
  /** How it was filled. */
  readonly first: readonly Move[];
  readonly collecting: readonly Collecting[];
  readonly others: readonly Other[];
}

interface Collecting {
  readonly move: Move;
  readonly to: number;
}

/** A step that does more than collecting. */
interface Other {
  readonly move: Move;
  readonly to: number;
  /** What the rest of the world has of it. */
  readonly effects: string;
}

/** More boxes than this from one cell are no reduction. */
const boxesMax = 10_000;

/**
 * Deliveries that only store a message are not taken by themselves: a transition is a set of them and the step that they
 * enable.
 *
 * Why nothing is missed: let a reduced cell stand for every cell that it becomes by collecting, and by losing messages. What a
 * step does in such a cell, the same step does after the same collecting in the reduced one; with more in the inbox nothing is
 * disabled. A transition is left out only if one with less collecting has the same effects and ends in a cell that stands for
 * its target; the number of messages that are collected falls, so one of them is kept.
 */
class QuorumTransitions implements AttachedReduction {
  readonly #machine: Machine;
  readonly #collects: readonly ReadonlySet<string>[];
  readonly #parts = new Map<number, Pick<Box, "collecting" | "others">>();
  readonly #moves = new Map<number, readonly Move[]>();

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#collects = machine.plan.processes.map(({ engine }) => new Set(engine.collects));
  }

  moves(cell: number, moves: readonly Move[]): readonly Move[] {
    if (this.#partsOf(cell).collecting.length === 0) return moves;
    let joined = this.#moves.get(cell);
    if (joined === undefined) {
      joined = this.#join(cell);
      this.#moves.set(cell, joined);
    }
    return joined;
  }

  checked(): string {
    const cells = [...this.#parts.values()].filter(({ collecting }) => collecting.length > 0).length;
    const joined = [...this.#moves.values()].flat().filter(({ first }) => first !== undefined).length;
    return `collecting sends nothing, shows nothing and commutes in ${cells} cells; ${joined} joined transitions`;
  }

  #join(cell: number): Move[] {
    const boxes = this.#boxes(cell);
    this.#mustCommute(boxes);
    const kept: Move[] = boxes[0]!.others.map(({ move }) => move);
    const known = new Set(boxes[0]!.others.map(({ to, effects }) => `${to} ${effects}`));
    for (const box of boxes.slice(1))
      for (const other of box.others) {
        const key = `${other.to} ${other.effects}`;
        if (known.has(key) || this.#isSpared(other, box, boxes)) continue;
        known.add(key);
        kept.push({ ...other.move, first: box.first });
      }
    return kept;
  }

  /** Breadth first: with every box, all that need fewer messages come before it. */
  #boxes(cell: number): Box[] {
    const boxes: Box[] = [{ cell, first: [], ...this.#partsOf(cell) }];
    const known = new Set([cell]);
    for (const box of boxes)
      for (const { move, to } of box.collecting) {
        if (known.has(to)) continue;
        known.add(to);
        // A box is no state of the search, but checks of other reductions have to see it.
        for (const { at } of this.#machine.reductions) at.watch?.(to);
        boxes.push({ cell: to, first: [...box.first, move], ...this.#partsOf(to) });
        if (boxes.length > boxesMax)
          throw new CheckerError(
            "reduction",
            `"quorum" expected at most ${boxesMax} ways to collect from one cell; search without this reduction`,
          );
      }
    return boxes;
  }

  #partsOf(cell: number): Pick<Box, "collecting" | "others"> {
    let parts = this.#parts.get(cell);
    if (parts === undefined) {
      const machine = this.#machine;
      const local = machine.localOf(cell);
      const collecting: Collecting[] = [];
      const others: Other[] = [];
      for (const move of this.#machine.mover.moves(local, machine.inboxOf(cell))) {
        const to = machine.cell(move.local, move.inbox);
        if (this.#isCollecting(local, move)) {
          this.#mustBeQuiet(cell, move, to);
          collecting.push({ move, to });
        } else others.push({ move, to, effects: `${move.spends} ${move.out}` });
      }
      parts = { collecting, others };
      this.#parts.set(cell, parts);
    }
    return parts;
  }

  #isCollecting(local: number, { kind, ran }: Move): boolean {
    if (kind !== "deliver" || ran === null || ran.outcome.fault !== null) return false;
    const names = this.#collects[this.#machine.parts.locals.value(local).process]!;
    const { fired } = ran.outcome;
    return fired.length > 0 && fired.every(({ action }) => names.has(action));
  }

  #mustBeQuiet(cell: number, move: Move, to: number): void {
    const { atoms, timers, spawns } = move.ran!.outcome;
    const { values: seen } = this.#machine.seen;
    if (atoms.length + timers.length + spawns.length > 0)
      this.#refuse(cell, move, "does more than storing a message");
    if (seen[cell] !== seen[to]) this.#refuse(cell, move, "changes what properties see");
  }

  /** Two messages that may be collected one after the other, in either order, must lead to one cell. */
  #mustCommute(boxes: readonly Box[]): void {
    const after = (cell: number, message: Move) =>
      this.#partsOf(cell).collecting.find(({ move }) => move.ran!.event.key === message.ran!.event.key)?.to;
    for (const { cell, collecting } of boxes)
      for (const one of collecting)
        for (const other of collecting) {
          if (one === other) break;
          const [there, back] = [after(one.to, other.move), after(other.to, one.move)];
          if (there !== undefined && back !== undefined && there !== back)
            this.#refuse(cell, one.move, `does not commute with: ${this.#text(cell, other.move)}`);
        }
  }

  /** Does a transition with less collecting stand for this one? */
  #isSpared({ to, effects }: Other, box: Box, boxes: readonly Box[]): boolean {
    const nothing = `${spends.nothing} `;
    return (
      boxes.some(
        (less) =>
          less.first.length < box.first.length &&
          less.others.some((other) => other.effects === effects && this.#standsFor(other.to, to)),
      ) ||
      (effects === nothing && boxes.some(({ cell }) => this.#holds(cell, to)))
    );
  }

  #standsFor(cell: number, target: number): boolean {
    if (this.#holds(cell, target)) return true;
    return this.#partsOf(cell).collecting.some(({ to }) => this.#holds(to, target));
  }

  /** Is the first cell the second one with more in its inbox, or with as much? */
  #holds(cell: number, target: number): boolean {
    const machine = this.#machine;
    if (cell === target) return true;
    if (machine.localOf(cell) !== machine.localOf(target)) return false;
    const more = machine.parts.inboxes.contents(machine.inboxOf(cell));
    let at = 0;
    for (const message of machine.parts.inboxes.contents(machine.inboxOf(target))) {
      while (at < more.length && more[at]! < message) at++;
      if (more[at++] !== message) return false;
    }
    return true;
  }

  #text(cell: number, move: Move): string {
    const { process } = this.#machine.parts.locals.value(this.#machine.localOf(cell));
    return describeStep(labelOf(this.#machine, process, move));
  }

  #refuse(cell: number, move: Move, because: string): never {
    throw new CheckerError(
      "reduction",
      `"collects" says that this step only stores a message, but it ${because}: ${this.#text(cell, move)}; correct "collects", or search without this reduction`,
    );
  }
}

/**
 * Steps of actions that an engine lists in `collects` are joined with the step that they lead up to: states with half-filled
 * boxes are skipped. All sets are tried that make a difference. Checked in each cell: collecting sends nothing, changes nothing
 * that properties see, and the order does not matter.
 *
 * Not for a `fifo` network, where a message that waits blocks others.
 *
 * @example
 * check(model, { reductions: [quorumTransitions] });
 */
export const quorumTransitions: Reduction = {
  name: "quorum",
  attach(machine) {
    if (machine.plan.model.network.order === "fifo")
      throw new CheckerError(
        "reduction",
        '"quorum" expected a network of order "bag" or "soup", got "fifo", where a message that waits blocks others',
      );
    return new QuorumTransitions(machine);
  },
};
