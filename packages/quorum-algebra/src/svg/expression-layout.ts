import type { NodeId } from "@eunomia/engine";
import { type Expr, exprOf, type Quorums } from "../expressions/expr.ts";
import { support } from "../expressions/transform.ts";
import { around, type Circle, packed } from "./pack.ts";
import { type NodeState, satisfaction } from "./states.ts";

/** What a picture of an expression may show besides the expression. */
export interface ExpressionOptions {
  /** How nodes are; those that are not named are alive. Without states the picture has one colour and no verdict. */
  readonly states?: ReadonlyMap<NodeId, NodeState>;
  /** Readable names of nodes; the id otherwise. */
  readonly names?: ReadonlyMap<NodeId, string>;
  /** Organisation of a node: a gate whose nodes all have one is called by it. */
  readonly groups?: ReadonlyMap<NodeId, string>;
  /** Width and height of the drawing in pixels; 640 by default. */
  readonly size?: number;
  /** Circles that are drawn at most, 4 000 by default; gates that do not fit stay closed and say how many nodes they have. */
  readonly maxCircles?: number;
}

/** A circle of the picture, in pixels; parents come before their children. */
export type PackedCircle = Circle & {
  /** Nesting; the whole expression has 0. */
  readonly depth: number;
  readonly label: string;
} & (
    | {
        readonly kind: "node";
        readonly id: NodeId;
        readonly state: NodeState | null;
        /** In how many places the expression names this node. */
        readonly places: number;
      }
    | {
        readonly kind: "gate";
        /** What the gate asks for: `2 of 3`. */
        readonly badge: string;
        /** Whether the nodes that answer suffice; null without states. */
        readonly satisfied: boolean | null;
        /** Different nodes inside. */
        readonly nodes: number;
        /** Its children are not drawn: there would be too many circles. */
        readonly closed: boolean;
      }
  );

/** The layout of a picture of an expression: what `expressionSvg` draws. */
export interface PackedExpression {
  readonly size: number;
  readonly circles: readonly PackedCircle[];
}

const gap = 0.14;
/** Room between a gate's rim and its children: some for itself, some for the badge. */
const rim = (r: number): number => 0.25 + 0.09 * r;

const childrenOf = (expr: Expr): readonly Expr[] =>
  expr.t === "thr" ? expr.of : expr.t === "wthr" ? expr.of.map(([, child]) => child) : [];

/** What a gate asks for, in a few signs. */
export function badgeOf(expr: Expr): string {
  if (expr.t === "const") return expr.v ? "always" : "never";
  if (expr.t === "node") return "1 of 1";
  if (expr.t === "thr") return `${expr.k} of ${expr.of.length}`;
  const total = expr.of.reduce((sum, [weight]) => sum + weight, 0n);
  if (total < 10_000n) return `≥ ${expr.k} of ${total}`;
  // Per mille, rounded up: less would not be enough.
  const mille = (expr.k * 1000n + total - 1n) / total;
  return `≥ ${mille / 10n}.${mille % 10n} % of weight`;
}

interface Drawn extends Circle {
  readonly expr: Expr;
  readonly closed: boolean;
  readonly inner: readonly Drawn[];
}

/** Which places of the tree are opened, the outer ones first, until there are enough circles. */
function opened(expr: Expr, maxCircles: number): ReadonlySet<string> {
  const paths = new Set<string>();
  let circles = 1;
  const queue: (readonly [string, Expr])[] = [["", expr]];
  for (const [path, gate] of queue) {
    const children = childrenOf(gate);
    if (children.length === 0 || circles + children.length > maxCircles) continue;
    circles += children.length;
    paths.add(path);
    for (const [at, child] of children.entries()) queue.push([`${path}.${at}`, child]);
  }
  return paths;
}

/** How large each child is drawn: by area, as its weight is to the average one. */
function scales(expr: Expr): readonly number[] {
  if (expr.t !== "wthr") return childrenOf(expr).map(() => 1);
  const weights = expr.of.map(([weight]) => Number(weight));
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return weights.map((weight) => (mean > 0 ? Math.max(0.2, Math.sqrt(weight / mean)) : 1));
}

