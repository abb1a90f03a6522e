import { loadavg } from "node:os";
import {
  dpll,
  type Expr,
  majority,
  neverCovered,
  normalize,
  type SatSolver,
  support,
  threshold,
  thresholdOf,
} from "@eunomia/quorum-algebra";
import { cadicalSolver } from "@eunomia/quorum-algebra/engines/cadical";
import { cheapestSplittingSet } from "@eunomia/quorum-algebra/sets";
import { Cadical, loadCadical } from "cadical-wasm";
import { universeOf } from "../src/circuit/bits.ts";
import { compile } from "../src/circuit/circuit.ts";
import { leastCost } from "../src/cover/least-cost.ts";
import { pricedSplit } from "../src/cover/priced.ts";
import { satCover } from "../src/cover/sat-cover.ts";
import { searchCover } from "../src/cover/search.ts";
import { Budget } from "../src/limits.ts";
import { Formula, FormulaTooLarge, type Literal } from "../src/sat/formula.ts";

/** Any k of `count` organisations, each by two of its three members. */
const organisations = (count: number, k: number): Expr =>
  thresholdOf(
    k,
    Array.from({ length: count }, (_, o) =>
      majority([0, 1, 2].map((i) => `${String(o).padStart(2, "0")}.${i}`)),
    ),
  );

/** The same, but every second organisation also counts a member of the next one: no closed form fits. */
const entwined = (count: number, k: number): Expr =>
  thresholdOf(
    k,
    Array.from({ length: count }, (_, o) => {
      const own = [0, 1, 2].map((i) => `${String(o).padStart(2, "0")}.${i}`);
      const guest = `${String((o + 1) % count).padStart(2, "0")}.0`;
      return o % 2 === 0
        ? thresholdOf(
            3,
            [...own, guest].map((id) => ({ t: "node", id }) as const),
          )
        : majority(own);
    }),
  );

/** Organisations of four that also ask a member of the next one, four of these five. */
const fives = (count: number, k: number): Expr =>
  thresholdOf(
    k,
    Array.from({ length: count }, (_, o) =>
      threshold(
        ["0", "1", "2", "3", "next"].map((i) => (i === "next" ? `${(o + 1) % count}.0` : `${o}.${i}`)),
        4,
      ),
    ),
  );

const secondsMax = 10;

/** CPU milliseconds, the middle of up to five runs, and what was answered. */
function measure(run: () => string): string {
  const times: number[] = [];
  let answer = "";
  for (let i = 0, all = 0; i < 5 && all < 2_000; i++) {
    const begin = process.cpuUsage();
    answer = run();
    const { user, system } = process.cpuUsage(begin);
    times.push((user + system) / 1000);
    all += times.at(-1)!;
  }
  const middle = times.sort((a, b) => a - b)[times.length >>> 1]!;
  return `${answer} ${middle < 10 ? middle.toFixed(1) : middle.toFixed(0)} ms`;
}

const limits = () => ({ maxSteps: 1e9, deadlineMs: secondsMax * 1000, now: () => performance.now() });
const wasm = cadicalSolver(Cadical, await loadCadical());

/** What is done elsewhere: every gate as all its subsets, whatever their number. @throws FormulaTooLarge */
function expanded(expr: Expr, solver: SatSolver): string {
  const formula = new Formula();
  const ids = support(expr);
  const sides = [1, -1].map((sign, side) => {
    const first = side === 0 ? formula.freshMany(ids.length) : [];
    const literals = side === 0 ? first : ids.map((_, i) => i + 2);
    const visit = (e: Expr): Literal => {
      if (e.t === "node") return sign * literals[ids.indexOf(e.id)]!;
      if (e.t !== "thr") throw new Error("thresholds only");
      const gate = formula.fresh();
      const children = e.of.map(visit);
      for (const clause of subsets(children, children.length - e.k + 1)) formula.add(-gate, ...clause);
      return gate;
    };
    return visit(expr);
  });
  for (const root of sides) formula.add(root);
  const session = solver(formula.cnf());
  const answer = session.solve([], limits());
  session.close();
  return answer === "unsat" ? "meet" : answer === "sat" ? "split" : "limit";
}

function* subsets(literals: readonly Literal[], size: number, from = 0): Generator<Literal[]> {
  if (size === 0) yield [];
  else
    for (let i = from; i + size <= literals.length; i++)
      for (const rest of subsets(literals, size - 1, i + 1)) yield [literals[i]!, ...rest];
}

