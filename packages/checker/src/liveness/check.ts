import { CheckerError } from "../error.ts";
import type { StepLabel } from "../label.ts";
import { viewText } from "../machine/ask.ts";
import { Machine } from "../machine/machine.ts";
import { anyText } from "../machine/plain.ts";
import type { Reduction } from "../machine/reduction.ts";
import type { Model, View } from "../model.ts";
import { askedProperty, mustKnowNames } from "./asked.ts";
import { DefaultFairness, type Inputs } from "./default-fairness.ts";
import { stepBetween } from "./explore.ts";
import { checkFairCycles } from "./fair-cycles.ts";
import { graphOfModel, type ModelGraph } from "./model-graph.ts";
import { onVectors } from "./on-vectors.ts";
import { type Lasso, type LivenessProperty, type LivenessVerdict, stutter } from "./property.ts";
import { boundsOf } from "./vectors.ts";

/** A liveness property of a model, over what its processes show. */
export type ModelProperty = LivenessProperty<View> & { readonly name: string };

/** How a liveness property is checked. All are optional. */
export interface LivenessOptions {
  /** Do inputs that may come come in the end? Default `may`. */
  readonly inputs?: Inputs;
  /** Bytes for states, edges and tables; default 2^31. */
  readonly memory?: number;
  /** Stop when more states than this were found. */
  readonly states?: number;
  /** Forgetting dead messages is sound here; with any other the answer is `unknown`. */
  readonly reductions?: readonly Reduction[];
}

/** One step of a counterexample; null: nothing happens, for ever. */
export type LassoStep = StepLabel | null;

/** What was found about one liveness property, honestly. Plain JSON. */
export interface LivenessReport {
  readonly model: string;
  readonly property: string;
  readonly method: "fair cycles";
  readonly result: LivenessVerdict["result"];
  readonly detail: string;
  readonly states: number;
  readonly transitions: number;
  /** States with enabled steps that were not explored, or that a bound kept away. */
  readonly incomplete: number;
  /** Null: everything within the bounds was seen. */
  readonly truncated: string | null;
  /** What runs were taken to be fair to, by name. */
  readonly fairness: { readonly weak: readonly string[]; readonly strong: readonly string[] };
  /** A run that breaks the property: from step `loop` on it repeats for ever. */
  readonly counterexample: { readonly steps: readonly LassoStep[]; readonly loop: number } | null;
}

function propertyOnStates(
  machine: Machine,
  made: ModelGraph,
  property: LivenessProperty<View>,
): LivenessProperty<number> {
  const goal = onVectors(machine, made.vectors, property.goal);
  return property.kind === "leads-to"
    ? { kind: property.kind, from: onVectors(machine, made.vectors, property.from), goal }
    : { kind: property.kind, goal };
}

/** The labels of a lasso, with everything that its steps did. */
function stepsOf(
  machine: Machine,
  fairness: DefaultFairness,
  { vectors }: ModelGraph,
  lasso: Lasso,
): LassoStep[] {
  return lasso.labels.map((label, at) => {
    if (label === stutter) return null;
    const from = vectors.vector(lasso.states[at]!);
    const to = vectors.vector(lasso.states[at + 1] ?? lasso.states[lasso.loop]!);
    return stepBetween(machine, from, to, (component, move) => fairness.labelOf(component, move) === label);
  });
}

/**
 * Decides a liveness property of a model by looking for fair cycles in the graph of all its states.
 *
 * The answer is `unknown` where it depends on a state that a bound cut: a timer with a spent budget may fire in truth. For
 * protocols whose progress rests on timers, `checkCountdown` is the method.
 *
 * @throws CheckerError with code `model`, `option` or `memory`.
 * @example
 * checkLiveness(model, { name: "decides", kind: "eventually", goal: (view) => view.of("l").observation.length > 0 });
 */
export function checkLiveness(
  model: Model,
  property: ModelProperty,
  options: LivenessOptions = {},
): LivenessReport {
  mustKnowNames("options", options, ["inputs", "memory", "states", "reductions"]);
  const asked = askedProperty(property, viewText);
  if (typeof property.name !== "string" || property.name === "")
    throw new CheckerError("option", `"name" of the property expected a text, got ${anyText(property.name)}`);
  const { inputs = "may", reductions = [] } = options;
  const bounds = boundsOf(options.memory, options.states);
  if (inputs !== "may" && inputs !== "must")
    throw new CheckerError("option", `"inputs" expected may or must, got ${anyText(inputs)}`);
  const machine = new Machine(model, reductions);
  const fairness = new DefaultFairness(machine, inputs);
  const made = graphOfModel(machine, fairness, bounds);
  const { graph, truncated } = made;
  const { result, why, lasso } = checkFairCycles(graph, propertyOnStates(machine, made, asked));
  const named = (kind: "weak" | "strong"): string[] =>
    graph.constraints.filter((one) => one.kind === kind).map(({ name }) => name);
  return {
    model: model.name,
    property: property.name,
    method: "fair cycles",
    result,
    detail: why,
    states: graph.states,
    transitions: graph.targets.length,
    incomplete: graph.incomplete?.reduce((sum, one) => sum + one, 0) ?? 0,
    truncated,
    fairness: { weak: named("weak"), strong: named("strong") },
    counterexample:
      lasso === null ? null : { steps: stepsOf(machine, fairness, made, lasso), loop: lasso.loop },
  };
}
