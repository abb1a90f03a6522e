import type { LearnerId } from "@eunomia/engine";
import { and, constant, entails, type Verdict } from "@eunomia/quorum-algebra";
import { canonicalForm } from "@eunomia/quorum-algebra/sets";
import type { Effort } from "../effort.ts";
import { GraphError } from "../errors.ts";
import type { LearnerGraph } from "../graph.ts";
import type { NumberedLabel } from "../labels/label.ts";
import { labelOf } from "../model/model.ts";
import type { Edge, GraphInput, Label } from "../model/spec.ts";

/** Labels with alternatives are written as their minimal sets if there are at most this many. */
const listedMax = 64;

/** Two learners that must agree by way of others where their own label does not say so; ends of the path are the two. */
export interface Unclosed {
  readonly a: LearnerId;
  readonly b: LearnerId;
  readonly path: readonly LearnerId[];
}

/**
 * Is the graph closed as declared: does the label of a pair hold wherever a path of labels does? Exact for labels that are
 * expressions.
 */
export function isClosed(graph: LearnerGraph, effort: Effort = {}): Verdict<Unclosed> {
  const { model, labels, atoms, atomsOf, closure } = graph.inside;
  let undecided = 0;
  const count = model.learners.length;
  for (let a = 0; a < count; a++)
    for (let b = a; b < count; b++) {
      const declared = labelOf(model, a, b);
      const target = declared === null ? null : labels[declared]!;
      const ways = closure.between(a, b);
      if (ways === null) return { holds: null, reason: "limit", steps: 0 };
      for (const way of ways) {
        if (declared !== null && atomsOf[declared]!.every((atom) => (way.implied >> BigInt(atom)) & 1n))
          continue;
        const known = way.atoms.map((number) => atoms[number]!);
        const all = and(...known.map(({ expr }) => expr));
        // Without shares of its own the label is one expression; the way asks for at least what its expressions say.
        const entailed = entails(all, target?.expr ?? constant(false), effort.limits, effort.engines).holds;
        const shares = [...known, ...(target === null ? [] : [target])].some(
          (label) => label.shares.length > 0,
        );
        if (entailed === true && (target?.shares.length ?? 0) === 0) continue;
        if (entailed === false && !shares) {
          const path = way.path.map((number) => model.learners[number]!.id);
          const [from, to] = [model.learners[a]!.id, model.learners[b]!.id];
          return { holds: false, method: "routes", witness: { a: from, b: to, path } };
        }
        undecided++;
      }
    }
  return undecided > 0
    ? { holds: null, reason: "limit", steps: undecided }
    : { holds: true, method: "routes" };
}

/**
 * The labels after closure, one per pair that must ever agree. Closing again changes nothing.
 *
 * @throws GraphError `meets` where a label has several alternatives with shares of stake: no label says that.
 */
export function closedEdges(graph: LearnerGraph): readonly Edge[] {
  const { model } = graph.inside;
  const edges: Edge[] = [];
  for (let a = 0; a < model.learners.length; a++)
    for (let b = a; b < model.learners.length; b++) {
      const label = closedLabel(graph, a, b);
      if (label === null) continue;
      edges.push({ between: [model.learners[a]!.id, model.learners[b]!.id], label });
    }
  return edges;
}

/** The graph with closed labels, as input of another. */
export function closed(graph: LearnerGraph): GraphInput {
  return {
    acceptors: graph.acceptors,
    learners: new Map([...graph.quorums].map(([id, { expr }]) => [id, expr])),
    edges: closedEdges(graph),
  };
}

function closedLabel(graph: LearnerGraph, a: number, b: number): Label | null {
  const { model, closure } = graph.inside;
  const alternatives = closure.alternatives(a, b);
  if (alternatives?.length === 0) return null;
  if (alternatives?.length === 1) return named(graph, alternatives[0]!);
  const safe = closure.expr(a, b);
  if (safe === null) {
    const [x, y] = [model.learners[a]!.id, model.learners[b]!.id];
    throw new GraphError(
      "meets",
      `the closed label of ${x} - ${y} has alternatives with shares of stake, which no one label says. Ask isSafeSet instead`,
    );
  }
  if (safe.t === "const" && !safe.v) return null;
  const minimal = canonicalForm(safe, { maxCount: listedMax, maxSteps: 10_000 });
  return { safe: minimal.kind === "exact" ? minimal.value : safe, meets: [] };
}

/** A label with the names of learners. */
function named(graph: LearnerGraph, { safe, meets }: NumberedLabel): Label {
  const { learners } = graph.inside.model;
  return { safe, meets: meets.map(([u, v]) => [learners[u]!.id, learners[v]!.id] as const) };
}
