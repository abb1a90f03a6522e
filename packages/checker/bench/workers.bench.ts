// One thread and two on large searches, in turns: wall seconds, and CPU seconds of the thread that was busiest. On a machine that
// is busy with other things wall seconds say little, and the busiest threads tell how soon both would be ready on idle cores.
//
//   npx tsx --conditions=@eunomia/source bench/workers.bench.ts [pairs] [model]

import { readdirSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import type { ModelSource } from "../src/index.ts";
import { checkInWorkers } from "../src/node.ts";

const execArgv = [
  "--import",
  fileURLToPath(new URL("../test/support/typescript.mjs", import.meta.url)),
  "--conditions=@eunomia/source",
];
const module = new URL("../test/support/sources.ts", import.meta.url).href;
const sources: Record<string, ModelSource> = {
  /** Actor Paxos, 6,128,487 states. */
  actors: { module, export: "golden", params: { acceptors: 3, proposers: 3, ignored: "stay" } },
  /** Message-set Paxos, 8,220,065 states with three times as many transitions for each. */
  messages: { module, export: "messageSet", params: { acceptors: 3, ballots: 4 } },
};

/** CPU seconds of each thread of this process that is alive, in hundredths (Linux). */
function readThreads(into: Map<string, number>): void {
  for (const thread of readdirSync("/proc/self/task")) {
    const fields = readFileSync(`/proc/self/task/${thread}/stat`, "utf8").split(") ")[1]!.split(" ");
    into.set(thread, (Number(fields[11]) + Number(fields[12])) / 100);
  }
}

async function measure(source: ModelSource, workers: number) {
  const old = new Map<string, number>();
  readThreads(old);
  const threads = new Map<string, number>();
  const progress = () => {
    readThreads(threads);
    return false;
  };
  const report = await checkInWorkers(source, { workers, memory: 2 ** 31, execArgv, progress });
  const spent = [...threads].map(([thread, seconds]) => seconds - (old.get(thread) ?? 0));
  return { states: report.states, wall: report.seconds ?? 0, busiest: Math.max(...spent) };
}

async function main(pairs: number, name: string): Promise<void> {
  const source = sources[name];
  if (source === undefined) throw new Error(`expected one of ${Object.keys(sources)}, got ${name}`);
  for (let pair = 0; pair < pairs; pair++) {
    const one = await measure(source, 1);
    const two = await measure(source, 2);
    if (one.states !== two.states) throw new Error(`${one.states} and ${two.states} states`);
    const line = ({ wall, busiest }: typeof one) =>
      `${wall.toFixed(1)} s wall, ${busiest.toFixed(1)} CPU s of the busiest thread`;
    const ratio = (wall: number, busiest: number) => `${wall.toFixed(2)} and ${busiest.toFixed(2)} times`;
    console.log(
      `${one.states} states: one ${line(one)}; two ${line(two)}; ${ratio(one.wall / two.wall, one.busiest / two.busiest)}; load ${loadavg()[0]!.toFixed(1)}`,
    );
  }
}

void main(Number(process.argv[2] ?? 3), process.argv[3] ?? "actors");
