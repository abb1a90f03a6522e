/** A promise about infinite runs, over predicates on states. */
export type LivenessProperty<State> =
  /** Every fair run reaches the goal. */
  | { readonly kind: "eventually"; readonly goal: (state: State) => boolean }
  /** Every fair run comes to the goal again and again. */
  | { readonly kind: "always-eventually"; readonly goal: (state: State) => boolean }
  /** Every fair run comes to stay in the goal. */
  | { readonly kind: "eventually-always"; readonly goal: (state: State) => boolean }
  /** In every fair run each `from` is followed by the goal, at once or later. */
  | {
      readonly kind: "leads-to";
      readonly from: (state: State) => boolean;
      readonly goal: (state: State) => boolean;
    };

/**
 * What a run must look like to break a property: a first part without demands up to a state in `starts` (null: no such
 * part, the run starts at once), from there on no state in `avoids`, and for ever again a state in `visits`. Null
 * demands nothing.
 */
export interface Violation<State> {
  readonly starts: ((state: State) => boolean) | null;
  readonly avoids: ((state: State) => boolean) | null;
  readonly visits: ((state: State) => boolean) | null;
}

/** The one form into which both methods bring a property. */
export function violationOf<State>(property: LivenessProperty<State>): Violation<State> {
  const { goal } = property;
  switch (property.kind) {
    case "eventually":
      return { starts: null, avoids: goal, visits: null };
    case "always-eventually":
      return { starts: () => true, avoids: goal, visits: null };
    case "eventually-always":
      return { starts: null, avoids: null, visits: (state) => !goal(state) };
    case "leads-to":
      return { starts: property.from, avoids: goal, visits: null };
  }
}

/** The answer on a liveness property. */
export interface LivenessVerdict {
  /** `vacuous`: the run that the property speaks of does not exist, such as a `from` that is never reached. */
  readonly result: "holds" | "violated" | "vacuous" | "unknown";
  /** One sentence; for `unknown`, what to change. */
  readonly why: string;
  /** The run that breaks the property; null unless violated. */
  readonly lasso: Lasso | null;
}

/**
 * An infinite run: `states[0]` is initial, step `i` leads from `states[i]` to `states[i + 1]`, and the last step leads
 * back to `states[loop]`.
 */
export interface Lasso {
  readonly states: readonly number[];
  /** Label of each step, or `stutter`. */
  readonly labels: readonly number[];
  readonly loop: number;
}

/** The label of a step in which nothing happens. */
export const stutter = -1;