function intersection(name: string, expr: Expr): void {
  const families = [normalize(expr), normalize(expr)];
  const universe = universeOf(support(families[0]!));
  const words: Record<string, string> = { none: "meet", assignment: "split" };
  const sat = (solver: SatSolver, symmetry: boolean) =>
    measure(() => {
      const { kind } = satCover(families, universe, solver, limits(), symmetry);
      return words[kind] ?? kind;
    });
  const row = [
    measure(() => {
      const verdict = neverCovered([expr, expr], [], limits(), { sat: wasm });
      return verdict.holds === null ? "limit" : `${verdict.holds ? "meet" : "split"} (${verdict.method})`;
    }),
    sat(wasm, true),
    sat(wasm, false),
    sat(dpll, false),
    measure(() => {
      try {
        return expanded(families[0]!, wasm);
      } catch (error) {
        if (error instanceof FormulaTooLarge) return "too large";
        throw error;
      }
    }),
    measure(() => {
      const circuits = families.map((family) => compile(family, universe));
      const { kind } = searchCover(circuits, new Budget(limits(), 1e9));
      return words[kind] ?? kind;
    }),
  ];
  console.log(`| ${[name, universe.ids.length, ...row].join(" | ")} |`);
}

/** Masking: two quorums and two sets of at most `faults` nodes. */
function masking(name: string, expr: Expr, faults: number): void {
  const ids = support(expr);
  const left = threshold(ids, ids.length - faults);
  const families = [expr, expr, left, left].map(normalize);
  const sat = (symmetry: boolean) =>
    measure(() => satCover(families, universeOf(ids), wasm, limits(), symmetry).kind);
  console.log(`| ${[name, ids.length, sat(true), sat(false)].join(" | ")} |`);
}

function smallestSplit(name: string, expr: Expr): void {
  const normal = normalize(expr);
  const ids = support(normal);
  const costs = ids.map(() => 1);
  const sat = (solver: SatSolver, symmetry: boolean) =>
    measure(() => {
      const build = () => pricedSplit([normal, normal], ids, costs, symmetry);
      const { low, high } = leastCost(build, costs, limits(), { sat: solver });
      return low === high ? `${low}` : `${low} to ${high}`;
    });
  const asked = measure(() => {
    const { cost } = cheapestSplittingSet(expr, expr, undefined, limits(), { sat: wasm });
    return cost.kind === "exact" ? `${cost.value} (${cost.method})` : `${cost.low} to ${cost.high}`;
  });
  const row = [name, ids.length, asked, sat(wasm, true), sat(wasm, false), sat(dpll, false)];
  console.log(`| ${row.join(" | ")} |`);
}

console.log(
  `load ${loadavg()
    .map((load) => load.toFixed(1))
    .join(" ")}; at most ${secondsMax} s each\n`,
);
console.log(
  "| do all quorums meet? | nodes | as asked | CaDiCaL, symmetry | CaDiCaL | built in | expanded | search |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
for (const [count, k] of [
  [10, 6],
  [12, 7],
  [16, 9],
  [24, 13],
  [24, 17],
] as const) {
  intersection(`${k} of ${count} organisations`, organisations(count, k));
  intersection(`${k} of ${count}, entwined`, entwined(count, k));
}
console.log("\n| smallest splitting set | nodes | as asked | CaDiCaL, symmetry | CaDiCaL | built in |");
console.log("| --- | --- | --- | --- | --- | --- |");
for (const [count, k] of [
  [8, 6],
  [12, 8],
  [16, 12],
  [24, 16],
] as const) {
  smallestSplit(`${k} of ${count} organisations`, organisations(count, k));
  smallestSplit(`${k} of ${count}, entwined`, entwined(count, k));
}
smallestSplit("7 of 9, entwined fives", fives(9, 7));
console.log("\n| masking: do quorums meet outside two fault sets? | nodes | CaDiCaL, symmetry | CaDiCaL |");
console.log("| --- | --- | --- | --- |");
masking("7 of 9, entwined fives, 5 faults", fives(9, 7), 5);
console.log(
  `\nload ${loadavg()
    .map((load) => load.toFixed(1))
    .join(" ")}`,
);
