import type { Budget } from "../limits.ts";
import { chanceBetween, distributionOf, type Parts } from "./distribution.ts";
import type { CountedGate, LightPlan } from "./gates.ts";
import type { Graph } from "./graph.ts";
import type { Plan, Step } from "./plan.ts";

/** Which side of the truth the chances of rounded gates lie on: `low` holds at most as often as the system does. */
export type Side = "low" | "high";

/** Per slot of a plan the chance that it holds and the chance that it does not. Each is a sum of positive terms. */
export interface SlotChances {
  readonly up: Float64Array;
  readonly down: Float64Array;
}

/** One pass from the nodes up; null when the budget is used up. `holding`, `failing`: per node of the plan. */
export function evaluate(
  plan: Plan,
  nodes: { readonly up: Float64Array; readonly down: Float64Array },
  side: Side,
  budget: Budget,
): SlotChances | null {
  const up = new Float64Array(plan.slots);
  const down = new Float64Array(plan.slots);
  up.set(nodes.up);
  down.set(nodes.down);
  const chances = { up, down };
  for (const step of plan.steps) {
    if (!budget.spend(cost(step))) return null;
    if (step.kind === "always") up[step.slot] = 1;
    else if (step.kind === "graph") evaluateGraph(step, chances);
    else {
      const tails = gateTails(step.parts, step.plan[side], chances);
      const better = side === "low" && step.light !== null ? lightTails(step, step.light, chances) : tails;
      [up[step.slot], down[step.slot]] = better[0] > tails[0] ? better : tails;
    }
  }
  return chances;
}

/** Cells, or vertices, that a step looks at. */
export function cost(step: Step): number {
  if (step.kind === "gate") return step.parts.length * step.plan.low.cap;
  return step.kind === "graph" ? step.graph.leaf.length : 1;
}

/** The chance that a gate holds, and that it does not. */
function gateTails(parts: Int32Array, gate: CountedGate, chances: SlotChances): readonly [number, number] {
  const distribution = distributionOf(partsOf(parts, gate, chances), gate.cap);
  const reached = distribution.cells[gate.cap]!;
  const rest = chanceBetween(distribution, 0, gate.cap);
  return gate.side === "up" ? [reached, rest] : [rest, reached];
}

/** Enough hold, but not too many of the light ones: at least the difference. */
function lightTails(
  { parts }: { readonly parts: Int32Array },
  { enough, spoil, parts: positions }: LightPlan,
  chances: SlotChances,
): readonly [number, number] {
  const [up, down] = gateTails(parts, enough, chances);
  const [spoilt] = gateTails(
    positions.map((position) => parts[position]!),
    spoil,
    chances,
  );
  return [Math.max(0, up - spoilt), Math.min(1, down + spoilt)];
}

/** The children of a gate as parts of its distribution: those count that its side counts. */
export function partsOf(slots: Int32Array, { side, weights }: CountedGate, { up, down }: SlotChances): Parts {
  const holding = Float64Array.from(slots, (slot) => up[slot]!);
  const failing = Float64Array.from(slots, (slot) => down[slot]!);
  return side === "up"
    ? { weights, counts: holding, not: failing }
    : { weights, counts: failing, not: holding };
}

function evaluateGraph(
  { slot, parts, graph }: { readonly slot: number; readonly parts: Int32Array; readonly graph: Graph },
  chances: SlotChances,
): void {
  const { up, down } = vertexChances(parts, graph, chances);
  chances.up[slot] = up.at(-1)!;
  chances.down[slot] = down.at(-1)!;
}

/** Per vertex of a diagram the chance to come from it to the end that holds, and to the other. */
export function vertexChances(
  parts: Int32Array,
  { leaf, low, high }: Graph,
  chances: SlotChances,
): SlotChances {
  const up = new Float64Array(leaf.length);
  const down = new Float64Array(leaf.length);
  down[0] = 1;
  up[1] = 1;
  for (let vertex = 2; vertex < leaf.length; vertex++) {
    const slot = parts[leaf[vertex]!]!;
    const holds = chances.up[slot]!;
    const fails = chances.down[slot]!;
    up[vertex] = holds * up[high[vertex]!]! + fails * up[low[vertex]!]!;
    down[vertex] = holds * down[high[vertex]!]! + fails * down[low[vertex]!]!;
  }
  return { up, down };
}
