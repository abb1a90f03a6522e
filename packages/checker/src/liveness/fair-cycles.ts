import { askedProperty } from "./asked.ts";
import { Components } from "./components.ts";
import { FairParts } from "./fairness.ts";
import type { LivenessGraph } from "./graph.ts";
import { lassoInto } from "./lasso.ts";
import { type LivenessProperty, type LivenessVerdict, violationOf } from "./property.ts";
import { type GraphViolation, onGraph, type Region, regionOf } from "./region.ts";
import { verifyLasso } from "./verify-lasso.ts";

/** States of the goal-avoiding part from which everything enabled is known. */
function completeMembers(graph: LivenessGraph, { base, order }: Region): Uint32Array {
  const { incomplete } = graph;
  const members = new Uint32Array(order.length);
  let end = 0;
  for (const node of order)
    if (node >= base && (incomplete === null || incomplete[node - base] === 0)) members[end++] = node - base;
  return members.slice(0, end);
}

/** An incomplete state that a run which breaks the property might come through, or -1. */
function incompleteOnTheWay({ incomplete }: LivenessGraph, { base, order }: Region): number {
  if (incomplete !== null)
    for (const node of order) {
      const state = node >= base ? node - base : node;
      if (incomplete[state] === 1) return state;
    }
  return -1;
}

function withoutCycle(graph: LivenessGraph, violation: GraphViolation, region: Region): LivenessVerdict {
  const cut = incompleteOnTheWay(graph, region);
  if (cut >= 0)
    return {
      result: "unknown",
      why: `no fair cycle in what was explored, but state ${cut} has an enabled step that was not: widen the bound or the memory`,
      lasso: null,
    };
  if (region.base > 0 && !region.order.some((node) => node < region.base && violation.starts![node] === 1))
    return { result: "vacuous", why: "no reachable state is one that the property starts from", lasso: null };
  return {
    result: "holds",
    why: "no fair cycle, terminal state or fair stuttering avoids the goal",
    lasso: null,
  };
}

/**
 * Decides a liveness property on a finite graph: looks for a reachable fair cycle (or a terminal state, or fair
 * stuttering) that breaks it. Fairness is decided on the components of the subgraph that avoids the goal, strong
 * fairness by deleting states and decomposing again. The run it prints was checked by `verifyLasso`.
 *
 * Answers `unknown` when a reduction was on that does not keep cycles, and when the answer depends on a state that was
 * not fully explored: a cut-off state is not a terminal state. A cycle through complete states only is a violation
 * however little was explored.
 *
 * @throws CheckerError with code `option` for what is no property, with code `model` where one of its functions does not answer.
 * @example
 * checkFairCycles(graph, { kind: "eventually", goal: (state) => decided.has(state) }).result; // "holds"
 */
export function checkFairCycles(graph: LivenessGraph, property: LivenessProperty<number>): LivenessVerdict {
  if (graph.reductions.length > 0)
    return {
      result: "unknown",
      why: `cycles are not kept by ${graph.reductions.join(", ")}: switch it off, or use the countdown`,
      lasso: null,
    };
  const asked = askedProperty(property, (state) => `state ${state}`);
  const violation = onGraph(graph, violationOf(asked));
  const region = regionOf(graph, violation);
  const parts = new FairParts(graph, new Components(graph), violation.visits);
  if (!parts.search(completeMembers(graph, region))) return withoutCycle(graph, violation, region);
  const lasso = lassoInto(graph, violation, region, parts);
  const wrong = verifyLasso(graph, asked, lasso);
  if (wrong !== null) throw new Error(`the checker printed a run that it should not have: ${wrong}`);
  const what = lasso.labels[lasso.loop] === -1 ? "stays for ever in one state" : "goes round a fair cycle";
  return { result: "violated", why: `a run ${what} that breaks the property`, lasso };
}
