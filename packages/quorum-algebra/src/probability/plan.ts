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
  const planner = new Planner(normal, question, units, budget);
  if (!planner.visit(normal)) return null;
  const { ids, slots, steps } = planner;
  const exact = steps.every((step) => step.kind !== "gate" || step.plan.exact);
  return { ids: ids.map((node) => node.id), slots: slots.size, steps, exact, method: methodOf(steps, exact) };
}

class Planner {
  readonly ids: readonly NodeExpr[];
  readonly slots = new Map<Expr, number>();
  readonly steps: Step[] = [];
  readonly #question: Question;
  readonly #units: number;
  readonly #budget: Budget;
  readonly #isModule: (expr: Expr) => boolean;

  constructor(normal: Expr, question: Question, units: number, budget: Budget) {
    this.#question = question;
    this.#units = units;
    this.#budget = budget;
    this.ids = nodesOf(normal);
    this.#isModule = isTree(normal) ? () => true : moduleTest(normal);
    for (const node of this.ids) this.slots.set(node, this.slots.size);
  }

  /** Plans the parts of a module, and then itself. False: a diagram grew beyond its limit. */
  visit(expr: Expr): boolean {
    if (this.slots.has(expr)) return true;
    const children = [...new Set(childrenOf(expr))];
    const independent = children.every(this.#isModule);
    const parts = independent ? children : leafOrder(expr, this.#isModule);
    for (const part of parts) if (!this.visit(part)) return false;
    const step = independent ? this.#gate(expr, parts) : this.#graph(expr, parts, graphMax);
    if (step === null) return false;
    this.slots.set(expr, step.slot);
    this.steps.push(step);
    return true;
  }

  #gate(expr: Expr, parts: readonly Expr[]): Step | null {
    const slot = this.slots.size;
    const weights = weightsOf(expr, parts);
    const need = BigInt(needOf(expr));
    const plan =
      this.#question === "holds"
        ? { ...planGate(weights, need, this.#units), light: null }
        : planSplit(weights, need, this.#units);
    if (plan === null) return { kind: "always", slot };
    if (!plan.exact && weights.length <= exactChildrenMax) {
      const exact = this.#graph(expr, parts, exactGraphMax);
      if (exact !== null) return exact;
    }
    const light = parts.every(({ t }) => t === "node") ? plan.light : null;
    return { kind: "gate", slot, parts: this.#slotsOf(parts), plan, light };
  }

  #graph(expr: Expr, parts: readonly Expr[], nodesMax: number): Step | null {
    const make = this.#question === "holds" ? holds(expr) : splits(expr, expr, parts.length);
    const graph = graphOf(parts, make, this.#budget, nodesMax);
    return graph && { kind: "graph", slot: this.slots.size, parts: this.#slotsOf(parts), graph };
  }

  #slotsOf(parts: readonly Expr[]): Int32Array {
    return Int32Array.from(parts, (part) => this.slots.get(part)!);
  }
}

/** Whether everything has one parent, once: then all gates are modules. */
function isTree(normal: Expr): boolean {
  const seen = new Set<Expr>();
  const visit = (expr: Expr): boolean => {
    if (seen.has(expr)) return false;
    seen.add(expr);
    return childrenOf(expr).every(visit);
  };
  return visit(normal);
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

/** The weights of a gate's different children: a child named twice counts twice. */
function weightsOf(expr: Expr, parts: readonly Expr[]): readonly bigint[] {
  if (expr.t === "thr" && expr.of.length === parts.length) return parts.map(() => 1n);
  const weights = new Map<Expr, bigint>();
  const children = expr.t === "wthr" ? expr.of : childrenOf(expr).map((child) => [1n, child] as const);
  for (const [weight, child] of children) weights.set(child, (weights.get(child) ?? 0n) + weight);
  return parts.map((part) => weights.get(part)!);
}

function needOf(expr: Expr): number | bigint {
  if (expr.t !== "thr" && expr.t !== "wthr") throw new Error("fault: only gates are planned");
  return expr.k;
}

type NodeExpr = Expr & { t: "node" };

function nodesOf(normal: Expr): readonly NodeExpr[] {
  if (normal.t === "node") return [normal];
  return leafOrder(normal, ({ t }) => t === "node").filter((leaf): leaf is NodeExpr => leaf.t === "node");
}

function methodOf(steps: readonly Step[], exact: boolean): Method {
  if (steps.at(-1)?.kind === "always") return "disjoint quorums";
  if (steps.some(({ kind }) => kind === "graph")) return exact ? "diagram" : "diagram and rounded weights";
  if (!exact) return "rounded weights";
  return steps.length <= 1 ? "threshold" : "read-once tree";
}
