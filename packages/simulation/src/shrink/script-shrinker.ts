import type { RunPlan } from "../run-types.ts";
import { simulate } from "../simulate.ts";
import type { Choice, RunResult } from "../types.ts";
import type { Attempts } from "./attempts.ts";
import { fewest } from "./fewest.ts";
import { isFault, isSlow, isTimer, isTurn, type Move, Moves, sortOf, without } from "./move.ts";
import { Needed } from "./needed.ts";

/**
 * Makes a run smaller by its moves: a script of them is a run of its own, whose other moves do not shift when one is left out.
 *
 * @returns false when the moves alone do not show the violation: it needs timing or damage that moves do not tell.
 */
export async function shrinkScript<C>(
  plan: RunPlan<C>,
  result: RunResult,
  attempts: Attempts<C>,
): Promise<boolean> {
  const timed = new Moves();
  await simulate({ ...plan, choices: result.choices }, timed.eyes);
  const shrinker = new ScriptShrinker({ ...plan, drawAfterMs: undefined }, attempts);
  const loads = result.choices.filter(({ stream }) => stream.startsWith("load:"));
  for (const choices of [loads, result.choices])
    if ((await shrinker.begin(timed.all, choices)) === true) {
      await shrinker.shrink(result.drawn.absent ?? 0);
      return true;
    }
  return false;
}

class ScriptShrinker<C> {
  readonly #plan: RunPlan<C>;
  readonly #attempts: Attempts<C>;
  readonly #tried = new Set<string>();
  #choices: readonly Choice[] = [];
  #seen = new Moves();

  constructor(plan: RunPlan<C>, attempts: Attempts<C>) {
    this.#plan = plan;
    this.#attempts = attempts;
  }

  get #moves(): readonly Move[] {
    return this.#seen.all;
  }

  begin(moves: readonly Move[], choices: readonly Choice[]): Promise<boolean | null> {
    return this.#try(moves, choices, true);
  }

  /** Coarse before fine, as replays are few: in each of these what may go together before what may go alone. */
  async shrink(nodes: number): Promise<void> {
    const idle = this.#moves.filter(({ steps, fired }) => steps > 0 && fired === 0);
    await this.#drop(idle, false);
    await this.#onlyNeeded();
    await this.#leaveOutNodes(nodes);
    await this.#bySort();
    await this.#onlyNeeded();
    for (const share of [24, 96]) {
      for (const of of [isTurn, isFault, isTimer]) await this.#sweep(of, true, share);
      await this.#sweep(() => true, true, share);
      await this.#sweep(() => true, false, share);
      await this.#bySort();
      await this.#onlyNeeded();
    }
    const size = (): number => this.#moves.length + this.#attempts.best.steps;
    for (let before = Number.POSITIVE_INFINITY; size() < before && this.#attempts.left > 0; ) {
      before = size();
      for (const of of [isTurn, isFault, isTimer]) await this.#sweep(of, true);
      await this.#sweep(() => true, false);
      await this.#sweep(() => true, true);
      await this.#calmTurns();
    }
  }

  /** Turns of clients that are as simple as they can be. */
  async #calmTurns(): Promise<void> {
    const isLoad = ({ stream }: Choice): boolean => stream.startsWith("load:");
    const others = this.#choices.filter((choice) => !isLoad(choice));
    const made = this.#attempts.best.choices.filter(isLoad);
    await fewest(made, (kept) => this.#try(this.#moves, [...others, ...kept]));
  }

  /** Leaves out what the last output, and others with which it may be in conflict, do not need. */
  async #onlyNeeded(): Promise<void> {
    const moves = this.#moves;
    const needed = new Needed(this.#seen);
    const outputs = needed.outputs;
    const last = outputs.at(-1);
    if (last === undefined) return;
    const holds = (others: readonly number[]): Promise<boolean | null> => {
      const some = needed.movesFor([...others, last]);
      const gone = moves.filter((move) => !some.has(move) && !isSlow(move) && !isFault(move));
      return this.#try(without(moves, new Set(gone), false), this.#choices);
    };
    if ((await holds([])) === true) return;
    const others = outputs.slice(0, -1);
    if ((await holds(others)) === true) await fewest(others, holds, Math.ceil(others.length / 8));
  }

  /** Leaves out all moves of one sort, those that are many first. */
  async #bySort(): Promise<void> {
    const sorts = new Map<string, Move[]>();
    for (const move of this.#moves) sorts.set(sortOf(move), [...(sorts.get(sortOf(move)) ?? []), move]);
    const many = [...sorts].sort(([, a], [, b]) => b.length - a.length).map(([sort]) => sort);
    for (const sort of many)
      await this.#drop(
        this.#moves.filter((move) => sortOf(move) === sort),
        false,
      );
  }

  async #try(moves: readonly Move[], choices: readonly Choice[], whatever = false): Promise<boolean | null> {
    const script = moves.map(({ text }) => text);
    const key = JSON.stringify([script, choices]);
    if (this.#tried.has(key)) return false;
    this.#tried.add(key);
    const seen = new Moves();
    const holds = await this.#attempts.try({ ...this.#plan, script, choices }, whatever, seen.eyes);
    if (holds === true) {
      this.#seen = seen;
      this.#choices = choices;
    }
    return holds;
  }

  async #drop(gone: readonly Move[], whole: boolean): Promise<boolean | null> {
    if (gone.length === 0) return false;
    return this.#try(without(this.#moves, new Set(gone), whole), this.#choices);
  }

  /** Nodes that never start, as if they were slow for ever. */
  async #leaveOutNodes(nodes: number): Promise<void> {
    for (let index = 0; index < nodes; index += 1)
      await this.#try(this.#moves, [...this.#choices, { stream: "absent", index, arity: 2, value: 1 }]);
  }

  /**
   * Leaves moves out from the end to the beginning: twice as many at once after each success, half as many after each failure.
   *
   * @param whole with all that came of them.
   * @param share of how many there are, one in so many at least at once; default: down to single ones.
   */
  async #sweep(of: (move: Move) => boolean, whole: boolean, share = Number.POSITIVE_INFINITY): Promise<void> {
    const count = this.#moves.filter(of).length;
    const floor = Math.max(1, Math.floor(count / share));
    let before = Number.POSITIVE_INFINITY;
    let size = share < count ? count / 2 : 4;
    for (;;) {
      const items = this.#moves.filter((move) => of(move) && move.at < before);
      if (items.length === 0) return;
      size = Math.min(Math.ceil(size), items.length);
      const some = items.slice(-size);
      const holds = await this.#drop(some, whole);
      if (holds === null) return;
      if (!holds && size > floor) size = Math.max(floor, size >> 1);
      else before = some[0]!.at;
      if (holds) size *= 2;
    }
  }
}
