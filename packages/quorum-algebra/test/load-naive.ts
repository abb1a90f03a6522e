import {
  dual,
  type Expr,
  type LinearProgram,
  type LpSolver,
  node,
  thresholdOf,
} from "@eunomia/quorum-algebra";
import type { LoadQuestion, NodeProfile, Objective } from "@eunomia/quorum-algebra/load";
import fc from "fast-check";
import { naiveHas, naiveSupport, subsets } from "./naive.ts";

const capacities = fc.constantFrom(1, 2, 3, 5, 0.5, 2.5);

/** Trees of counting gates in which every node occurs once; every gate can do without so many children, if it has as many. */
export function treeExpr(ids: readonly string[], spare = 0): fc.Arbitrary<Expr> {
  if (ids.length === 1) return fc.constant(node(ids[0]!));
  return fc
    .array(fc.nat(ids.length - 1), { minLength: 1, maxLength: 3 })
    .chain((cuts) => {
      const borders = [...new Set([0, ...cuts, ids.length])].sort((a, b) => a - b);
      const parts = borders.slice(1).map((end, i) => ids.slice(borders[i], end));
      if (parts.length === 1) parts.splice(0, 1, ids.slice(0, 1), ids.slice(1));
      return fc.tuple(
        fc.integer({ min: 1, max: Math.max(1, parts.length - spare) }),
        fc.tuple(...parts.map((part) => treeExpr(part, spare))),
      );
    })
    .map(([k, children]) => thresholdOf(k, children));
}

export interface Asked extends LoadQuestion {
  readonly reads: Expr;
  readonly writes: Expr;
  readonly readFraction: readonly { readonly fraction: number; readonly weight: number }[];
  readonly nodes: Readonly<Record<string, Required<NodeProfile>>>;
  readonly atMost: { readonly [O in Objective]?: number };
  readonly failures: number;
}

/** Questions about these reads, with profiles, workloads, objectives and, half of the time, a limit. */
export function questions(reads: fc.Arbitrary<Expr>, failures: fc.Arbitrary<number>): fc.Arbitrary<Asked> {
  return fc
    .record({
      reads,
      failures,
      mirror: fc.boolean(),
      readFraction: fc.array(
        fc.record({
          fraction: fc.constantFrom(0, 0.25, 0.5, 0.9, 1),
          weight: fc.integer({ min: 1, max: 3 }),
        }),
        { minLength: 1, maxLength: 2 },
      ),
      profiles: fc.array(
        fc.record({
          readCapacity: capacities,
          writeCapacity: capacities,
          latency: fc.constantFrom(1, 2, 3),
        }),
        { minLength: 8, maxLength: 8 },
      ),
      objective: fc.constantFrom<Objective>("load", "load", "network", "latency"),
      limit: fc.option(
        fc.tuple(
          fc.constantFrom<Objective>("load", "network", "latency"),
          fc.constantFrom(0.4, 0.8, 1.5, 2, 2.5, 3),
        ),
      ),
    })
    .map(({ mirror, profiles, limit, ...rest }) => ({
      ...rest,
      // Writes need not meet reads for a load to be computed.
      writes: mirror ? dual(rest.reads) : rest.reads,
      nodes: Object.fromEntries(
        [...new Set([...naiveSupport(rest.reads)])].map((id, i) => [id, profiles[i % 8]!] as const),
      ),
      atMost: limit === null ? {} : { [limit[0]]: limit[1] },
    }));
}

/** Sets that contain a quorum whichever `failures` of their members are missing, and no smaller one does. */
export function naiveSets(expr: Expr, failures: number): Set<string>[] {
  const bears = (set: ReadonlySet<string>, left: number): boolean =>
    naiveHas(expr, set) &&
    (left === 0 ||
      [...set].every((id) => bears(new Set([...set].filter((other) => other !== id)), left - 1)));
  const all = [...subsets(naiveSupport(expr))].filter((set) => bears(set, failures));
  return all.filter(
    (set) => !all.some((other) => other.size < set.size && [...other].every((id) => set.has(id))),
  );
}

/** The optimum by listing every set and one program over all of them; null: the limits exclude each other, or there is no set. */
export function naiveOptimum(question: Asked, lp: LpSolver): number | null {
  const { nodes, readFraction, atMost, failures, objective = "load" } = question;
  const total = readFraction.reduce((sum, { weight }) => sum + weight, 0);
  const mean = readFraction.reduce((sum, { fraction, weight }) => sum + (fraction * weight) / total, 0);
  const sides = [
    { expr: question.reads, part: mean, key: "readCapacity" as const },
    { expr: question.writes, part: 1 - mean, key: "writeCapacity" as const },
  ].filter(({ part }) => part > 0);
  const columns = sides.flatMap(({ expr, key, part }) =>
    naiveSets(expr, failures).map((set) => ({ expr, key, part, set })),
  );
  const latencyOf = (expr: Expr, set: ReadonlySet<string>): number =>
    [0, 1, 2, 3].find((t) => naiveHas(expr, new Set([...set].filter((id) => nodes[id]!.latency <= t))))!;
  const first = readFraction.length;
  const variable = (column: number): number => first + column;
  const measure: Record<Objective, [number, number][]> = {
    load: readFraction.map(({ weight }, i) => [i, weight / total]),
    network: columns.map(({ part, set }, c) => [variable(c), part * set.size]),
    latency: columns.map(({ part, set, expr }, c) => [variable(c), part * latencyOf(expr, set)]),
  };
  const rows: LinearProgram["rows"][number][] = sides.map(({ expr, key }) => ({
    a: columns.flatMap((column, c) =>
      column.expr === expr && column.key === key ? [[variable(c), 1] as const] : [],
    ),
    lo: 1,
    hi: 1,
  }));
  for (const id of Object.keys(nodes))
    readFraction.forEach(({ fraction }, i) => {
      const a = columns.flatMap(({ set, key }, c) => {
        const share = key === "readCapacity" ? fraction : 1 - fraction;
        return set.has(id) && share > 0 ? [[variable(c), share / nodes[id]![key]] as const] : [];
      });
      rows.push({ a: [...a, [i, -1]], lo: -Infinity, hi: 0 });
    });
  for (const [o, limit] of Object.entries(atMost))
    rows.push({ a: measure[o as Objective], lo: -Infinity, hi: limit });
  const min = new Array<number>(first + columns.length).fill(0);
  for (const [v, c] of measure[objective]) min[v]! += c;
  if (rows.some(({ a, lo }) => a.length === 0 && lo > 0)) return null;
  const { status, value } = lp({ min, rows });
  if (status !== "optimal" && status !== "infeasible") throw new Error(`the solver says ${status}`);
  return status === "optimal" ? value : null;
}
