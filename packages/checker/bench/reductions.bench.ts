// What reductions save on the golden models: states, transitions and CPU seconds with and without, one search after the other,
// and the largest golden count of message-set Paxos. Results go to bench/results of the repository.
//
//   npx tsx --conditions=@eunomia/source bench/reductions.bench.ts

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { goldenCounts, messageSetCounts } from "@eunomia/conformance/golden";
import {
  check,
  configurationSymmetry,
  inertMessages,
  type Model,
  quorumTransitions,
  type Reduction,
} from "../src/index.ts";
import { goldenModel } from "../test/support/golden.ts";
import { messageSetModel } from "../test/support/message-set.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const symmetry = configurationSymmetry();

/** Null: nobody has counted it with these reductions. */
const searches: readonly [Model, readonly Reduction[], number | null][] = [
  [goldenModel(4, 2), [], goldenCounts[1].consumed.states],
  [goldenModel(4, 2), [inertMessages], goldenCounts[1].inertDropped.states],
  [goldenModel(4, 2), [symmetry], null],
  [goldenModel(4, 2), [inertMessages, symmetry], 3072],
  [goldenModel(5, 2), [inertMessages, symmetry], null],
  ...messageSetCounts.map(({ acceptors, ballots, states }): [Model, readonly Reduction[], number] => [
    messageSetModel(acceptors, ballots),
    [quorumTransitions],
    states,
  ]),
  [messageSetModel(3, 4), [inertMessages, quorumTransitions, symmetry], null],
];

function measure(model: Model, reductions: readonly Reduction[], golden: number | null) {
  const before = process.cpuUsage();
  const { states, transitions, cells, result } = check(model, { reductions });
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1e6;
  if (result === "violated" || (golden !== null && states !== golden))
    throw new Error(`${model.name}: ${result}, ${states} states, expected ${golden}`);
  const names = reductions.map(({ name }) => name);
  console.log(
    `${model.name}, ${names.join(" + ") || "no reduction"}: ${states} states, ${transitions} transitions, ${cells} cells, ${cpuSeconds.toFixed(1)} CPU seconds`,
  );
  return { model: model.name, reductions: names, states, transitions, cells, cpuSeconds };
}

const rows = searches.map(([model, reductions, golden]) => measure(model, reductions, golden));
const date = new Date().toISOString();
const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: here, encoding: "utf8" }).trim();
const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)}`;
writeFileSync(
  join(here, "../../../bench/results", `reductions-${date.replace(/[:.]/g, "-")}.json`),
  `${JSON.stringify({ date, commit, machine, rows }, null, 2)}\n`,
);
