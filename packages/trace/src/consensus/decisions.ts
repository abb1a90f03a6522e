import type { ConsensusEvent } from "../event.ts";
import { BaseMonitor, type Verdict } from "../monitor.ts";
import { BitSet } from "../sparse.ts";
import { ConsensusBook, Faults, FewTexts } from "./book.ts";
import type { ConsensusMonitorOptions } from "./options.ts";

/** What was decided was proposed, by somebody whose proposals count. */
export class DecisionValidity extends BaseMonitor<ConsensusEvent> {
  readonly #options: ConsensusMonitorOptions;
  readonly #book: ConsensusBook;
  readonly #faults = new Faults();
  readonly #proposed = new FewTexts();
  /** Decisions whose proposal has not come so far. */
  readonly #open = new Map<string, { readonly index: number; readonly event: ConsensusEvent }>();

  constructor(
    options: ConsensusMonitorOptions = {},
    book: ConsensusBook = new ConsensusBook(options.learners),
  ) {
    super("validity of decisions", "decisions");
    this.#options = options;
    this.#book = book;
  }

  protected take(event: ConsensusEvent): void {
    if (event.kind === "propose") {
      if (this.#options.isProposer?.(event.who) !== false)
        this.#proposed.add(this.#book.indexOf(event), event.value);
    } else if (event.kind === "decide") {
      const learner = this.#book.processOf(event.who);
      if (!this.#book.isLearner(learner) || this.#faults.lies(event.who)) return;
      this.looked += 1;
      const index = this.#book.indexOf(event);
      if (this.#proposed.has(index, event.value)) return;
      if (this.#options.globalOrder === true) this.violated(this.#detail(index, event), event);
      const key = JSON.stringify([index, event.who, event.value]);
      if (!this.#open.has(key)) this.#open.set(key, { index, event });
    } else this.#faults.note(event);
  }

  protected override judge(end: boolean): Verdict<ConsensusEvent> {
    for (const [key, { index, event }] of this.#open) {
      if (event.kind !== "decide" || this.#faults.lies(event.who)) continue;
      if (this.#proposed.has(index, event.value)) this.#open.delete(key);
      else return this.answer(end ? "violated" : "pending", this.#detail(index, event), event);
    }
    return this.kept();
  }

  #detail(index: number, event: ConsensusEvent & { readonly kind: "propose" | "decide" }): string {
    return `${event.who} decides ${JSON.stringify(event.value)} in ${this.#book.name(index)}: nobody proposed it`;
  }
}

interface Decided {
  /** Since the last crash. */
  life: BitSet;
  readonly ever: BitSet;
}

/** A learner decides an instance once in a life, and has the decision from then on, in later lives as well. */
export class DecisionIntegrity extends BaseMonitor<ConsensusEvent> {
  readonly #book: ConsensusBook;
  readonly #faults = new Faults();
  readonly #learners: (Decided | undefined)[] = [];

  constructor(
    options: ConsensusMonitorOptions = {},
    book: ConsensusBook = new ConsensusBook(options.learners),
  ) {
    super("integrity of decisions", "decisions and looks");
    this.#book = book;
  }

  protected take(event: ConsensusEvent): void {
    if (event.kind === "crash") {
      const decided = this.#learners[this.#book.processOf(event.who)];
      if (decided !== undefined) decided.life = new BitSet();
      return;
    }
    if (event.kind !== "decide" && event.kind !== "undecided") {
      this.#faults.note(event);
      return;
    }
    const learner = this.#book.processOf(event.who);
    if (!this.#book.isLearner(learner) || this.#faults.lies(event.who)) return;
    this.looked += 1;
    const index = this.#book.indexOf(event);
    this.#learners[learner] ??= { life: new BitSet(), ever: new BitSet() };
    const decided = this.#learners[learner];
    if (event.kind === "decide") {
      decided.ever.add(index);
      if (!decided.life.add(index))
        this.violated(`${event.who} decides ${this.#book.name(index)} twice in one life`, event);
    } else if (decided.ever.has(index) && !this.#faults.amnesiac.has(event.who))
      this.violated(`${event.who} took its decision of ${this.#book.name(index)} back`, event);
  }
}
