import { CheckerError } from "../error.ts";
import type { Model } from "../model.ts";
import { readContent, writeContent } from "./content.ts";
import { Evaluator } from "./evaluate.ts";
import { Inboxes } from "./inbox.ts";
import { Ints } from "./intern.ts";
import { crashed, Locals, unborn, withCommand } from "./local.ts";
import { delta, type Move, Mover, type Parts } from "./moves.ts";
import { PairTable } from "./pair-table.ts";
import { type Plan, planOf } from "./plan.ts";
import { type AttachedReduction, attached, type Reduction } from "./reduction.ts";
import { Views } from "./views.ts";
import { Vocabulary } from "./vocabulary.ts";

/** Pairs of numbers below this are one safe integer. */
const pairing = 2 ** 26;

/** Who gives cells their numbers, where several machines must agree on them. */
export interface Numbering {
  /**
   * The number of a cell that this machine does not know. Has the machine adopt all cells before it, in order, so that
   * `find` may then know it after all.
   */
  numberOf(machine: Machine, find: () => number | undefined, content: () => string): number;
}

/**
 * A model as a table of small numbers: cells (one process with its inbox), what each cell may do, and what it becomes when a
 * message comes. Engines run when a cell is new and never again.
 */
export class Machine {
  readonly plan: Plan;
  readonly parts: Parts;
  readonly mover: Mover;
  readonly views: Views;
  readonly reductions: readonly { readonly name: string; readonly at: AttachedReduction }[];
  /** Components of a vector: processes, and the world where it has budgets. */
  readonly width: number;
  readonly initial: Int32Array;
  readonly #cells = new Map<number, number>();
  readonly #locals = new Ints();
  readonly #inboxes = new Ints();
  readonly #budgets: (readonly number[])[] = [];
  readonly #hasClasses: boolean;
  readonly #numbering: Numbering | null;
  readonly #drops: ((local: number, message: number) => boolean) | null;
  /** Of each cell: a random word for hashing. */
  readonly words = new Ints();
  /** Of each cell: what properties see of it, as a number. */
  readonly seen = new Ints();
  /** Of each cell: where its moves stand in `pool`; 0: not computed yet. */
  readonly #starts = new Ints();
  /** For each cell: the number of moves; then cell, what is spent, length of `out`, and `out`, for each move. */
  readonly pool = new Ints(1 << 16);
  readonly #after = new PairTable();
  /** By view, where a vector stands for a class: does any view of the class violate something? */
  readonly #classes = new Map<number, boolean>();

  /** @throws CheckerError with code `model`. */
  constructor(model: Model, reductions: readonly Reduction[] = [], numbering: Numbering | null = null) {
    this.#numbering = numbering;
    this.plan = planOf(model);
    const { plan } = this;
    const words = new Vocabulary(plan);
    this.parts = {
      plan,
      words,
      evaluators: plan.processes.map((process) => new Evaluator(plan, process, words)),
      locals: new Locals(),
      inboxes: new Inboxes(model.network.order, (message) => words.messages.value(message).sender),
      cuts: new Map(),
    };
    this.mover = new Mover(this.parts);
    this.views = new Views(plan, this.parts);
    this.width = plan.processes.length + (plan.hasWorld ? 1 : 0);
    this.pool.push(0);
    this.reductions = attached(this, reductions);
    this.#hasClasses = this.reductions.some(({ at }) => at.classOf !== undefined);
    this.#drops = this.#dropping();
    this.initial = this.#birth();
  }

  get cellCount(): number {
    return this.#locals.length;
  }

  get evaluations(): number {
    return this.parts.evaluators.reduce((sum, { evaluations }) => sum + evaluations, 0);
  }

  localOf(cell: number): number {
    return this.#locals.values[cell]!;
  }

  inboxOf(cell: number): number {
    return this.#inboxes.values[cell]!;
  }

  /** Of a cell of the world: crashes, losses and duplicates that are left. */
  budgetsOf(cell: number): readonly number[] {
    return this.#budgets[this.inboxOf(cell)]!;
  }

