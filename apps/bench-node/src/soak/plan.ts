import { draws } from "../draws.ts";

/** What a soak does to a cluster. The order here is that of the report. */
export const kinds = [
  "kill",
  "kill two",
  "pause",
  "full disk",
  "slow disk",
  "isolate",
  "one-way cut",
  "split",
  "slow network",
  "clock jump",
  "swap",
  "replace",
] as const;
export type Kind = (typeof kinds)[number];

/** One trouble of a plan. */
export interface Planned {
  readonly kind: Kind;
  /** Decides whom it strikes, among those whom it may strike then; uniform, from 0 to 2^32 - 1. */
  readonly draw: number;
  readonly holdMs: number;
}

export interface PlanOptions {
  readonly seed: number;
  /** A trouble lasts so long, in milliseconds: from, to. */
  readonly holdMs: readonly [number, number];
  /** `replace` stands in every so many rounds. */
  readonly replaceEvery: number;
}

/**
 * The troubles of one round after the other, without end: every kind once a round, in an order of its own. Equal seeds give
 * equal plans.
 *
 * @example
 * const { value: round } = plan({ seed: 7, holdMs: [500, 1500], replaceEvery: 1 }).next();
 * round.map(({ kind }) => kind); // all twelve, shuffled
 */
export function* plan({ seed, holdMs: [from, to], replaceEvery }: PlanOptions): Generator<Planned[], never> {
  const next = draws(seed);
  const below = (bound: number): number => Math.floor((next() / 2 ** 32) * bound);
  for (let round = 0; ; round += 1) {
    const deck: Kind[] = kinds.filter((kind) => kind !== "replace" || round % replaceEvery === 0);
    for (let at = deck.length - 1; at > 0; at -= 1) {
      const other = below(at + 1);
      [deck[at], deck[other]] = [deck[other]!, deck[at]!];
    }
    yield deck.map((kind) => ({ kind, draw: next(), holdMs: from + below(to - from + 1) }));
  }
}
