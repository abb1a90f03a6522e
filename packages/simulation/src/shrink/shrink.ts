import { heldDelay } from "../network/link.ts";
import type { RunPlan } from "../run-types.ts";
import { simulate } from "../simulate.ts";
import type { Choice, RunResult } from "../types.ts";
import { ddmin } from "./ddmin.ts";

/** How a failing run is made smaller. */
export interface ShrinkOptions {
  /** Runs spent on it. Default 200. */
  readonly replays?: number;
  /** Called after every run with the sizes of the smallest one so far. */
  onProgress?(replays: number, size: RunSize): void;
}

/** What makes a run hard to read. */
export interface RunSize {
  readonly steps: number;
  readonly faults: number;
  readonly requests: number;
}

/** A failing run, smaller: the same property is violated. */
export interface Shrunk<C = unknown> {
  readonly plan: RunPlan<C>;
  readonly result: RunResult;
  readonly replays: number;
  readonly before: RunSize;
  readonly after: RunSize;
}

const isFault = (stream: string): boolean => /^(fault|net|disk|core|byz)\b/.test(stream);
const isRequest = (stream: string): boolean => stream.startsWith("turn:");
const isDelay = (stream: string): boolean => stream.startsWith("delay:");
const isTiming = (stream: string): boolean => /^(sched|think|clock|packet|delay)\b/.test(stream);

/** The sizes of a run. */
export function sizeOf({ steps, choices, requests }: RunResult): RunSize {
  return {
    steps,
    faults: choices.filter(({ stream }) => isFault(stream)).length,
    requests: Object.values(requests).reduce((sum, { made }) => sum + made, 0),
  };
}

const weight = ({ steps, faults, requests }: RunSize): number => steps + faults + requests;

/**
 * Makes a failing run smaller: leaves out faults, requests of clients and nodes, lets packets arrive only after the run,
 * takes the calmest timing, and makes what is left of the values small. Every candidate is a legal run, since a choice that
 * is missing is the calmest one.
 *
 * @param result of `plan`, which must not be ok: then there is nothing to shrink, and it is the answer.
 * @example
 * const { plan, after } = await shrink(failing, await simulate(failing));
 */
export async function shrink<C>(
  plan: RunPlan<C>,
  result: RunResult,
  options: ShrinkOptions = {},
): Promise<Shrunk<C>> {
  const before = sizeOf(result);
  const shrinker = new Shrinker(plan, result, options);
  if (result.outcome.kind !== "ok") await shrinker.run();
  const { best } = shrinker;
  return {
    plan: { ...plan, config: result.config as C, choices: best.choices },
    result: best,
    replays: shrinker.replays,
    before,
    after: sizeOf(best),
  };
}

class Shrinker<C> {
  readonly #plan: RunPlan<C>;
  readonly #property: string;
  readonly #options: ShrinkOptions;
  readonly #budget: number;
  best: RunResult;
  replays = 0;

  constructor(plan: RunPlan<C>, result: RunResult, options: ShrinkOptions) {
    // A run that failed by itself goes on from its own choices: its seed only fills what `drawAfterMs` left open.
    const { drawAfterMs: _, ...rest } = plan;
    this.#plan = { ...rest, config: result.config as C };
    this.#property = result.outcome.kind === "ok" ? "" : result.outcome.property;
    this.#options = options;
    this.#budget = options.replays ?? 200;
    this.best = result;
  }

