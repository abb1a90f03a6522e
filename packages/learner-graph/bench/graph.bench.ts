import { loadavg } from "node:os";
import { fromStake, type GraphInput, type LearnerGraph, learnerGraph } from "@eunomia/learner-graph";
import {
  and,
  type Expr,
  node,
  type QuorumSystem,
  quorumSystem,
  threshold,
  weightedOf,
} from "@eunomia/quorum-algebra";
import { joinOperators, moreThan, sameId, validatorSet } from "@eunomia/quorum-algebra/stake";

/** The same numbers on every run: a small linear congruential generator. */
let state = 20261127;
const below = (bound: number): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * bound);
};

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Milliseconds of processor time, the middle of some runs, each with new input. */
function median(runs: number, run: (i: number) => void): number {
  const times = Array.from({ length: runs }, (_, i) => {
    const begin = cpuMs();
    run(i);
    return cpuMs() - begin;
  });
  return times.sort((a, b) => a - b)[runs >> 1]!;
}

/** What one would write without this package: every label asked anew, then labels passed on until nothing changes. */
function naiveConnected(
  graph: LearnerGraph,
  labels: readonly QuorumSystem[],
  caught: readonly string[],
): string[][] {
  const gone = new Set(caught);
  const safe = graph.acceptors.filter((id) => !gone.has(id));
  const index = new Map(graph.learners.map((id, i) => [id, i]));
  const n = graph.learners.length;
  const together = Array.from({ length: n }, () => new Array<boolean>(n).fill(false));
  graph.edges.forEach(({ between }, e) => {
    const [a, b] = between.map((id) => index.get(id)!) as [number, number];
    together[a]![b] = together[b]![a] = labels[e]!.has(safe);
  });
  for (let changed = true; changed; ) {
    changed = false;
    for (let a = 0; a < n; a++)
      for (let b = 0; b < n; b++)
        for (let c = 0; c < n; c++)
          if (together[a]![b]! && together[b]![c]! && !together[a]![c]!) changed = together[a]![c] = true;
  }
  return graph.learners
    .filter((_, a) => together[a]![a]! && !together[a]!.slice(0, a).includes(true))
    .map((id) => graph.learners.filter((_, b) => together[index.get(id)!]![b]!));
}

const acceptors = (count: number): string[] => Array.from({ length: count }, (_, i) => `v${i}`);

/** Thresholds of their own over most of the acceptors, and labels that fit: valid, not closed by form. */
function thresholdGraph(learners: number, count: number): GraphInput {
  const ids = acceptors(count);
  const names = Array.from({ length: learners }, (_, i) => `l${i}`);
  const quorums = Object.fromEntries(
    names.map((id) => [id, threshold(ids, Math.ceil(count * 0.7) + below(count * 0.2))]),
  );
  const edges = names.flatMap((a, i) =>
    names
      .slice(i)
      .filter((b) => a === b || below(3) === 0)
      .map((b) => ({
        between: [a, b] as const,
        label: threshold(ids, Math.ceil(count * 0.75) + below(count * 0.2)),
      })),
  );
  return { learners: quorums, edges };
}

function stakeChains(count: number, validators: number) {
  const chains = Array.from({ length: count }, (_, c) =>
    validatorSet({
      chain: `c${c}`,
      validators: acceptors(validators)
        .filter(() => below(10) < 9)
        .map((id) => ({ id, stake: BigInt(1_000_000 + below(20_000_000)) })),
    }),
  );
  return joinOperators(chains, [sameId]);
}

const print = (name: string, text: string): void => console.log(`${name.padEnd(62)} ${text}`);
console.log(`load ${loadavg()[0]!.toFixed(1)}; milliseconds and microseconds of processor time\n`);

