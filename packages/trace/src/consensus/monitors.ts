import type { ConsensusEvent } from "../event.ts";
import type { Monitor, Verdict } from "../monitor.ts";
import { LearnerAgreement } from "./agreement.ts";
import { ConsensusBook } from "./book.ts";
import { DecisionIntegrity, DecisionValidity } from "./decisions.ts";
import type { ConsensusMonitorOptions } from "./options.ts";
import { LearnerTermination } from "./termination.ts";

/**
 * Monitors of consensus for the learners of a learner graph: agreement of each pair (a learner with itself among them) whose
 * edge is intact, validity, integrity over restarts, termination. Feed every event to each of them.
 *
 * What the faults of the run were is told by `faulty` events; lines of a byzantine process count for nothing.
 *
 * @example
 * const monitors = consensusMonitors({
 *   learners: ["a", "b"],
 *   safe: (a, b, { byzantine }) => edges(a, b).some((set) => set.every((one) => !byzantine.has(one))),
 *   decidesWithin: 400,
 *   globalOrder: true,
 * });
 */
export function consensusMonitors(options: ConsensusMonitorOptions = {}): Monitor<ConsensusEvent>[] {
  const book = new ConsensusBook(options.learners);
  return [
    new LearnerAgreement(options, book),
    new DecisionValidity(options, book),
    new DecisionIntegrity(options, book),
    new LearnerTermination(options, book),
  ];
}

/** P9: one decided value for each instance, whoever learns it and however often, and somebody proposed it. */
export class OneDecision implements Monitor<ConsensusEvent> {
  readonly property = "P9 consensus";
  readonly #parts: readonly Monitor<ConsensusEvent>[];

  /** @param options of them, only `globalOrder` and `isProposer` matter here. */
  constructor(options: Pick<ConsensusMonitorOptions, "globalOrder" | "isProposer"> = {}) {
    const { globalOrder = false, isProposer = () => true } = options;
    const book = new ConsensusBook();
    this.#parts = [
      new LearnerAgreement({ globalOrder }, book),
      new DecisionValidity({ globalOrder, isProposer }, book),
    ];
  }

  feed(event: ConsensusEvent): void {
    for (const part of this.#parts) part.feed(event);
  }

  verdict(end = false): Verdict<ConsensusEvent> {
    const parts = this.#parts.map((part) => part.verdict(end));
    const worst =
      parts.find(({ kind }) => kind === "violated") ??
      parts.find(({ kind }) => kind === "pending") ??
      parts[0]!;
    return { ...worst, property: this.property };
  }
}