  async run(): Promise<void> {
    let last = Number.POSITIVE_INFINITY;
    // One pass may open the way for an earlier one.
    while (weight(sizeOf(this.best)) < last && this.replays < this.#budget) {
      last = weight(sizeOf(this.best));
      await this.#calm();
      await this.#drop(
        (choice) => isFault(choice.stream),
        (choice) => `${choice.stream} ${choice.index}`,
      );
      await this.#drop(
        (choice) => isRequest(choice.stream),
        (choice) => choice.stream,
      );
      await this.#leaveOutNodes();
      await this.#drop(
        (choice) => isRequest(choice.stream),
        (choice) => `${choice.stream} ${choice.index}`,
      );
      await this.#hold();
      await this.#drop(
        (choice) => isTiming(choice.stream) && !held(choice),
        (choice) => choice.stream,
      );
      await this.#lower();
    }
  }

  /** The calmest timing, of everything or of one purpose. */
  async #calm(): Promise<void> {
    for (const of of [
      /^(sched|think|clock|packet|delay)\b/,
      /^think\b/,
      /^sched\b/,
      /^delay\b/,
      /^(clock|packet)\b/,
    ])
      if (await this.#try(this.best.choices.filter((choice) => !of.test(choice.stream) || held(choice))))
        return;
  }

  /** Leaves out choices of one class, those with one key together. */
  async #drop(of: (choice: Choice) => boolean, key: (choice: Choice) => string): Promise<void> {
    const others = this.best.choices.filter((choice) => !of(choice));
    const groups = grouped(this.best.choices.filter(of), key);
    await ddmin(groups, (kept) => this.#try([...others, ...kept.flat()]));
  }

  /** Nodes that never start, as if they were slow for ever. */
  async #leaveOutNodes(): Promise<void> {
    const nodes = this.best.drawn.absent ?? 0;
    for (let index = 0; index < nodes; index += 1) {
      if (this.best.choices.some((choice) => choice.stream === "absent" && choice.index === index)) continue;
      const without: Choice = { stream: "absent", index, arity: 2, value: 1 };
      if ((await this.#try([...this.best.choices, without])) === null) return;
    }
  }

  /** Packets that the violation does not need arrive after the run. */
  async #hold(): Promise<void> {
    const rest = this.best.choices.filter((choice) => !isDelay(choice.stream) || held(choice));
    const known = new Map<string, Choice>();
    for (const choice of this.best.choices) known.set(`${choice.stream} ${choice.index}`, choice);
    const moving: { readonly stream: string; readonly index: number }[] = [];
    for (const [stream, length] of Object.entries(this.best.drawn))
      for (let index = 0; isDelay(stream) && index < length; index += 1)
        if (!held(known.get(`${stream} ${index}`))) moving.push({ stream, index });
    await ddmin(moving, (kept) => {
      const stays = new Set(kept);
      const delays = moving.flatMap((packet): Choice[] => {
        const choice = known.get(`${packet.stream} ${packet.index}`);
        if (!stays.has(packet)) return [{ ...packet, arity: heldDelay + 1, value: heldDelay }];
        return choice === undefined ? [] : [choice];
      });
      return this.#try([...rest, ...delays]);
    });
  }

  /** Smaller values: the least that still violates, by halving. */
  async #lower(): Promise<void> {
    const worth = this.best.choices.filter(({ stream, value }) => !isTiming(stream) && value > 1);
    for (const { stream, index } of worth) {
      for (;;) {
        const choice = this.best.choices.find((one) => one.stream === stream && one.index === index);
        if (choice === undefined || choice.value <= 1) break;
        const lower = { ...choice, value: choice.value >> 1 };
        const holds = await this.#try(
          this.best.choices.map((one) => (one === choice ? lower : one)),
          true,
        );
        if (holds === null) return;
        if (!holds) break;
      }
    }
  }

  /** True: violates the same property and is smaller, and is the best from now on. Null: no more replays. */
  async #try(choices: readonly Choice[], equalIsFine = false): Promise<boolean | null> {
    if (this.replays >= this.#budget) return null;
    this.replays += 1;
    const result = await simulate({ ...this.#plan, choices });
    const { outcome } = result;
    const same = outcome.kind !== "ok" && outcome.property === this.#property;
    const now = weight(sizeOf(this.best));
    const then = weight(sizeOf(result));
    const simpler =
      then < now || (then === now && (equalIsFine || result.choices.length < this.best.choices.length));
    if (same && simpler) this.best = result;
    this.#options.onProgress?.(this.replays, sizeOf(this.best));
    return same && simpler;
  }
}

const held = (choice: Choice | undefined): boolean => choice?.value === heldDelay && isDelay(choice.stream);

function grouped(choices: readonly Choice[], key: (choice: Choice) => string): (readonly Choice[])[] {
  const groups = new Map<string, Choice[]>();
  for (const choice of choices) {
    const name = key(choice);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [choice]);
    else group.push(choice);
  }
  return [...groups.values()];
}
