import { Machine } from "../machine/machine.ts";
import type { Move } from "../machine/moves.ts";
import type { Model, View } from "../model.ts";
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
 * @throws CheckerError with code `model`.
 * @example
 * const { system, property } = transitionsOfModel(model, decides);
 * const product = toSafety(system, property); // walk through `product.next` until a state is `bad`
 */
export function transitionsOfModel(
  model: Model,
  property: ModelProperty,
  inputs: Inputs = "may",
): ModelTransitions {
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
      property.kind === "leads-to"
        ? { kind: property.kind, from: on(property.from), goal: on(property.goal) }
        : { kind: property.kind, goal: on(property.goal) },
  };
}
