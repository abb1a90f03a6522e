// One thread and two on the largest golden count (6,128,487 states): wall and CPU seconds, in turns. Wall seconds say nothing on
// a machine that is busy with other things: the load is printed beside them.
//
//   npx tsx --conditions=@eunomia/source bench/workers.bench.ts [pairs]

import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { checkInWorkers } from "../src/node.ts";

const execArgv = [
  "--import",
  fileURLToPath(new URL("../test/support/typescript.mjs", import.meta.url)),
  "--conditions=@eunomia/source",
];
const module = new URL("../test/support/sources.ts", import.meta.url).href;
const source = { module, export: "golden", params: { acceptors: 3, proposers: 3, ignored: "stay" } };

async function measure(workers: number) {
  const before = process.cpuUsage();
  const { states, seconds } = await checkInWorkers(source, { workers, memory: 2 ** 30, execArgv });
  const { user, system } = process.cpuUsage(before);
  return { states, wall: seconds ?? 0, cpu: (user + system) / 1e6 };
}

async function main(pairs: number): Promise<void> {
  for (let pair = 0; pair < pairs; pair++) {
    const one = await measure(1);
    const two = await measure(2);
    if (one.states !== two.states) throw new Error(`${one.states} and ${two.states} states`);
    const line = ({ wall, cpu }: typeof one) => `${wall.toFixed(1)} s wall, ${cpu.toFixed(1)} s CPU`;
    const speedup = (one.wall / two.wall).toFixed(2);
    console.log(
      `${one.states} states: one ${line(one)}; two ${line(two)}; ${speedup} times; load ${loadavg()[0]!.toFixed(1)}`,
    );
  }
}

void main(Number(process.argv[2] ?? 3));
