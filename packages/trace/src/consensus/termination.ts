import type { ConsensusEvent } from "../event.ts";
import { BaseMonitor, type Verdict } from "../monitor.ts";
import { BitSet } from "../sparse.ts";
import { ConsensusBook, Faults, FewTexts, type InstanceEvent } from "./book.ts";
import type { ConsensusMonitorOptions } from "./options.ts";

interface Learner {
  readonly who: string;
  readonly decided: BitSet;
  /** All owed instances before this one are decided. */
  head: number;
  /** Decisions that came after their time. */
  late: { readonly index: number; readonly at: number }[];
}

/**
 * A learner with a live quorum decides what somebody proposed who is neither down nor faulty: within a bound once the run is
 * stable, or in any case before it has quiesced.
 */
export class LearnerTermination extends BaseMonitor<ConsensusEvent> {
  readonly #options: ConsensusMonitorOptions;
  readonly #book: ConsensusBook;
  readonly #faults = new Faults();
  /** By the number of the process. */
  readonly #learners: Learner[] = [];
  /** Instances with a proposal, in the order of their first ones; when that was; by whom all of them were. */
  readonly #owed: number[] = [];
  readonly #since: (number | undefined)[] = [];
  readonly #proposers = new FewTexts();
  #stableAt: number | null = null;
  #quiesced = false;
  #now = Number.NEGATIVE_INFINITY;

  constructor(
    options: ConsensusMonitorOptions = {},
    book: ConsensusBook = new ConsensusBook(options.learners),
  ) {
    super("termination of learners", "decisions owed");
    this.#options = options;
    this.#book = book;
    for (const who of options.learners ?? []) this.#learners[book.processOf(who)] = fresh(who);
  }

  protected take(event: ConsensusEvent): void {
    if (event.at > this.#now) this.#now = event.at;
    if (event.kind === "decide" || event.kind === "propose") this.#faults.up(event.who);
    if (event.kind === "decide") this.#decide(event);
    else if (event.kind === "propose") this.#propose(event);
    else if (event.kind === "quiesced") this.#quiesced = true;
    else if (event.kind === "stable") {
      this.#stableAt = event.at;
      // What was late before this moment was late under a calm that did not last.
      for (const learner of this.#all()) learner.late = [];
    } else this.#faults.note(event);
  }

  #propose(event: InstanceEvent): void {
    if (this.#options.isProposer?.(event.who) === false) return;
    const index = this.#book.indexOf(event);
    if (this.#since[index] === undefined) {
      this.#since[index] = event.at;
      this.#owed.push(index);
    }
    this.#proposers.add(index, event.who);
  }

  #decide(event: InstanceEvent): void {
    const process = this.#book.processOf(event.who);
    if (!this.#book.isLearner(process)) return;
    this.#learners[process] ??= fresh(event.who);
    const learner = this.#learners[process];
    const index = this.#book.indexOf(event);
    if (!learner.decided.add(index)) return;
    const deadline = this.#deadline(index);
    if (deadline !== null && event.at > deadline) learner.late.push({ index, at: event.at });
  }

  /** Processes that are no learners leave holes. */
  #all(): readonly Learner[] {
    return this.#learners.filter((learner) => learner !== undefined);
  }

  /** When an instance must be decided; null: no time is set. */
  #deadline(index: number): number | null {
    const { decidesWithin } = this.#options;
    const since = this.#since[index];
    if (decidesWithin === undefined || this.#stableAt === null || since === undefined) return null;
    return Math.max(since, this.#stableAt) + decidesWithin;
  }

  #isOwed(index: number): boolean {
    const { epoch, slot } = this.#book.instance(index);
    if (this.#options.excused?.(epoch, slot) === true) return false;
    return this.#proposers.some(index, (who) => !this.#faults.gone(who));
  }

  /** An instance that the learner is owed and has not decided: one whose time is up, if there is one. */
  #missing(learner: Learner): { readonly index: number; readonly isOver: boolean } | null {
    let open: number | null = null;
    for (let at = learner.head; at < this.#owed.length; at += 1) {
      const index = this.#owed[at]!;
      if (learner.decided.has(index)) {
        if (at === learner.head) learner.head += 1;
        continue;
      }
      if (!this.#isOwed(index)) continue;
      const deadline = this.#deadline(index);
      if (this.#quiesced || (deadline !== null && this.#now > deadline)) return { index, isOver: true };
      open ??= index;
    }
    return open === null ? null : { index: open, isOver: false };
  }

  protected override judge(): Verdict<ConsensusEvent> {
    this.looked = 0;
    let open: string | null = null;
    for (const learner of this.#all()) {
      const { who, late } = learner;
      if (this.#faults.gone(who) || this.#options.quorumAlive?.(who, this.#faults) === false) continue;
      const tooLate = late.find(({ index }) => this.#isOwed(index));
      if (tooLate !== undefined)
        return this.answer(
          "violated",
          `${who} decides ${this.#book.name(tooLate.index)} only at ${tooLate.at}`,
        );
      this.looked += this.#owed.length;
      const missing = this.#missing(learner);
      if (missing === null) continue;
      const detail = `${who} has not decided ${this.#book.name(missing.index)}`;
      if (missing.isOver) return this.answer("violated", detail);
      open ??= detail;
    }
    if (open !== null) return this.answer("pending", open);
    return this.#quiesced || this.#stableAt !== null
      ? this.kept()
      : this.answer("pending", "the run is neither stable nor quiesced");
  }
}

const fresh = (who: string): Learner => ({ who, decided: new BitSet(), head: 0, late: [] });