function pack(expr: Expr, path: string, open: ReadonlySet<string>): Drawn {
  const leaf = { x: 0, y: 0, r: 1, expr, inner: [] };
  if (childrenOf(expr).length === 0) return { ...leaf, closed: false };
  if (!open.has(path)) return { ...leaf, r: 1.3, closed: true };
  const sizes = scales(expr);
  const children = childrenOf(expr).map((child, at) =>
    scaled(pack(child, `${path}.${at}`, open), sizes[at]!),
  );
  const places = packed(children.map(({ r }) => r + gap));
  const whole = around(places);
  const inner = children.map((child, at) => ({
    ...child,
    x: places[at]!.x - whole.x,
    y: places[at]!.y - whole.y,
  }));
  return { x: 0, y: 0, r: whole.r + rim(whole.r), expr, closed: false, inner };
}

function scaled(drawn: Drawn, by: number): Drawn {
  if (by === 1) return drawn;
  const inner = drawn.inner.map((child) => scaled({ ...child, x: child.x * by, y: child.y * by }, by));
  return { ...drawn, r: drawn.r * by, inner };
}

/** How often each node is named, and which different nodes stand below each gate. */
function counts(expr: Expr): {
  places: ReadonlyMap<NodeId, number>;
  below: (gate: Expr) => readonly NodeId[];
} {
  const places = new Map<NodeId, number>();
  const known = new Map<Expr, readonly NodeId[]>();
  const below = (gate: Expr): readonly NodeId[] => {
    const before = known.get(gate) ?? support(gate);
    known.set(gate, before);
    return before;
  };
  const times = new Map<Expr, number>([[expr, 1]]);
  // A parent before its children, so that a shared child has heard of all its parents.
  for (const each of parentsFirst(expr)) {
    const here = times.get(each)!;
    if (each.t === "node") places.set(each.id, (places.get(each.id) ?? 0) + here);
    for (const child of childrenOf(each)) times.set(child, (times.get(child) ?? 0) + here);
  }
  return { places, below };
}

function parentsFirst(expr: Expr): readonly Expr[] {
  const done = new Set<Expr>();
  const order: Expr[] = [];
  const visit = (each: Expr): void => {
    if (done.has(each)) return;
    done.add(each);
    for (const child of childrenOf(each)) visit(child);
    order.push(each);
  };
  visit(expr);
  return order.reverse();
}

/**
 * Nested circles: a circle for every node, in a circle for every gate around it. Equal input, equal output.
 *
 * @example
 * packExpression(parse("{a, b, {c, d, e} >= 2} >= 2")).circles[0]; // { kind: "gate", badge: "2 of 3", … }
 */
export function packExpression(quorums: Quorums, options: ExpressionOptions = {}): PackedExpression {
  const { states, names, groups, size = 640, maxCircles = 4000 } = options;
  const expr = exprOf(quorums);
  const { places, below } = counts(expr);
  const holds = states === undefined ? null : satisfaction(states);
  const groupOf = (gate: Expr): string => {
    const found = new Set(below(gate).map((id) => groups?.get(id)));
    const [only] = found;
    return found.size === 1 && only !== undefined ? only : "";
  };
  const circles: PackedCircle[] = [];
  const place = (drawn: Drawn, x: number, y: number, scale: number, depth: number): void => {
    const circle = { x, y, r: drawn.r * scale, depth };
    const { expr: here, closed } = drawn;
    if (here.t === "node") {
      const state = states === undefined ? null : (states.get(here.id) ?? "alive");
      const label = names?.get(here.id) ?? here.id;
      circles.push({ ...circle, kind: "node", id: here.id, label, state, places: places.get(here.id)! });
    } else {
      const satisfied = holds?.(here) ?? null;
      const gate = { badge: badgeOf(here), satisfied, nodes: below(here).length, closed };
      circles.push({ ...circle, kind: "gate", label: groupOf(here), ...gate });
    }
    for (const child of drawn.inner) place(child, x + child.x * scale, y + child.y * scale, scale, depth + 1);
  };
  const drawn = pack(expr, "", opened(expr, Math.max(1, maxCircles)));
  place(drawn, size / 2, size / 2, size / 2 / drawn.r, 0);
  return { size, circles };
}