for (const [learners, count] of [
  [2, 5],
  [6, 40],
  [20, 200],
] as const) {
  const ms = median(5, () => learnerGraph(thresholdGraph(learners, count)));
  print(`thresholds, ${learners} learners, ${count} acceptors: build and validate`, `${ms.toFixed(1)} ms`);
}
for (const [chains, count] of [
  [2, 100],
  [20, 200],
] as const) {
  const inputs = Array.from({ length: 3 }, () => stakeChains(chains, count));
  const made: GraphInput[] = [];
  const group = median(3, (i) => made.push(fromStake(inputs[i]!, moreThan("4/5"))));
  const build = median(3, (i) => learnerGraph(made[i]!));
  print(`stake, ${chains} chains, ${count} operators: find groups`, `${group.toFixed(0)} ms`);
  print(`stake, ${chains} chains, ${count} operators: build and validate`, `${build.toFixed(0)} ms`);
}

/** Labels in the chains' own words: enough of the stake of both is safe. No builder vouches for them. */
function ownLabels(chains: number, count: number): GraphInput {
  const joined = stakeChains(chains, count);
  const gate = (chain: number, percent: bigint): Expr =>
    weightedOf(
      (joined.chains[chain]!.total * percent) / 100n + 1n,
      joined.operators
        .filter(({ stakes }) => stakes[chain]! > 0n)
        .map(({ id, stakes }) => [stakes[chain]!, node(id)] as const),
    );
  const names = joined.chains.map(({ chain }) => chain);
  return {
    learners: Object.fromEntries(names.map((name, i) => [name, gate(i, 85n)])),
    edges: names.flatMap((a, i) =>
      names
        .slice(i)
        .map((b, k) => ({ between: [a, b] as const, label: and(gate(i, 75n), gate(i + k, 75n)) })),
    ),
  };
}

for (const [chains, count] of [
  [2, 100],
  [20, 200],
] as const) {
  const inputs = Array.from({ length: 3 }, () => ownLabels(chains, count));
  const methods = new Set<string>();
  const build = median(3, (i) => methods.add(learnerGraph(inputs[i]!).method));
  print(
    `labels on stake, ${chains} chains, ${count} operators`,
    `${build.toFixed(0)} ms (${[...methods].join("; ")})`,
  );
}

console.log();
for (const [learners, count] of [
  [2, 5],
  [6, 40],
  [20, 200],
] as const) {
  const graph = learnerGraph(thresholdGraph(learners, count));
  const labels = graph.edges.map(({ label }) => quorumSystem(label.safe));
  const sets = Array.from({ length: 200 }, () => acceptors(count).filter(() => below(count) < 3));
  const name = `${learners} learners, ${count} acceptors, ${graph.edges.length} labels`;
  const first = median(5, () => {
    for (const set of sets) graph.connected([...set, acceptors(count)[below(count)]!]);
  });
  const again = median(5, () => {
    for (let i = 0; i < 50; i++) for (const set of sets) graph.connected(set);
  });
  const safe = acceptors(count).slice(1);
  const isSafe = median(5, () => {
    for (let i = 0; i < 10_000; i++) graph.isSafeSet("l0", "l1", safe);
  });
  const naive = median(3, () => {
    for (const set of sets.slice(0, 20)) naiveConnected(graph, labels, set);
  });
  const watch = median(5, () => {
    const one = graph.watch();
    for (const id of acceptors(count)) one.caught(id);
  });
  print(`connected, a set not asked before: ${name}`, `${((first / 200) * 1000).toFixed(1)} us`);
  print("  asked before", `${((again / 10_000) * 1000).toFixed(2)} us`);
  print("  isSafeSet, asked before", `${((isSafe / 10_000) * 1000).toFixed(2)} us`);
  print("  one caught acceptor more, by watch", `${((watch / count) * 1000).toFixed(1)} us`);
  print(
    "  naive",
    `${((naive / 20) * 1000).toFixed(0)} us, ${(naive / 20 / (first / 200)).toFixed(0)} times a new set`,
  );
}
