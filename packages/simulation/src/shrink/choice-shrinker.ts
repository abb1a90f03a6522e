import { heldDelay } from "../network/link.ts";
import type { RunPlan } from "../run-types.ts";
import type { Choice } from "../types.ts";
import type { Attempts } from "./attempts.ts";
import { fewest } from "./fewest.ts";

const isFault = (stream: string): boolean => /^(fault|net|disk|core|byz)\b/.test(stream);
const isRequest = (stream: string): boolean => stream.startsWith("turn:");
const isDelay = (stream: string): boolean => stream.startsWith("delay:");
const isTiming = (stream: string): boolean => /^(sched|think|clock|packet|delay)\b/.test(stream);
const each = ({ stream, index }: Choice): string => `${stream} ${index}`;

/**
 * Makes a run smaller by its choices, for what needs time to show itself, such as a core that makes no progress: leaves out
 * faults, turns of clients and nodes, takes the calmest timing, and makes the values that are left small.
 */
export async function shrinkChoices<C>(attempts: Attempts<C>): Promise<void> {
  const shrinker = new ChoiceShrinker(attempts);
  for (let before = Number.POSITIVE_INFINITY; attempts.best.choices.length < before && attempts.left > 0; ) {
    before = attempts.best.choices.length;
    await shrinker.calm();
    await shrinker.drop((choice) => isFault(choice.stream), each);
    await shrinker.drop(
      (choice) => isRequest(choice.stream),
      ({ stream }) => stream,
    );
    await shrinker.leaveOutNodes();
    await shrinker.drop((choice) => isRequest(choice.stream), each);
    await shrinker.drop(
      (choice) => isTiming(choice.stream) && !held(choice),
      ({ stream }) => stream,
    );
    await shrinker.lower();
  }
}

class ChoiceShrinker<C> {
  readonly #attempts: Attempts<C>;

  constructor(attempts: Attempts<C>) {
    this.#attempts = attempts;
  }

  get #choices(): readonly Choice[] {
    return this.#attempts.best.choices;
  }

  #try(choices: readonly Choice[]): Promise<boolean | null> {
    const plan: RunPlan<C> = { ...this.#attempts.plan, choices, drawAfterMs: undefined };
    return this.#attempts.try(plan);
  }

  /** The calmest timing, of everything or of one purpose. */
  async calm(): Promise<void> {
    const purposes = [
      /^(sched|think|clock|packet|delay)\b/,
      /^think\b/,
      /^sched\b/,
      /^delay\b/,
      /^(clock|packet)\b/,
    ];
    for (const of of purposes)
      if (await this.#try(this.#choices.filter((choice) => !of.test(choice.stream) || held(choice)))) return;
  }

  /** Leaves out choices of one class, those with one key together. */
  async drop(of: (choice: Choice) => boolean, key: (choice: Choice) => string): Promise<void> {
    const others = this.#choices.filter((choice) => !of(choice));
    const groups = new Map<string, Choice[]>();
    for (const choice of this.#choices)
      if (of(choice)) groups.set(key(choice), [...(groups.get(key(choice)) ?? []), choice]);
    await fewest([...groups.values()], (kept) => this.#try([...others, ...kept.flat()]));
  }

  /** Nodes that never start, as if they were slow for ever. */
  async leaveOutNodes(): Promise<void> {
    const nodes = this.#attempts.best.drawn.absent ?? 0;
    for (let index = 0; index < nodes; index += 1) {
      if (this.#choices.some((choice) => choice.stream === "absent" && choice.index === index)) continue;
      const without: Choice = { stream: "absent", index, arity: 2, value: 1 };
      if ((await this.#try([...this.#choices, without])) === null) return;
    }
  }

  /** Smaller values, by halving. */
  async lower(): Promise<void> {
    const worth = this.#choices.filter(({ stream, value }) => !isTiming(stream) && value > 1);
    for (const { stream, index } of worth) {
      for (;;) {
        const choice = this.#choices.find((one) => one.stream === stream && one.index === index);
        if (choice === undefined || choice.value <= 1) break;
        const lower = { ...choice, value: choice.value >> 1 };
        const holds = await this.#try(this.#choices.map((one) => (one === choice ? lower : one)));
        if (holds === null) return;
        if (!holds) break;
      }
    }
  }
}

const held = (choice: Choice): boolean => choice.value === heldDelay && isDelay(choice.stream);
