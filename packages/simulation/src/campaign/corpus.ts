import { Sfc32 } from "../choice/sfc32.ts";
import { arityMax } from "../choice/stream.ts";
import type { RunPlan } from "../run-types.ts";
import type { Choice, RunResult } from "../types.ts";

/** A run that reached something new. */
interface Kept<C> {
  readonly plan: RunPlan<C>;
  readonly choices: readonly Choice[];
  readonly virtualMs: number;
}

/** The oldest go: what they reached, later ones mostly reach too. */
const keptMax = 256;

/**
 * Runs that reached something new, and runs made of them: one goes on otherwise from some moment, one has a choice changed, one
 * takes the streams of two, one repeats a fault. A run of choices is a run like any other, so nothing can go wrong with it.
 */
export class Corpus<C> {
  readonly #kept: Kept<C>[] = [];

  get size(): number {
    return this.#kept.length;
  }

  /** Keeps the choices of a run of this plan. */
  keep(plan: RunPlan<C>, result: RunResult): void {
    const { drawAfterMs: _, ...rest } = plan;
    this.#kept.push({
      plan: { ...rest, config: result.config as C, profile: result.profile, wire: result.wire },
      choices: result.choices,
      virtualMs: result.virtualMs,
    });
    if (this.#kept.length > keptMax) this.#kept.shift();
  }

  /** A new plan made of kept ones, the same for the same seed and corpus; null while nothing is kept. */
  next(seed: string): RunPlan<C> | null {
    const chance = new Sfc32(`corpus ${seed}`);
    const below = (bound: number): number => Math.floor((chance.next() / 0x1_0000_0000) * bound);
    const parent = this.#kept[below(this.#kept.length)];
    if (parent === undefined) return null;
    const { plan, choices, virtualMs } = parent;
    const child = (changed: readonly Choice[]): RunPlan<C> => ({ ...plan, seed, choices: changed });
    if (choices.length === 0) return { ...child([]), drawAfterMs: 0 };
    switch (below(4)) {
      case 0:
        return { ...child(choices), drawAfterMs: below(Math.max(1, Math.floor(virtualMs))) };
      case 1:
        return child(changed(choices, below));
      case 2:
        return child(spliced(choices, this.#kept[below(this.#kept.length)]!.choices, below));
      default:
        return child(repeated(choices, below));
    }
  }
}

type Below = (bound: number) => number;

function changed(choices: readonly Choice[], below: Below): readonly Choice[] {
  const at = below(choices.length);
  return choices.map((choice, place) => (place === at ? { ...choice, value: below(choice.arity) } : choice));
}

function spliced(one: readonly Choice[], other: readonly Choice[], below: Below): readonly Choice[] {
  const salt = below(0x1_0000_0000);
  const fromOther = (stream: string): boolean => new Sfc32(`${salt} ${stream}`).next() % 2 === 0;
  const streams = new Map<string, boolean>();
  for (const { stream } of [...one, ...other])
    if (!streams.has(stream)) streams.set(stream, fromOther(stream));
  return [
    ...one.filter(({ stream }) => !streams.get(stream)),
    ...other.filter(({ stream }) => streams.get(stream)),
  ];
}

function repeated(choices: readonly Choice[], below: Below): readonly Choice[] {
  const faults = choices.filter(({ stream }) => stream.startsWith("fault:"));
  const fault = faults[below(faults.length)];
  if (fault === undefined) return changed(choices, below);
  const again: Choice = { ...fault, arity: arityMax, index: fault.index + 1 + below(64) };
  return [...choices.filter(({ stream, index }) => stream !== again.stream || index !== again.index), again];
}