  /** The cell of a local state and an inbox, without what a reduction forgets. */
  cell(local: number, inbox: number): number {
    const kept = this.#drops === null ? inbox : this.#withoutDropped(local, inbox, this.#drops);
    return this.#cells.get(local * pairing + kept) ?? this.#number(local, kept);
  }

  /** Takes a cell over from another machine: it gets the next number. */
  adopt(content: string): void {
    const known = readContent(this.parts, content);
    if (known.budgets !== null) this.#add(-1, this.#budgets.push(known.budgets) - 1, worldKey(known.budgets));
    else this.#add(known.local, known.inbox, known.local * pairing + known.inbox);
  }

  /** Where the moves of the cell stand in `pool`. */
  movesAt(cell: number): number {
    const at = this.#starts.values[cell]!;
    return at !== 0 ? at : this.#computeMoves(cell);
  }

  /** The moves of a cell in full, in the order of `pool`. */
  moves(cell: number): readonly Move[] {
    const local = this.localOf(cell);
    if (local < 0) return [];
    let moves: readonly Move[] = this.mover.moves(local, this.inboxOf(cell));
    for (const { at } of this.reductions) at.watch?.(cell);
    for (const { at } of this.reductions) moves = at.moves?.(cell, moves) ?? moves;
    return moves;
  }

  /** The cell after something has come to it. */
  after(cell: number, what: number): number {
    const known = this.#after.get(cell, what);
    if (known >= 0) return known;
    const next = this.#become(cell, what);
    this.#after.set(cell, what, next);
    return next;
  }

  /** The cell of the world after one spending, or -1 if nothing is left. */
  spend(cell: number, what: number): number {
    const budgets = this.budgetsOf(cell);
    const left = budgets[what - 1]!;
    if (left === 0) return -1;
    return this.world(budgets.map((budget, at) => (at === what - 1 ? left - 1 : budget)));
  }

  /** The cell of the world in which these budgets are left. */
  world(budgets: readonly number[]): number {
    const key = worldKey(budgets);
    const find = () => this.#cells.get(key);
    const known = find();
    if (known !== undefined) return known;
    const cell = this.#next(find, () => JSON.stringify(budgets));
    if (find() === undefined) this.#add(-1, this.#budgets.push(budgets) - 1, key);
    return cell;
  }

  /** All states that the vector stands for, itself first; without a reduction it stands for itself only. */
  classOf(vector: Int32Array): readonly Int32Array[] {
    const spelling = this.reductions.find(({ at }) => at.classOf !== undefined);
    return spelling?.at.classOf?.(vector) ?? [vector];
  }

  /** Does the state that stands at `base`, or one that it stands for, violate something? */
  violates(vectors: Int32Array, base: number): boolean {
    const { views, seen } = this;
    const view = views.view(vectors, base, seen.values);
    if (!this.#hasClasses) return views.violation(view) !== null;
    let known = this.#classes.get(view);
    if (known === undefined) {
      const images = this.classOf(vectors.slice(base, base + this.width));
      const judged = images.map((image) => views.violation(views.view(image, 0, seen.values)));
      known = judged.some((violation) => violation !== null);
      this.#classes.set(view, known);
    }
    return known;
  }

  /** Bytes of the big tables, as computed. */
  get bytes(): number {
    const ints = [this.#locals, this.#inboxes, this.words, this.seen, this.#starts, this.pool];
    return (
      ints.reduce((sum, { values }) => sum + values.byteLength, 0) + this.#after.bytes + this.views.bytes
    );
  }

  #number(local: number, inbox: number): number {
    const key = local * pairing + inbox;
    const find = () => this.#cells.get(key);
    const cell = this.#next(find, () => writeContent(this.parts, local, inbox));
    if (find() === undefined) this.#add(local, inbox, key);
    return cell;
  }

  #next(find: () => number | undefined, content: () => string): number {
    return this.#numbering?.numberOf(this, find, content) ?? this.cellCount;
  }

