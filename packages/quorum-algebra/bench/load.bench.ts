import {
  and,
  dual,
  type Expr,
  type LinearProgram,
  type LpSolver,
  node,
  or,
  parse,
  threshold,
  thresholdOf,
} from "@eunomia/quorum-algebra";
import { type Highs, highsSolver } from "@eunomia/quorum-algebra/engines/highs";
import { yalpsSolver } from "@eunomia/quorum-algebra/engines/yalps";
import { bestStrategy, type LoadQuestion, sample } from "@eunomia/quorum-algebra/load";
import loadHighs from "highs";
import * as yalps from "yalps";

const highs = highsSolver(await (loadHighs as unknown as () => Promise<Highs>)());
const smallLp = yalpsSolver(yalps);

/** The same numbers in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function organisations(count: number, size: number, outer: number, inner: number): Expr {
  return thresholdOf(
    outer,
    Array.from({ length: count }, (_, o) =>
      threshold(
        Array.from({ length: size }, (_, v) => `o${o}.${v}`),
        inner,
      ),
    ),
  );
}

function grid(size: number): Expr {
  const at = [...Array(size).keys()];
  return or(...at.map((row) => and(...at.map((column) => node(`${row}.${column}`)))));
}

function randomTree(count: number, prefix: string, next: () => number): Expr {
  if (count === 1) return node(prefix);
  const kids = Math.min(count, 2 + Math.floor(next() * 8));
  const sizes = new Array<number>(kids).fill(1);
  for (let i = kids; i < count; i++) sizes[Math.floor(next() * kids)]!++;
  return thresholdOf(
    Math.floor(kids / 2) + 1,
    sizes.map((size, i) => randomTree(size, `${prefix}.${i}`, next)),
  );
}

function members(expr: Expr): string[] {
  if (expr.t === "node") return [expr.id];
  if (expr.t === "thr") return [...new Set(expr.of.flatMap(members))];
  if (expr.t === "wthr") return expr.of.flatMap(([, child]) => members(child));
  return [];
}

/** Every node has its own capacities: nothing is symmetric. */
function uneven(reads: Expr): LoadQuestion {
  const next = numbers(5);
  const nodes = new Map(
    members(reads).map((id) => [
      id,
      { readCapacity: 100 + Math.floor(900 * next()), writeCapacity: 100 + Math.floor(900 * next()) },
    ]),
  );
  return { reads, readFraction: 0.7, nodes };
}

/** All minimal quorums of a tree in which every node occurs once. */
function quorums(expr: Expr): string[][] {
  if (expr.t === "node") return [[expr.id]];
  if (expr.t !== "thr") throw new Error("trees only");
  const children = expr.of.map(quorums);
  const choose = (from: number, left: number): string[][] => {
    if (left === 0) return [[]];
    if (children.length - from < left) return [];
    const withFirst = choose(from + 1, left - 1);
    return [
      ...children[from]!.flatMap((own) => withFirst.map((rest) => [...own, ...rest])),
      ...choose(from + 1, left),
    ];
  };
  return choose(0, expr.k);
}

/** What one would do otherwise: a variable for every quorum. */
function enumerated({ reads, nodes }: LoadQuestion): number {
  const profiles = nodes as ReadonlyMap<string, { readCapacity: number; writeCapacity: number }>;
  const sides = [quorums(reads as Expr), quorums(dual(reads as Expr))];
  const uses = new Map<string, [number, number][]>([...profiles.keys()].map((id) => [id, []]));
  let variables = 1;
  const rows: LinearProgram["rows"][number][] = sides.map((sets, side) => ({
    a: sets.map((set) => {
      const variable = variables++;
      for (const id of set) {
        const { readCapacity, writeCapacity } = profiles.get(id)!;
        uses.get(id)!.push([variable, side === 0 ? 0.7 / readCapacity : 0.3 / writeCapacity]);
      }
      return [variable, 1] as const;
    }),
    lo: 1,
    hi: 1,
  }));
  for (const a of uses.values()) {
    a.push([0, -1]);
    rows.push({ a, lo: -Infinity, hi: 0 });
  }
  const min = new Array<number>(variables).fill(0);
  min[0] = 1;
  return highs({ min, rows }).value;
}

