import { simulate, stormProfile } from "@eunomia/simulation";
import { paxosBenchSystem } from "./paxos-system.ts";

const runs = Number(process.argv[2] ?? 20);
let steps = 0;
let virtualMs = 0;
const fired = new Map<string, number>();
const begin = process.cpuUsage();
for (let seed = 0; seed < runs; seed += 1) {
  const result = await simulate(
    {
      system: paxosBenchSystem(2),
      seed: `bench ${seed}`,
      profile: stormProfile,
      limits: { virtualMs: 10_000 },
    },
    { checkEvery: Number(process.argv[3] ?? 64) },
  );
  if (result.outcome.kind !== "ok") throw new Error(JSON.stringify(result.outcome));
  steps += result.steps;
  virtualMs += result.virtualMs;
  if (seed === 0) console.log(result.counts, result.fired, result.requests);
}
const used = process.cpuUsage(begin);
const seconds = (used.user + used.system) / 1e6;
console.log(
  `${runs} runs, ${steps} steps, ${(virtualMs / 1000).toFixed(0)} virtual s in ${seconds.toFixed(2)} CPU s: ${Math.round(steps / seconds)} steps/s, ${Math.round(virtualMs / 1000 / seconds)}x real time`,
);
