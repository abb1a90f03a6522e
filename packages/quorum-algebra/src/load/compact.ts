import type { Expr } from "../expressions/expr.ts";
import { LoadProgram } from "./program.ts";
import type { Problem, Side } from "./question.ts";
import { compare, toNumber } from "./rational.ts";

/** How often a vertex of a tree is used at a latency level, read from the solution; 0 where it cannot be. */
type TreeUse = (x: readonly number[], level: number, vertex: Expr) => number;

interface CompactProgram {
  readonly program: LoadProgram;
  /** Per side. */
  readonly uses: readonly TreeUse[];
}

/**
 * The program for trees of counting gates in which every node occurs once: no quorum is listed. One variable per vertex, how often
 * it is used; a gate k of n uses its children k times as often as it is used, and none of them more often than itself. One copy of
 * the tree per latency level holds the nodes up to it. Nodes that can be swapped have one variable.
 */
export function compactProgram(problem: Problem): CompactProgram {
  const program = new LoadProgram(problem);
  const classes = swappable(problem);
  const perSide = problem.sides.map((side, s) => new TreeVariables(program, problem, side, s, classes));
  const members = new Map<number, number[]>();
  for (const [v, own] of classes.entries()) members.set(own, [...(members.get(own) ?? []), v]);
  for (const [own, nodes] of members)
    program.loads(
      nodes,
      perSide.map((side) => side.usesOf(own)),
    );
  return { program, uses: perSide.map((side) => side.use) };
}

class TreeVariables {
  readonly #program: LoadProgram;
  readonly #problem: Problem;
  readonly #classes: readonly number[];
  /** Per level: the variable of each vertex that can be used. */
  readonly #variables: Map<Expr, number>[] = [];

  constructor(program: LoadProgram, problem: Problem, side: Side, s: number, classes: readonly number[]) {
    this.#program = program;
    this.#problem = problem;
    this.#classes = classes;
    const roots: number[] = [];
    for (const [level, latest] of problem.levels.entries()) {
      const usable = usableVertices(problem, side.expr, level);
      this.#variables.push(new Map());
      if (!usable.has(side.expr)) continue;
      const root = program.variable(1);
      roots.push(root);
      program.count(s, root, 0, toNumber(latest));
      this.#grow(side.expr, root, level, usable, s);
    }
    program.row(
      roots.map((root) => [root, 1] as const),
      1,
      1,
    );
  }

  readonly use: TreeUse = (x, level, vertex) => {
    const variable = this.#variables[level]!.get(vertex);
    return variable === undefined ? 0 : x[variable]!;
  };

  /** Variables that together say how often a node is used. */
  usesOf(v: number): (readonly [number, number])[] {
    const leaf = this.#leaves.get(v);
    if (leaf === undefined) return [];
    return this.#variables.flatMap((level) => {
      const variable = level.get(leaf);
      return variable === undefined ? [] : [[variable, 1] as const];
    });
  }

  readonly #leaves = new Map<number, Expr>();

  #grow(vertex: Expr, own: number, level: number, usable: ReadonlySet<Expr>, s: number): void {
    this.#variables[level]!.set(vertex, own);
    if (vertex.t === "node") {
      this.#leaves.set(this.#problem.universe.indexOf.get(vertex.id)!, vertex);
      this.#program.count(s, own, 1, 0);
      return;
    }
    if (vertex.t !== "thr") throw new Error("fault: the compact program has counting gates only");
    const children = vertex.of.filter((child) => usable.has(child));
    const variables = new Map<number | Expr, number>();
    const a: [number, number][] = [];
    for (const child of children) {
      const key = child.t === "node" ? this.#classes[this.#problem.universe.indexOf.get(child.id)!]! : child;
      // If all children are needed, or there is one only, they are used as often as the gate.
      const variable = variables.get(key) ?? (children.length === vertex.k ? own : this.#program.variable());
      if (variable !== own) {
        if (vertex.k > 1 && !variables.has(key))
          this.#program.row(
            [
              [variable, 1],
              [own, -1],
            ],
            -Infinity,
            0,
          );
        a.push([variable, 1]);
      }
      variables.set(key, variable);
      this.#grow(child, variable, level, usable, s);
    }
    if (a.length > 0) this.#program.row(mergedRow(a, [own, -vertex.k]), 0, 0);
  }
}

function mergedRow(
  a: readonly (readonly [number, number])[],
  own: readonly [number, number],
): [number, number][] {
  const sums = new Map<number, number>([own]);
  for (const [variable, coefficient] of a) sums.set(variable, (sums.get(variable) ?? 0) + coefficient);
  return [...sums];
}

/** Vertices that nodes up to a latency level can make true. */
function usableVertices(
  { universe, latency, levels }: Problem,
  root: Expr,
  level: number,
): ReadonlySet<Expr> {
  const usable = new Set<Expr>();
  const visit = (e: Expr): boolean => {
    const can =
      e.t === "node"
        ? compare(latency[universe.indexOf.get(e.id)!]!, levels[level]!) <= 0
        : e.t === "thr" && e.of.filter(visit).length >= e.k;
    if (can) usable.add(e);
    return can;
  };
  visit(root);
  return usable;
}

/** Per node the first node that it can be swapped with: below the same gate on both sides, and with the same profile. */
function swappable({ universe, sides, latency, levels }: Problem): readonly number[] {
  const parents = sides.map(({ expr }) => {
    const found = new Map<string, number>();
    let gates = 0;
    const visit = (e: Expr): void => {
      if (e.t !== "thr") return;
      const gate = gates++;
      for (const child of e.of) {
        if (child.t === "node") found.set(child.id, gate);
        else visit(child);
      }
    };
    visit(expr);
    return found;
  });
  const first = new Map<string, number>();
  return universe.ids.map((id, v) => {
    const profile = sides.map(
      ({ burden }, s) => `${parents[s]!.get(id)} ${burden[v]!.num}/${burden[v]!.den}`,
    );
    const time = levels.length > 1 ? `${latency[v]!.num}/${latency[v]!.den}` : "";
    const key = `${profile.join(";")};${time}`;
    if (!first.has(key)) first.set(key, v);
    return first.get(key)!;
  });
}
