/**
 * A small transition system with the right answer on one liveness property: data, for any checker.
 *
 * An action is enabled where one of its steps leads to another state. Every state may stutter. `fairness` names groups
 * of actions, each of which counts as one; an action in no group is never forced.
 */
export interface LivenessModel {
  readonly name: string;
  /** The published mistake of a checker that this model shows. */
  readonly catches: string;
  /** States are 0 to `states` - 1; the first is initial. */
  readonly states: number;
  readonly steps: readonly (readonly [from: number, action: string, to: number])[];
  readonly fairness: readonly {
    readonly kind: "weak" | "strong";
    readonly actions: readonly string[];
  }[];
  /** States with enabled steps that are not listed: the exploration stopped there, or a bound cut them off. */
  readonly incomplete?: readonly number[];
  /** Reductions under which the system was explored. */
  readonly reductions?: readonly string[];
  readonly property: LivenessClaim;
  readonly verdict: "holds" | "violated" | "vacuous" | "unknown";
  readonly why: string;
}

/** The property of a model, with its predicates as lists of states. */
export interface LivenessClaim {
  readonly kind: "eventually" | "always-eventually" | "eventually-always" | "leads-to";
  readonly goal: readonly number[];
  /** Only for `leads-to`. */
  readonly from?: readonly number[];
}
