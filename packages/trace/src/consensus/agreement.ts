import type { ConsensusEvent } from "../event.ts";
import { BaseMonitor, type Verdict } from "../monitor.ts";
import { BitSet, entry } from "../sparse.ts";
import { ConsensusBook, Faults, type InstanceEvent } from "./book.ts";
import type { ConsensusMonitorOptions } from "./options.ts";

type Decide = Extract<InstanceEvent, { readonly kind: "propose" | "decide" }>;

/** Who decided otherwise than the first learner of an instance. */
interface Odd {
  readonly learner: number;
  readonly value: string;
}

interface Clash {
  readonly a: string;
  readonly b: string;
  readonly detail: string;
  readonly event: ConsensusEvent;
}

/** For every pair of learners with an intact edge, a learner with itself among them: their decisions are equal. */
export class LearnerAgreement extends BaseMonitor<ConsensusEvent> {
  readonly #options: ConsensusMonitorOptions;
  readonly #book: ConsensusBook;
  readonly #faults = new Faults();
  /** The value that was decided first, by instance. */
  readonly #values: (string | undefined)[] = [];
  /** The instances in which each learner decided the first value. */
  readonly #with: BitSet[] = [];
  readonly #odd = new Map<number, Odd[]>();
  /** The first clash of each pair. */
  readonly #clashes = new Map<string, Clash>();

  constructor(
    options: ConsensusMonitorOptions = {},
    book: ConsensusBook = new ConsensusBook(options.learners),
  ) {
    super("agreement of learners", "decisions");
    this.#options = options;
    this.#book = book;
  }

  protected take(event: ConsensusEvent): void {
    if (event.kind !== "decide") {
      this.#faults.note(event);
      return;
    }
    const learner = this.#book.processOf(event.who);
    if (!this.#book.isLearner(learner) || this.#faults.lies(event.who)) return;
    this.looked += 1;
    const index = this.#book.indexOf(event);
    this.#with[learner] ??= new BitSet();
    this.#values[index] ??= event.value;
    if (this.#values[index] !== event.value) this.#differs(event, index, learner);
    else {
      this.#with[learner].add(index);
      if (this.#odd.size > 0)
        for (const { learner: other, value } of this.#odd.get(index) ?? [])
          this.#clash(event, index, other, value);
    }
  }

  #differs(event: Decide, index: number, learner: number): void {
    const odd = entry(this.#odd, index, () => []);
    for (const [other, decided] of this.#with.entries())
      if (decided?.has(index)) this.#clash(event, index, other, this.#values[index]!);
    for (const { learner: other, value } of odd)
      if (value !== event.value) this.#clash(event, index, other, value);
    if (!odd.some((one) => one.learner === learner && one.value === event.value))
      odd.push({ learner, value: event.value });
  }

  #clash(event: Decide, index: number, other: number, value: string): void {
    const a = this.#book.who(other);
    const b = event.who;
    const pair = JSON.stringify(a < b ? [a, b] : [b, a]);
    if (this.#clashes.has(pair)) return;
    const name = this.#book.name(index);
    const detail = `agreement(${a},${b}): ${name} is ${JSON.stringify(value)} at ${a} and ${JSON.stringify(event.value)} at ${b}`;
    if (this.#options.globalOrder !== true) this.#clashes.set(pair, { a, b, detail, event });
    else if (this.#isIntact(a, b)) this.violated(detail, event);
  }

  #isIntact(a: string, b: string): boolean {
    if (this.#faults.lies(a) || this.#faults.lies(b)) return false;
    return this.#options.safe?.(a, b, this.#faults) ?? true;
  }

  protected override judge(): Verdict<ConsensusEvent> {
    for (const { a, b, detail, event } of this.#clashes.values())
      if (this.#isIntact(a, b)) return this.answer("violated", detail, event);
    return this.kept();
  }
}
