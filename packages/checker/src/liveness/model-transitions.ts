import { CheckerError } from "../error.ts";
import { viewText } from "../machine/ask.ts";
import { Machine } from "../machine/machine.ts";
import type { Move } from "../machine/moves.ts";
import { anyText } from "../machine/plain.ts";
import type { Model, View } from "../model.ts";
import { askedProperty } from "./asked.ts";
import type { ModelProperty } from "./check.ts";
import { DefaultFairness, type Inputs } from "./default-fairness.ts";
import { applyMove } from "./explore.ts";
import { isCut } from "./model-graph.ts";
import type { LivenessProperty } from "./property.ts";
import type { Transitions } from "./to-safety.ts";

/** A model on the fly: nothing is explored before it is asked for. */
export interface ModelTransitions {
  readonly system: Transitions<Int32Array>;
  /** The property over states of the system. */
  readonly property: LivenessProperty<Int32Array>;
}

/**
 * A model and a property as `toSafety` takes them, for walks in scopes whose graph is too large to keep. Fairness is that of
 * `checkLiveness`.
 *
 * @throws CheckerError with code `model` or `option`.
 * @example
 * const { system, property } = transitionsOfModel(model, decides);
 * const product = toSafety(system, property); // walk through `product.next` until a state is `bad`
 */
export function transitionsOfModel(
  model: Model,
  property: ModelProperty,
  inputs: Inputs = "may",
): ModelTransitions {
  const asked = askedProperty(property, viewText);
  if (inputs !== "may" && inputs !== "must")
    throw new CheckerError("option", `"inputs" expected may or must, got ${anyText(inputs)}`);
  const machine = new Machine(model);
  const fairness = new DefaultFairness(machine, inputs);
  const processes = machine.plan.processes.map(({ index }) => index);
  const known = new Map<number, readonly Move[]>();
  const movesOf = (cell: number): readonly Move[] => {
    let moves = known.get(cell);
    if (moves === undefined) {
      moves = machine.moves(cell);
      known.set(cell, moves);
    }
    return moves;
  };
  const { views, seen } = machine;
  const on =
    (predicate: (view: View) => boolean) =>
    (vector: Int32Array): boolean =>
      predicate(views.read(views.view(vector, 0, seen.values)));
  return {
    system: {
      initial: [machine.initial],
      get constraints() {
        return fairness.constraints;
      },
      next: (vector) =>
        processes.flatMap((component) =>
          movesOf(vector[component]!).flatMap((move) => {
            const target = applyMove(machine, vector, component, move);
            return target === null ? [] : [{ label: fairness.labelOf(component, move), target }];
          }),
        ),
      key: (vector) => vector.join(),
      complete: (vector) =>
        !processes.some((component) => isCut(machine, vector[component]!, movesOf(vector[component]!))),
    },
    property:
      asked.kind === "leads-to"
        ? { kind: asked.kind, from: on(asked.from), goal: on(asked.goal) }
        : { kind: asked.kind, goal: on(asked.goal) },
  };
}
