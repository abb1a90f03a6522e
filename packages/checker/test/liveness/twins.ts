import type { FairnessConstraint, LivenessGraph } from "../../src/liveness/graph.ts";
import { type LivenessProperty, violationOf } from "../../src/liveness/property.ts";

type Judge = (graph: LivenessGraph, property: LivenessProperty<number>) => string;

/** One thing done wrong in deciding by components. */
type Flaw =
  | "components of the whole graph"
  | "no stuttering"
  | "stuttering counts as taken"
  | "stuttering counts as enabled"
  | "unfair components are dropped whole"
  | "one deletion only"
  | "what a deletion leaves is fair"
  | "terminal states only"
  | "cycles only";

interface Step {
  readonly from: number;
  readonly label: number;
  readonly to: number;
}

/** Method A once more, small and slow, with at most one flaw; without a flaw it is right. */
export function byComponents(flaw: Flaw | null): Judge {
  return (graph, property) => {
    if (graph.reductions.length > 0) return "unknown";
    const { starts, avoids, visits } = violationOf(property);
    const steps: Step[] = [];
    for (let from = 0; from < graph.states; from += 1)
      for (let edge = graph.offsets[from]!; edge < graph.offsets[from + 1]!; edge += 1)
        steps.push({ from, label: graph.labels[edge]!, to: graph.targets[edge]! });
    const closure = (from: Iterable<number>, inside: (state: number) => boolean): Set<number> => {
      const seen = new Set([...from].filter(inside));
      for (const state of seen)
        for (const step of steps) if (step.from === state && inside(step.to)) seen.add(step.to);
      return seen;
    };
    const reached = closure(graph.initial, () => true);
    const asked = starts === null ? graph.initial : [...reached].filter(starts);
    const region = closure(asked, (state) => avoids === null || !avoids(state));
    const complete = (state: number): boolean => graph.incomplete === null || graph.incomplete[state] === 0;

    const fair = (members: Set<number>, deletions: number): boolean => {
      const left = new Set(members);
      while (left.size > 0) {
        const [state] = left as Set<number> & Iterable<number>;
        const forth = closure([state!], (other) => members.has(other));
        const component = new Set(
          [...forth].filter((other) => closure([other], (s) => members.has(s)).has(state!)),
        );
        for (const other of component) left.delete(other);
        if (componentIsFair(component, deletions)) return true;
      }
      return false;
    };

    const componentIsFair = (component: Set<number>, deletions: number): boolean => {
      const list = [...component];
      if (visits !== null && !list.some(visits)) return false;
      const within = (step: Step): boolean => component.has(step.from) && component.has(step.to);
      const moves = steps.some((step) => within(step) && step.from !== step.to);
      const terminal = list.every((state) => !steps.some((step) => step.from === state && step.to !== state));
      if (flaw === "no stuttering" && !moves && !terminal) return false;
      if (flaw === "cycles only" && !moves) return false;
      if (flaw === "terminal states only" && !terminal) return false;
      const whole =
        flaw === "components of the whole graph"
          ? [...reached].filter((other) =>
              list.some(
                (state) => closure([other], () => true).has(state) && closure([state], () => true).has(other),
              ),
            )
          : list;
      const forbidden = new Set<number>();
      for (const { kind, labels } of graph.constraints) {
        const own = steps.filter((step) => labels.includes(step.label));
        const changing = own.filter((step) => step.from !== step.to);
        const takes = flaw === "stuttering counts as taken" ? own : changing;
        const enables = flaw === "stuttering counts as enabled" ? own : changing;
        if (takes.some((step) => whole.includes(step.from) && whole.includes(step.to))) continue;
        const enabled = list.filter((state) => enables.some((step) => step.from === state));
        if (kind === "weak" && enabled.length === list.length) return false;
        if (kind === "strong") for (const state of enabled) forbidden.add(state);
      }
      if (forbidden.size === 0) return true;
      if (flaw === "what a deletion leaves is fair") return forbidden.size < list.length;
      if (flaw === "unfair components are dropped whole" || (flaw === "one deletion only" && deletions > 0))
        return false;
      return fair(new Set(list.filter((state) => !forbidden.has(state))), deletions + 1);
    };

    if (fair(new Set([...region].filter(complete)), 0)) return "violated";
    if (![...(starts === null ? region : reached)].every(complete)) return "unknown";
    return starts !== null && asked.length === 0 ? "vacuous" : "holds";
  };
}

const right = byComponents(null);

function readAs(
  kind: string,
  wrong: (property: LivenessProperty<number>) => LivenessProperty<number>,
): Judge {
  return (graph, property) => right(graph, property.kind === kind ? wrong(property) : property);
}

function fairAs(wrong: (constraint: FairnessConstraint) => readonly FairnessConstraint[]): Judge {
  return (graph, property) => right({ ...graph, constraints: graph.constraints.flatMap(wrong) }, property);
}

const flaws: readonly Flaw[] = [
  "components of the whole graph",
  "no stuttering",
  "stuttering counts as taken",
  "stuttering counts as enabled",
  "unfair components are dropped whole",
  "one deletion only",
  "what a deletion leaves is fair",
  "terminal states only",
  "cycles only",
];

/** Deciders that are wrong in one way each. */
export const twins: readonly (readonly [fault: string, judge: Judge])[] = [
  ...flaws.map((flaw) => [flaw, byComponents(flaw)] as const),
  ["reductions are not looked at", (graph, property) => right({ ...graph, reductions: [] }, property)],
  ["a cut-off state is terminal", (graph, property) => right({ ...graph, incomplete: null }, property)],
  [
    "what is incomplete is refused whole",
    (graph, property) => (graph.incomplete === null ? right(graph, property) : "unknown"),
  ],
  ["weak is read as strong", fairAs((constraint) => [{ ...constraint, kind: "strong" }])],
  ["strong is read as weak", fairAs((constraint) => [{ ...constraint, kind: "weak" }])],
  ["groups are split", fairAs((one) => one.labels.map((label) => ({ ...one, labels: [label] })))],
  ["no fairness", fairAs(() => [])],
  ["<> is read as []<>", readAs("eventually", ({ goal }) => ({ kind: "always-eventually", goal }))],
  ["[]<> is read as <>", readAs("always-eventually", ({ goal }) => ({ kind: "eventually", goal }))],
  ["<>[] is read as <>", readAs("eventually-always", ({ goal }) => ({ kind: "eventually", goal }))],
  ["~> is read as <>", readAs("leads-to", ({ goal }) => ({ kind: "eventually", goal }))],
];
