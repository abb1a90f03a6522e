import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import {
  type Answer,
  type Expr,
  majority,
  quorumSystem,
  support,
  thresholdOf,
} from "@eunomia/quorum-algebra";
import { findBest, loadScore } from "@eunomia/quorum-algebra/best";
import { rowAndColumn } from "@eunomia/quorum-algebra/constructions";
import { yalpsSolver } from "@eunomia/quorum-algebra/engines/yalps";
import { cosmosValidators } from "@eunomia/quorum-algebra/import";
import {
  birnbaum,
  estimateUnavailability,
  unavailability,
  unsafety,
} from "@eunomia/quorum-algebra/probability";
import { moreThan, stakeQuorums } from "@eunomia/quorum-algebra/stake";
import * as yalps from "yalps";

/** Milliseconds of processor time, the middle of so many runs after one to warm up. */
function measured(runs: number, run: () => unknown): number {
  if (runs > 1) run();
  const times = Array.from({ length: runs }, () => {
    const begin = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(begin);
    return (user + system) / 1000;
  });
  return times.sort((a, b) => a - b)[runs >> 1]!;
}

function row(what: string, runs: number, run: () => unknown): number {
  const time = measured(runs, run);
  console.log(`${what.padEnd(66)} ${time.toFixed(1).padStart(9)} ms   ${String(run())}`);
  return time;
}

const shown = (answer: Answer<number>): string => {
  if (answer.kind === "exact") return answer.value.toPrecision(6);
  return answer.kind === "bounds"
    ? `${answer.low.toPrecision(4)} to ${answer.high.toPrecision(4)}`
    : "unknown";
};

/** What one would write without a library: every set of failed nodes, the expression evaluated for each. */
function enumerated(expr: Expr, p: number): number {
  const ids = support(expr);
  const indexOf = new Map(ids.map((id, i) => [id, i]));
  const holds = (e: Expr, failed: number): boolean => {
    if (e.t === "node") return ((failed >> indexOf.get(e.id)!) & 1) === 0;
    if (e.t !== "thr") throw new Error("counting gates only");
    let count = 0;
    for (const child of e.of) if (holds(child, failed)) count++;
    return count >= e.k;
  };
  let sum = 0;
  for (let failed = 0; failed < 1 << ids.length; failed++) {
    if (holds(expr, failed)) continue;
    let chance = 1;
    for (let i = 0; i < ids.length; i++) chance *= (failed >> i) & 1 ? p : 1 - p;
    sum += chance;
  }
  return sum;
}

let seed = 20261127;
const random = {
  next(): number {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return seed >>> 0;
  },
};
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i}`);

console.log(`load average ${loadavg()[0]!.toFixed(1)}; milliseconds of processor time, then the result`);

const ids = names(5000);
const nested = thresholdOf(
  667,
  Array.from({ length: 1000 }, (_, o) => majority(ids.slice(5 * o, 5 * o + 5))),
);
row("1 000 organisations of 5: unavailability at 30 %", 25, () => shown(unavailability(nested, 0.3)));
row("1 000 organisations of 5: Birnbaum", 5, () => birnbaum(nested, 0.3).kind);
row("1 000 organisations of 5: 1 000 draws", 1, () => {
  const found = estimateUnavailability(quorumSystem(nested), 0.3, { random, seed, draws: 1000 });
  return `${found.low.toFixed(3)} to ${found.high.toFixed(3)}`;
});

const text = readFileSync(new URL("../data/cosmoshub-4-2022-10.json", import.meta.url), "utf8");
const hub = stakeQuorums(cosmosValidators(text).set, moreThan("2/3"));
for (const units of [200_000, 1_000_000])
  row(`Hub, 175 validators at 3 %: unavailability, ${units} units`, 5, () =>
    shown(unavailability(hub, 0.03, { units })),
  );
row("Hub: unsafety at 3 %", 5, () => shown(unsafety(hub, 0.03)));
row("Hub: Birnbaum", 3, () => birnbaum(hub, 0.03).kind);
row("Hub: 10 000 draws", 1, () => {
  const found = estimateUnavailability(quorumSystem(hub), 0.03, { random, seed, draws: 10_000 });
  return `${found.low.toPrecision(2)} to ${found.high.toPrecision(2)}`;
});

const gridOf = (side: number): Expr =>
  rowAndColumn(Array.from({ length: side }, (_, r) => names(side * side).slice(r * side, (r + 1) * side)));
const ours = row("row and column of 4x4, nodes repeat: unavailability, diagram", 25, () =>
  shown(unavailability(gridOf(4), 0.1)),
);
const naive = row("row and column of 4x4: all 65 536 sets", 3, () =>
  enumerated(gridOf(4), 0.1).toPrecision(6),
);
console.log(`  all sets : diagram = ${(naive / ours).toFixed(0)}`);
row("row and column of 9x9: unavailability, diagram", 3, () => shown(unavailability(gridOf(9), 0.1)));

/** The case study of Whittaker et al., 2021. */
const capacity = (writeCapacity: number) => ({ writeCapacity, readCapacity: 2 * writeCapacity });
const nodes = {
  a: capacity(2000),
  b: capacity(1000),
  c: capacity(2000),
  d: capacity(1000),
  e: capacity(2000),
};
const readFraction = [10, 20, 100, 100, 100, 60, 30, 30, 20].map((weight, i) => ({
  fraction: (9 - i) / 10,
  weight,
}));
const engines = { lp: yalpsSolver(yalps) };
const best = (score: ReturnType<typeof loadScore>): string => {
  const { scored, candidates, best: found } = findBest({ nodes: Object.keys(nodes), crashes: 1, score });
  return `${scored} of ${candidates} scored, capacity ${(1 / found!.score).toFixed(1)}`;
};
const question = { nodes, readFraction };
const bounded = row("case study, 5 nodes: the best by load (YALPS)", 9, () =>
  best(loadScore(question, engines)),
);
const all = row("case study: every one of the 293 scored", 5, () =>
  best({ score: loadScore(question, engines).score }),
);
console.log(`  all : bounded = ${(all / bounded).toFixed(1)}`);
row(
  "258 489 systems of 7 nodes, enumerated",
  3,
  () => findBest({ nodes: names(7), crashes: 1, score: { score: () => 1, low: () => 1 } }).candidates,
);

/** Seven nodes of which no two are alike. */
const seven = {
  nodes: Object.fromEntries(
    names(7).map((id, i) => [id, { readCapacity: 100 * (1 + (i % 4)), writeCapacity: 50 * (1 + (i % 3)) }]),
  ),
  readFraction: [
    { fraction: 0.8, weight: 1 },
    { fraction: 0.4, weight: 1 },
  ],
};
for (const [way, keep] of [
  ["enumeration", {}],
  ["beam", { keep: 0 }],
] as const)
  row(`7 different nodes: the best by load, ${way}`, 1, () => {
    const report = findBest({ nodes: names(7), crashes: 1, score: loadScore(seven, engines), ...keep });
    return `${report.scored} of ${report.candidates} scored, capacity ${(1 / report.best!.score).toFixed(2)}`;
  });
