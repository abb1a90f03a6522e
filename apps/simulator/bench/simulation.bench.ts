import { loadavg } from "node:os";
import { simulate, stormProfile } from "@eunomia/simulation";
import { paxosBenchSystem } from "./paxos-system.ts";

// Steps of engines per CPU second (helper threads of the platform included) of whole Paxos clusters with every class of faults,
// all monitors, and one step in 64 taken twice; and how far virtual time runs ahead of real time.
//
//   npx tsx --conditions=@eunomia/source bench/simulation.bench.ts [runs per round]

const runs = Number(process.argv[2] ?? 10);

interface Rate {
  readonly steps: number;
  readonly ahead: number;
}

async function round(thinkMs: number, checkEvery: number): Promise<Rate> {
  let steps = 0;
  let virtualMs = 0;
  const begin = process.cpuUsage();
  for (let seed = 0; seed < runs; seed += 1) {
    const run = await simulate(
      {
        system: paxosBenchSystem(thinkMs),
        seed: `bench ${seed}`,
        profile: stormProfile,
        limits: { virtualMs: 10_000 },
      },
      { checkEvery },
    );
    const { outcome } = run;
    if (outcome.kind !== "ok") throw new Error(`seed ${seed}: ${outcome.property}: ${outcome.detail}`);
    steps += run.steps;
    virtualMs += run.virtualMs;
  }
  const { user, system } = process.cpuUsage(begin);
  const seconds = (user + system) / 1e6;
  return { steps: steps / seconds, ahead: virtualMs / 1000 / seconds };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

await round(2, 64);
for (const [name, thinkMs, checkEvery] of [
  ["clients every 2 ms, sampled checks", 2, 64],
  ["clients every 2 ms, no checks", 2, 0],
  ["clients every 20 ms, sampled checks", 20, 64],
] as const) {
  const rates: Rate[] = [];
  for (let at = 0; at < 3; at += 1) rates.push(await round(thinkMs, checkEvery));
  console.log(
    `${name}: ${Math.round(median(rates.map(({ steps }) => steps)))} steps per CPU s, ` +
      `${Math.round(median(rates.map(({ ahead }) => ahead)))} s of cluster time per CPU s (median of 3; load ${loadavg()[0]!.toFixed(1)})`,
  );
}