interface Measured<T> {
  readonly value: T;
  readonly ms: number;
}

/** Processor time in milliseconds, the middle of some runs after as many to warm up: the solver is compiled while it runs. */
function measure<T>(runs: number, work: () => T): Measured<T> {
  const times: number[] = [];
  let value = work();
  for (let i = 1; i < runs; i++) value = work();
  for (let i = 0; i < runs; i++) {
    const before = process.cpuUsage();
    value = work();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  return { value, ms: times.sort((a, b) => a - b)[Math.floor(runs / 2)]! };
}

function solve(
  question: LoadQuestion,
  lp: LpSolver,
  runs: number,
): Measured<{ value: number; gap: number; method: string }> {
  return measure(runs, () => {
    const answer = bestStrategy(question, { lp });
    if (!("strategy" in answer)) throw new Error(answer.kind);
    return { value: answer.value, gap: 1 - answer.low / answer.value, method: answer.method };
  });
}

const columns = [
  "system".padEnd(34),
  "nodes",
  "highs, ms",
  "yalps, ms",
  "listed, ms",
  "listed : highs",
  "gap",
];
console.log(columns.join("  "));
const stellar = organisations(7, 3, 5, 2);
const cases: [string, LoadQuestion, { yalps?: boolean; listed?: boolean; runs?: number }][] = [
  ["7 organisations of 3, alike", { reads: stellar, readFraction: 0.7 }, { yalps: true, runs: 51 }],
  ["7 organisations of 3", uneven(stellar), { yalps: true, listed: true, runs: 51 }],
  ["grid 5x5", uneven(grid(5)), { yalps: true, listed: true, runs: 25 }],
  ["grid 10x10", uneven(grid(10)), { yalps: true, runs: 15 }],
  ["100 organisations of 10", uneven(organisations(100, 10, 67, 7)), { runs: 5 }],
  ["random tree", uneven(randomTree(1000, "t", numbers(1))), { runs: 5 }],
  ["random tree", uneven(randomTree(5000, "t", numbers(2))), { runs: 1 }],
  ["wall of 5 rows (repeated nodes)", uneven(wall([1, 2, 3, 4, 5])), { yalps: true, runs: 9 }],
  ["12 stakes, two thirds", uneven(stakes(12)), { yalps: true, runs: 9 }],
];
for (const [name, question, { yalps: both, listed, runs = 5 }] of cases) {
  const fast = solve(question, highs, runs);
  const small = both === true ? solve(question, smallLp, Math.min(runs, 3)).ms.toFixed(1) : "";
  const naive = listed === true ? measure(3, () => enumerated(question)) : null;
  if (naive !== null && Math.abs(naive.value / fast.value.value - 1) > 1e-6)
    throw new Error(`${name}: they differ`);
  const cells = [
    name.padEnd(34),
    String(
      question.nodes instanceof Map ? question.nodes.size : members(question.reads as Expr).length,
    ).padStart(5),
    fast.ms.toFixed(1).padStart(9),
    small.padStart(9),
    (naive?.ms.toFixed(0) ?? "").padStart(10),
    (naive === null ? "" : (naive.ms / fast.ms).toFixed(0)).padStart(14),
    fast.value.gap.toExponential(0),
    fast.value.method,
  ];
  console.log(cells.join("  "));
}

const plan = bestStrategy(uneven(stellar), { lp: highs });
if ("strategy" in plan) {
  let state = 1;
  const random = {
    next: () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state;
    },
  };
  const reads = plan.strategy.reads!;
  const { ms } = measure(5, () => {
    for (let i = 0; i < 20_000; i++) sample(reads, random);
  });
  console.log(`drawing a read set of 7 organisations of 3: ${((ms * 1000) / 20_000).toFixed(2)} us`);
}

function wall(widths: readonly number[]): Expr {
  const rows = widths.map((width, r) => Array.from({ length: width }, (_, i) => node(`${r}.${i}`)));
  return or(...rows.map((row, r) => and(...row, ...rows.slice(r + 1).map((below) => or(...below)))));
}

function stakes(count: number): Expr {
  const each = Array.from({ length: count }, (_, i) => `s${i}*${10 + ((i * 37) % 23)}`);
  return parse(`{${each.join(", ")}} > 2/3`);
}
