import { type Universe, universeOf } from "../circuit/bits.ts";
import type { Expr } from "../expressions/expr.ts";
import { support } from "../expressions/transform.ts";
import type { Budget } from "../limits.ts";
import { build, heaviestFirst, leafOrder } from "../toolkit/build.ts";
import { Diagram, no, yes } from "../toolkit/diagram.ts";
import { childrenOf, moduleTest } from "../toolkit/modules.ts";
import { weigh } from "../toolkit/weigh.ts";

/**
 * A monotone function taken apart into functions of disjoint parts: what holds for the whole is put together from what holds
 * for the parts. Parts of gates are never constant. `core`: whatever is no plain gate of disjoint parts, as the
 * function `root` of a diagram whose variable i is part i.
 */
export type Part =
  | { readonly t: "const"; readonly v: boolean }
  | { readonly t: "node"; readonly index: number }
  | { readonly t: "thr"; readonly k: number; readonly of: readonly Part[] }
  /** Heaviest first. */
  | { readonly t: "wthr"; readonly k: bigint; readonly of: readonly (readonly [bigint, Part])[] }
  | { readonly t: "core"; readonly of: readonly Part[]; readonly diagram: Diagram; readonly root: number };

export const always: Part = { t: "const", v: true };
export const never: Part = { t: "const", v: false };

/** The nodes of a normal form with their indices in it. */
export function universeFor(...normal: readonly Expr[]): Universe {
  return universeOf(normal.flatMap(support));
}

/** Takes a normal form apart. @throws OverLimit */
export function partsOf(normal: Expr, universe: Universe, budget: Budget): Part {
  const isModule = moduleTest(normal);
  const visit = (expr: Expr): Part => {
    if (expr.t === "const") return expr.v ? always : never;
    if (expr.t === "node") return { t: "node", index: universe.indexOf.get(expr.id)! };
    const children = childrenOf(expr);
    if (children.every(isModule) && new Set(children).size === children.length)
      return expr.t === "thr"
        ? { t: "thr", k: expr.k, of: children.map(visit) }
        : {
            t: "wthr",
            k: expr.k,
            of: heaviestFirst(expr.of).map(([weight, child]) => [weight, visit(child)] as const),
          };
    const leaves = leafOrder(expr, isModule);
    const diagram = new Diagram(budget);
    const variables = new Map(leaves.map((leaf, i) => [leaf, diagram.variable(i)] as const));
    return corePart(
      diagram,
      build(diagram, expr, (e) => variables.get(e)),
      leaves.map(visit),
    );
  };
  return visit(normal);
}

/** The parts of a gate. */
export function childParts(part: Part): readonly Part[] {
  if (part.t === "wthr") return part.of.map(([, child]) => child);
  return part.t === "thr" || part.t === "core" ? part.of : [];
}

/** At least `k` of parts that may be constant. */
export function countPart(k: number, parts: readonly Part[]): Part {
  const rest = parts.filter(({ t }) => t !== "const");
  const need = k - parts.filter((part) => part.t === "const" && part.v).length;
  if (need <= 0) return always;
  if (need > rest.length) return never;
  return rest.length === 1 ? rest[0]! : { t: "thr", k: need, of: rest };
}

/** A core, unless it turned out constant. */
export function corePart(diagram: Diagram, root: number, of: readonly Part[]): Part {
  if (root === yes) return always;
  return root === no ? never : { t: "core", diagram, root, of };
}

/** The function of a gate over diagrams in the place of its parts. */
export function gateFunction(diagram: Diagram, part: Part, inputs: readonly number[]): number {
  switch (part.t) {
    case "const":
      return part.v ? yes : no;
    case "node":
      throw new Error("fault: a node is no gate");
    case "thr":
      return diagram.count(part.k, inputs);
    case "wthr":
      return weigh(
        diagram,
        part.k,
        part.of.map(([weight], i) => [weight, inputs[i]!] as const),
      );
    case "core":
      return transplant(diagram, part.diagram, part.root, inputs);
  }
}

/** Rebuilds a function of one diagram in another, with functions in the place of its variables. */
function transplant(to: Diagram, from: Diagram, root: number, inputs: readonly number[]): number {
  const done = new Map<number, number>([
    [no, no],
    [yes, yes],
  ]);
  const visit = (node: number): number => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const [low, high] = [visit(from.low(node)), visit(from.high(node))];
    const made = to.ite(inputs[from.level(node)]!, high, low);
    done.set(node, made);
    return made;
  };
  return visit(root);
}

/** Does a part consist of plain gates alone? */
export function isPlain(part: Part): boolean {
  return part.t !== "core" && childParts(part).every(isPlain);
}
