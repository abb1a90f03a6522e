import type { LivenessModel, SeededRandom } from "@eunomia/conformance";
import { type Edge, graphOf, type LivenessGraph } from "../../src/liveness/graph.ts";
import type { LivenessProperty } from "../../src/liveness/property.ts";

/** A model of the corpus as a graph and a property. */
export function asGraph(model: LivenessModel): {
  readonly graph: LivenessGraph;
  readonly property: LivenessProperty<number>;
} {
  const labelNames = [...new Set(model.steps.map(([, action]) => action))];
  const edges = model.steps.map(([from, action, to]): Edge => [from, labelNames.indexOf(action), to]);
  const constraints = model.fairness.map(({ kind, actions }) => ({
    name: actions.join(" or "),
    kind,
    labels: actions.map((action) => labelNames.indexOf(action)).filter((label) => label >= 0),
  }));
  const { states, incomplete = [], reductions = [] } = model;
  const { kind, goal, from = [] } = model.property;
  const property: LivenessProperty<number> =
    kind === "leads-to"
      ? { kind, from: (state) => from.includes(state), goal: (state) => goal.includes(state) }
      : { kind, goal: (state) => goal.includes(state) };
  return {
    graph: graphOf({ states, initial: [0], edges, labelNames, constraints, incomplete, reductions }),
    property,
  };
}

/** A random graph of few states, with some fairness and a random property of each kind in turn. */
export function randomCase(random: SeededRandom, index: number): ReturnType<typeof asGraph> {
  const states = 2 + random.below(6);
  const actions = ["a", "b", "c", "d"];
  const density = 1 + random.below(3);
  const steps = Array.from(
    { length: states * density },
    () => [random.below(states), random.pick(actions), random.below(states)] as const,
  );
  const subset = (chance: number): number[] =>
    Array.from({ length: states }, (_, state) => state).filter(() => random.chance(chance));
  const fairness = Array.from({ length: random.below(4) }, () => ({
    kind: random.chance(0.5) ? ("weak" as const) : ("strong" as const),
    actions: actions.filter(() => random.chance(0.4)),
  }));
  const kinds = ["eventually", "always-eventually", "eventually-always", "leads-to"] as const;
  return asGraph({
    name: "random",
    catches: "",
    states,
    steps,
    fairness,
    incomplete: random.chance(0.2) ? subset(0.15) : [],
    property: { kind: kinds[index % 4]!, goal: subset(0.3), from: subset(0.4) },
    verdict: "unknown",
    why: "",
  });
}
