import type { NodeId } from "@eunomia/engine";
import type { Method } from "../answers.ts";
import type { Expr } from "../expressions/expr.ts";
import type { Budget } from "../limits.ts";
import { leafOrder } from "../toolkit/build.ts";
import { childrenOf, moduleTest } from "../toolkit/modules.ts";
import { type GatePlan, type LightPlan, planGate, planSplit } from "./gates.ts";
import { type Graph, graphOf, holds, splits } from "./graph.ts";

/**
 * How the chance of one module follows from those of its parts. Slots number the nodes and then the modules; the parts of a
 * step are independent, and come before it.
 */
export type Step =
  /** Holds whatever its parts do. */
  | { readonly kind: "always"; readonly slot: number }
  | {
      readonly kind: "gate";
      readonly slot: number;
      readonly parts: Int32Array;
      readonly plan: GatePlan;
      /** A second low bound, of which the better one counts. All parts are nodes then. */
      readonly light: LightPlan | null;
    }
  | { readonly kind: "graph"; readonly slot: number; readonly parts: Int32Array; readonly graph: Graph };

/** A function of nodes as steps, the root's last. Without a step it is its only node. */
export interface Plan {
  readonly ids: readonly NodeId[];
  readonly slots: number;
  readonly steps: readonly Step[];
  /** The chances that come out are exact but for the rounding of doubles; else they lie between the low and the high ones. */
  readonly exact: boolean;
  readonly method: Method;
}

/** What is asked of a set: does it hold a quorum, or does it split the system in two? */
export type Question = "holds" | "splits";

/** Vertices of one diagram. */
const graphMax = 300_000;
/** Few children with large weights are worth a small diagram before their weights are rounded. */
const exactChildrenMax = 40;
const exactGraphMax = 20_000;

/**
 * Plans an expression in normal form that is not constant: independent children are counted, whatever else lies between
 * modules becomes a diagram. Null: a diagram grew beyond its limit.
 */
export function planOf(normal: Expr, question: Question, units: number, budget: Budget): Plan | null {
  const isModule = moduleTest(normal);
  const slots = new Map<Expr, number>();
  const ids = nodesOf(normal);
  for (const node of ids) slots.set(node, slots.size);
  const steps: Step[] = [];
  const visit = (expr: Expr): boolean => {
    if (slots.has(expr)) return true;
    const leaves = leafOrder(expr, isModule);
    if (!leaves.every(visit)) return false;
    const step = stepOf(expr, leaves, slots, childrenOf(expr).every(isModule), question, units, budget);
    if (step === null) return false;
    slots.set(expr, step.slot);
    steps.push(step);
    return true;
  };
  if (!visit(normal)) return null;
  const exact = steps.every((step) => step.kind !== "gate" || step.plan.exact);
  return { ids: ids.map((node) => node.id), slots: slots.size, steps, exact, method: methodOf(steps, exact) };
}

/** Plans the function "B splits a quorum of `left` from one of `right`" of two different systems as one diagram. */
export function planPair(left: Expr, right: Expr, budget: Budget): Plan | null {
  const leaves = [...new Map([...nodesOf(left), ...nodesOf(right)].map((node) => [node.id, node])).values()];
  const graph = graphOf(leaves, splits(left, right, leaves.length), budget, graphMax);
  if (graph === null) return null;
  const steps: Step[] = [
    { kind: "graph", slot: leaves.length, parts: Int32Array.from(leaves, (_, slot) => slot), graph },
  ];
  return { ids: leaves.map(({ id }) => id), slots: leaves.length + 1, steps, exact: true, method: "diagram" };
}

function stepOf(
  expr: Expr,
  leaves: readonly Expr[],
  slots: ReadonlyMap<Expr, number>,
  independent: boolean,
  question: Question,
  units: number,
  budget: Budget,
): Step | null {
  const slot = slots.size;
  const graph = (nodesMax: number): Step | null => {
    const made = graphOf(
      leaves,
      question === "holds" ? holds(expr) : splits(expr, expr, leaves.length),
      budget,
      nodesMax,
    );
    return (
      made && { kind: "graph", slot, parts: Int32Array.from(leaves, (leaf) => slots.get(leaf)!), graph: made }
    );
  };
  if (!independent || (expr.t !== "thr" && expr.t !== "wthr")) return graph(graphMax);
  const { parts, weights, need } = weightsOf(expr, slots);
  const plan =
    question === "holds"
      ? { ...planGate(weights, need, units), light: null }
      : planSplit(weights, need, units);
  if (plan === null) return { kind: "always", slot };
  if (!plan.exact && weights.length <= exactChildrenMax) {
    const exact = graph(exactGraphMax);
    if (exact !== null) return exact;
  }
  const light = leaves.every(({ t }) => t === "node") ? plan.light : null;
  return { kind: "gate", slot, parts, plan, light };
}

/** A gate's different children with their weights: a child named twice counts twice. */
function weightsOf(expr: Expr & { t: "thr" | "wthr" }, slots: ReadonlyMap<Expr, number>) {
  const bySlot = new Map<number, bigint>();
  const children = expr.t === "thr" ? expr.of.map((child) => [1n, child] as const) : expr.of;
  for (const [weight, child] of children) {
    const slot = slots.get(child)!;
    bySlot.set(slot, (bySlot.get(slot) ?? 0n) + weight);
  }
  return {
    parts: Int32Array.from(bySlot.keys()),
    weights: [...bySlot.values()],
    need: BigInt(expr.k),
  };
}

type NodeExpr = Expr & { t: "node" };

function nodesOf(normal: Expr): readonly NodeExpr[] {
  if (normal.t === "node") return [normal];
  return leafOrder(normal, ({ t }) => t === "node").filter((leaf): leaf is NodeExpr => leaf.t === "node");
}

function methodOf(steps: readonly Step[], exact: boolean): Method {
  if (steps.some(({ kind }) => kind === "graph")) return exact ? "diagram" : "diagram and rounded weights";
  if (!exact) return "rounded weights";
  return steps.length <= 1 ? "threshold" : "read-once tree";
}