  /** The cell with the next number. */
  #add(local: number, inbox: number, key: number): void {
    this.#cells.set(key, this.cellCount);
    this.words.push(scrambled(this.cellCount));
    this.seen.push(local < 0 ? 0 : this.views.seenOf(local));
    this.#starts.push(0);
    this.#inboxes.push(inbox);
    this.#locals.push(local);
  }

  #computeMoves(cell: number): number {
    const moves = this.moves(cell);
    const { pool } = this;
    const at = pool.length;
    pool.push(moves.length);
    for (const { local, inbox, spends: spent, out } of moves) {
      pool.push(this.cell(local, inbox));
      pool.push(spent);
      pool.push(out.length);
      for (const one of out) pool.push(one);
    }
    this.#starts.values[cell] = at;
    return at;
  }

  #become(cell: number, what: number): number {
    const { locals, inboxes, words } = this.parts;
    const local = locals.value(this.localOf(cell));
    const inbox = this.inboxOf(cell);
    if (local.state < 0 && !this.plan.recover) return cell;
    if (what === delta.crash) {
      const down = locals.id(crashed(local, this.plan.recover));
      return this.cell(down, this.plan.recover ? inbox : inboxes.id([]));
    }
    const number = what >> 2;
    if ((what & 3) === 0) return this.cell(this.localOf(cell), inboxes.add(inbox, number));
    const sender = (command: number) => words.commands.value(command).from;
    return this.cell(locals.id(withCommand(local, number, sender)), inbox);
  }

  #dropping(): ((local: number, message: number) => boolean) | null {
    const asked = this.reductions.filter(({ at }) => at.drops !== undefined);
    if (asked.length === 0) return null;
    const known = new Map<number, boolean>();
    return (local, message) => {
      const key = local * pairing + message;
      let answer = known.get(key);
      if (answer === undefined) {
        answer = asked.some(({ at }) => at.drops!(local, message));
        known.set(key, answer);
      }
      return answer;
    };
  }

  #withoutDropped(local: number, inbox: number, drops: (local: number, message: number) => boolean): number {
    const { inboxes } = this.parts;
    const contents = inboxes.contents(inbox);
    const kept = contents.filter((message) => !drops(local, message));
    return kept.length === contents.length ? inbox : inboxes.id(kept);
  }

  /** Every process has started, each for the first time. */
  #birth(): Int32Array {
    const { plan, parts } = this;
    const vector = new Int32Array(this.width);
    const nobody = parts.inboxes.id([]);
    for (const process of plan.processes)
      vector[process.index] = this.cell(parts.locals.id(unborn(process, parts.words)), nobody);
    const sent: number[] = [];
    for (const process of plan.processes) {
      const local = parts.locals.value(this.localOf(vector[process.index]!));
      const moves = this.mover.birth(process, local, nobody);
      if (moves.length !== 1)
        throw new CheckerError(
          "model",
          `"${process.key}" may start in ${moves.length} ways; expected one: make the choice in an input instead`,
        );
      vector[process.index] = this.cell(moves[0]!.local, nobody);
      sent.push(...moves[0]!.out);
    }
    for (let at = 0; at < sent.length; at += 2)
      vector[sent[at]!] = this.after(vector[sent[at]!]!, sent[at + 1]!);
    if (plan.hasWorld) vector[this.width - 1] = this.world([plan.crashes, plan.losses ?? 0, plan.duplicates]);
    for (const { at } of this.reductions) at.canonical?.(vector);
    return vector;
  }
}

/** Budgets below 4096 as one number; negative, so that it is no pair. */
function worldKey(budgets: readonly number[]): number {
  return -1 - budgets.reduce((sum, budget) => sum * 4096 + budget, 0);
}

/** A well mixed word for each number: it places vectors in the table, nothing else depends on it. */
function scrambled(number: number): number {
  let word = Math.imul(number + 1, 0x9e3779b1);
  word ^= word >>> 16;
  word = Math.imul(word, 0x85ebca6b);
  word ^= word >>> 13;
  word = Math.imul(word, 0xc2b2ae35);
  return word ^ (word >>> 16);
}
