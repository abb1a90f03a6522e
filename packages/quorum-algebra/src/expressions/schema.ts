import { bigint, bool, id, lazy, list, nat, record, refine, type Schema, variant } from "@eunomia/codec";
import type { NodeId } from "@eunomia/engine";
import { constant, type Expr, node, thresholdOf, weightedOf } from "./expr.ts";
import { compareExpr, compareWeighted } from "./order.ts";

/** An expression as the codec's combinators see it; only the outermost layer differs from `Expr`. */
type Layer =
  | { kind: "node"; id: NodeId }
  | { kind: "thr"; k: number; of: Expr[] }
  | { kind: "wthr"; k: bigint; of: { weight: bigint; child: Expr }[] }
  | { kind: "const"; v: boolean };

const unsigned = (): Schema<bigint> => bigint(0n, 0xffff_ffff_ffff_ffffn);

/**
 * Expressions as values: node `[0, id]`, threshold `[1, k, [child, …]]`, weighted `[2, k, [[weight, child], …]]`, constant
 * `[3, bool]`, children in ascending order of their encoded bytes, as the constructors leave them; any other order is refused.
 * Weights and thresholds of weighted gates must stay below 2^64 here, and nesting within 64. `ids` is the schema of the leaves.
 */
export function exprSchemaOf(ids: Schema<NodeId>): Schema<Expr> {
  const nested: Schema<Expr> = lazy(() => whole, "Expr");
  const layer: Schema<Layer> = variant({
    node: record({ id: ids }),
    thr: record({ k: nat(), of: list(nested) }),
    wthr: record({ k: unsigned(), of: list(record({ weight: unsigned(), child: nested })) }),
    const: record({ v: bool() }),
  });
  const whole = refine(relayed(layer), {
    rule: "an expression with non-empty ids, weighted gates with children, and children in the order of their bytes",
    holds: isOrdered,
    repair,
  });
  return whole;
}

/** `exprSchemaOf` opaque ids of the sort "node". */
export const exprSchema: Schema<Expr> = exprSchemaOf(id("node"));

/** Looks at one layer only: the schema of the children has seen to theirs. */
function isOrdered(expr: Expr): boolean {
  if (expr.t === "node") return expr.id !== "";
  if (expr.t === "thr")
    return expr.of.every((child, i) => i === 0 || compareExpr(expr.of[i - 1]!, child) <= 0);
  if (expr.t === "wthr")
    return (
      expr.of.length > 0 && expr.of.every((pair, i) => i === 0 || compareWeighted(expr.of[i - 1]!, pair) <= 0)
    );
  return true;
}

function repair(expr: Expr): Expr {
  if (expr.t === "node") return node(expr.id === "" ? "_" : expr.id);
  if (expr.t === "thr") return thresholdOf(expr.k, expr.of);
  if (expr.t === "wthr") return expr.of.length === 0 ? constant(expr.k === 0n) : weightedOf(expr.k, expr.of);
  return expr;
}

function toLayer(expr: Expr): Layer {
  switch (expr.t) {
    case "node":
      return { kind: "node", id: expr.id };
    case "thr":
      return { kind: "thr", k: expr.k, of: expr.of as Expr[] };
    case "wthr":
      return { kind: "wthr", k: expr.k, of: expr.of.map(([weight, child]) => ({ weight, child })) };
    case "const":
      return { kind: "const", v: expr.v };
  }
}

function fromLayer(layer: Layer): Expr {
  switch (layer.kind) {
    case "node":
      return { t: "node", id: layer.id };
    case "thr":
      return { t: "thr", k: layer.k, of: layer.of };
    case "wthr":
      return { t: "wthr", k: layer.k, of: layer.of.map(({ weight, child }) => [weight, child] as const) };
    case "const":
      return { t: "const", v: layer.v };
  }
}

/** The schema of layers as a schema of expressions. */
function relayed(layer: Schema<Layer>): Schema<Expr> {
  return {
    form: layer.form,
    parts: layer.parts,
    write: (value, writer) => layer.write(layerOf(value) as Layer, writer),
    read: (reader) => fromLayer(layer.read(reader)),
    check: (value, depth) => layer.check(layerOf(value), depth),
    clone: (value) => fromLayer(layer.clone(toLayer(value))),
    equal: (a, b) => layer.equal(toLayer(a), toLayer(b)),
    generate: (source, size) => fromLayer(layer.generate(source, size)),
    mutate(value, source) {
      const changed = layer.mutate(toLayer(value), source);
      return changed === null ? null : fromLayer(changed);
    },
    rename: (value, sort, to) => fromLayer(layer.rename(toLayer(value), sort, to)),
  };
}

/** What is no expression goes on as it is: the schema of layers finds the misfit and words the error. */
function layerOf(value: unknown): unknown {
  return isExprLike(value) ? toLayer(value) : value;
}

/** Enough shape for `toLayer` not to throw. */
function isExprLike(value: unknown): value is Expr {
  if (typeof value !== "object" || value === null || !("t" in value)) return false;
  if (value.t !== "wthr") return value.t === "node" || value.t === "thr" || value.t === "const";
  return (
    "of" in value &&
    Array.isArray(value.of) &&
    value.of.every((pair) => Array.isArray(pair) && pair.length === 2)
  );
}
