import { loadavg } from "node:os";
import {
  type Answer,
  type Expr,
  node,
  or,
  threshold,
  thresholdOf,
  weightedOf,
} from "@eunomia/quorum-algebra";
import { cadicalSolver } from "@eunomia/quorum-algebra/engines/cadical";
import {
  collect,
  countMinimalQuorums,
  countMinimalSplittingSets,
  minimalBlockingSets,
  minimalHittingSets,
  minimalQuorums,
  minimalSplittingSets,
} from "@eunomia/quorum-algebra/sets";
import { Cadical, loadCadical } from "cadical-wasm";
import { Budget } from "../src/limits.ts";
import { generateJointly } from "../src/sets/joint.ts";
import { type Question, quorumQuestion } from "../src/sets/questions.ts";
import { searchMinimal } from "../src/sets/search.ts";

/** Organisations of three validators each, of which two must agree. */
const organisations = (count: number, k: number): Expr =>
  thresholdOf(
    k,
    Array.from({ length: count }, (_, o) =>
      threshold(
        [0, 1, 2].map((i) => `org${o}.${i}`),
        2,
      ),
    ),
  );
const stellar = organisations(7, 5);
/** The Fano plane, its points organisations: every one lies on three lines. */
const fano = or(
  ...["0 1 2", "0 3 4", "0 5 6", "1 3 5", "1 4 6", "2 3 6", "2 4 5"].map((line) =>
    thresholdOf(
      3,
      line.split(" ").map((o) =>
        threshold(
          [0, 1, 2].map((i) => `org${o}.${i}`),
          2,
        ),
      ),
    ),
  ),
);
/** Two thirds of stakes from 60 to 100. */
function stakesOf(count: number): Expr {
  const stakes = Array.from(
    { length: count },
    (_, i) => [BigInt(60 + ((i * 37) % 41)), node(`v${i}`)] as const,
  );
  return weightedOf((2n * stakes.reduce((sum, [stake]) => sum + stake, 0n)) / 3n + 1n, stakes);
}
const stakes = stakesOf(30);

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

function known(answer: Answer<bigint>): string {
  return answer.kind === "exact" ? `${answer.value}` : answer.kind;
}

function drained(source: Generator<unknown, boolean, undefined>): number {
  for (let count = 0; ; count++) {
    const { done, value } = source.next();
    if (done !== true) continue;
    if (value !== true) throw new Error("not complete");
    return count;
  }
}

const sat = cadicalSolver(Cadical, await loadCadical());
const jointly = (question: Question): number =>
  drained(
    generateJointly(question.universe.ids.length, question.oracle, sat, new Budget({}, Infinity), () => ({})),
  );
const searched = (question: Question, classes = question.classes()): number =>
  drained(searchMinimal(classes, question.oracle, new Budget({}, Infinity)));
const alone = (question: Question): number[][] => question.universe.ids.map((_, v) => [v]);

function row(what: string, runs: number, run: () => unknown): number {
  const time = measured(runs, run);
  console.log(`${what.padEnd(78)} ${time.toFixed(2).padStart(10)} ms   ${String(run())}`);
  return time;
}

console.log(`load average ${loadavg()[0]!.toFixed(1)}; milliseconds of processor time, then the result`);
const ours = row("Stellar 2025: quorums and blocking sets, product form", 25, () =>
  [minimalQuorums(stellar), minimalBlockingSets(stellar)].map((sets) => collect(sets).count).join(" + "),
);
row("Stellar 2025: splitting sets, product form", 25, () => collect(minimalSplittingSets(stellar)).count);
const question = quorumQuestion(stellar);
const others: (readonly [string, number])[] = [
  ["counts per class", row("Stellar 2025: quorums, search by counts per class", 5, () => searched(question))],
  [
    "hitting sets of the listed quorums",
    row(
      "Stellar 2025: blocking sets as hitting sets of the quorums (MMCS)",
      3,
      () => collect(minimalHittingSets(collect(minimalQuorums(stellar)).sets)).count,
    ),
  ],
  [
    "joint generation",
    row("Stellar 2025: quorums and blocking sets, joint generation (CaDiCaL)", 1, () => jointly(question)),
  ],
  [
    "include and exclude",
    row("Stellar 2025: quorums, include and exclude node by node", 1, () =>
      searched(question, alone(question)),
    ),
  ],
];
for (const [name, time] of others) console.log(`  ${name} : product form = ${(time / ours).toFixed(0)}`);

row(
  "Fano plane of organisations: splitting sets, diagram",
  25,
  () => collect(minimalSplittingSets(fano)).count,
);
row("Fano plane of organisations: quorums, diagram", 25, () => collect(minimalQuorums(fano)).count);
const plane = quorumQuestion(fano);
row("Fano plane of organisations: quorums, search by counts per class", 3, () => searched(plane));
row("16 organisations, 12 needed: splitting sets, counted", 25, () =>
  known(countMinimalSplittingSets(organisations(16, 12))),
);
row("30 stakes: minimal quorums, counted", 9, () => known(countMinimalQuorums(stakes)));
row(
  "30 stakes: the first 10 000 minimal quorums",
  9,
  () => collect(minimalQuorums(stakes, { maxCount: 10_000 })).count,
);
row("16 stakes: splitting sets, counted by diagram", 3, () => known(countMinimalSplittingSets(stakesOf(16))));
