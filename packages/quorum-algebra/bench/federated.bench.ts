import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { type Engines, node, thresholdOf } from "@eunomia/quorum-algebra";
import { cadicalSolver } from "@eunomia/quorum-algebra/engines/cadical";
import {
  coresOf,
  type FederatedNode,
  type FederatedSystem,
  federatedSystem,
  intersection,
  listBlockingSets,
  listQuorums,
  listSplittingSets,
  smallestBlockingSet,
  smallestSplittingSet,
} from "@eunomia/quorum-algebra/federated";
import { stellarNetwork } from "@eunomia/quorum-algebra/import";
import { collect } from "@eunomia/quorum-algebra/sets";
import { Cadical, loadCadical } from "cadical-wasm";

import { generateJointly } from "../src/federated/joint.ts";
import { searchDisjoint } from "../src/federated/search.ts";
import { Budget } from "../src/limits.ts";

/** CPU milliseconds: the first run, and the middle of the next ones. */
function measure(run: () => unknown, runs = 9): readonly [first: number, median: number] {
  const times = Array.from({ length: runs + 1 }, () => {
    const begin = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(begin);
    return (user + system) / 1_000;
  });
  return [times[0]!, times.slice(1).sort((a, b) => a - b)[runs >>> 1]!];
}

function row(name: string, [first, median]: readonly [number, number], note: string): void {
  console.log(`${name.padEnd(66)} ${first.toFixed(1).padStart(8)} ${median.toFixed(1).padStart(8)}  ${note}`);
}

/** All minimal quorums and blocking sets one by one, as without classes; the usual way is slower still. */
function jointlyWithoutClasses(system: FederatedSystem, engines: Engines): void {
  const alone = system.ids.map((_, v) => [v]);
  for (const _ of generateJointly(system, alone, {}, engines));
}

const stellar = (date: string): FederatedSystem => {
  const file = new URL(`../data/stellar-${date}.json`, import.meta.url);
  return federatedSystem(stellarNetwork(readFileSync(file, "utf8")).nodes);
};

/** Organisations of three that ask for two thirds of all; every second one for a majority without one neighbour besides. */
function almostSymmetric(count: number): readonly FederatedNode[] {
  const names = Array.from({ length: count }, (_, o) => [0, 1, 2].map((i) => `organisation${o}-${i}`));
  const each = names.map((members) => thresholdOf(2, members.map(node)));
  return names.flatMap((members, o) => {
    const most = thresholdOf(Math.ceil((2 * count) / 3), each);
    const others = each.filter((_, other) => other !== (o + 1) % count);
    const both = thresholdOf(2, [most, thresholdOf(Math.ceil(count / 2), others)]);
    return members.map((id) => ({ id, quorums: o % 2 === 0 ? most : both }));
  });
}

const engines: Engines = { sat: cadicalSolver(Cadical, await loadCadical()) };
console.log(
  `load average ${loadavg().map((load) => load.toFixed(1))}; CPU ms: first run, median of the next`,
);
for (const date of ["2019-09-17", "2025-07-20"]) {
  const file = new URL(`../data/stellar-${date}.json`, import.meta.url);
  const text = readFileSync(file, "utf8");
  row(
    `${date}: read the file, build the system`,
    measure(() => federatedSystem(stellarNetwork(text).nodes)),
    "",
  );
  const system = stellar(date);
  const core = coresOf(system)[0]!.system;
  row(
    `${date}: do all quorums meet?`,
    measure(() => intersection(system)),
    intersection(system).kind,
  );
  const searched = measure(() => searchDisjoint(core, new Budget({}, Infinity)), 3);
  row(`${date}: the same by search in the core`, searched, "");
  const split = smallestSplittingSet(system, {}, {}, engines);
  const size = split.kind === "exact" ? `size ${split.size}` : split.kind;
  row(
    `${date}: smallest splitting set`,
    measure(() => smallestSplittingSet(system, {}, {}, engines)),
    size,
  );
  row(
    `${date}: the same, built-in solver`,
    measure(() => smallestSplittingSet(system)),
    size,
  );
  const block = smallestBlockingSet(system);
  const blockSize = block.kind === "exact" ? `size ${block.size}` : block.kind;
  row(
    `${date}: smallest blocking set`,
    measure(() => smallestBlockingSet(system)),
    blockSize,
  );
  const quorums = collect(listQuorums(system));
  const blocking = collect(listBlockingSets(system));
  const both = (): unknown => [collect(listQuorums(system)), collect(listBlockingSets(system))];
  row(
    `${date}: all minimal quorums and blocking sets`,
    measure(both),
    `${quorums.count} + ${blocking.count}`,
  );
  const slow = measure(() => jointlyWithoutClasses(core, engines), 1);
  row(`${date}: the same generated jointly, one by one`, slow, "");
  const splitting = collect(listSplittingSets(core));
  row(
    `${date}: all minimal splitting sets of the core`,
    measure(() => collect(listSplittingSets(core))),
    `${splitting.count}`,
  );
}
for (const count of [10, 16, 24]) {
  const system = federatedSystem(almostSymmetric(count));
  const name = `${count} organisations of 3, almost symmetric`;
  row(
    `${name}: do all quorums meet?`,
    measure(() => intersection(system, {}, engines), 3),
    "",
  );
  const split = smallestSplittingSet(system, {}, {}, engines);
  const size = split.kind === "exact" ? `size ${split.size}` : split.kind;
  if (count <= 16)
    row(
      `${name}: smallest splitting set`,
      measure(() => smallestSplittingSet(system, {}, {}, engines), 3),
      size,
    );
  const block = smallestBlockingSet(system, {}, {}, engines);
  const blockSize = block.kind === "exact" ? `size ${block.size}` : block.kind;
  row(
    `${name}: smallest blocking set`,
    measure(() => smallestBlockingSet(system, {}, {}, engines), 3),
    blockSize,
  );
}
