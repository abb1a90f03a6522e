import { createHash } from "node:crypto";
import { simulate } from "@eunomia/simulation";
import { systemNames, systemOf } from "../src/protocols/systems.ts";

// One digest over the runs of many seeds, for a comparison of platforms: the same seeds must give the same line everywhere.
//
//   npx tsx --conditions=@eunomia/source bench/digests.bench.ts [seeds of each system]
//   npx -y -p node@24 node --import tsx --conditions=@eunomia/source bench/digests.bench.ts

const seeds = Number(process.argv[2] ?? 1_000);

for (const name of systemNames) {
  const all = createHash("sha256");
  let steps = 0;
  for (let seed = 0; seed < seeds; seed += 1) {
    const run = await simulate({
      system: systemOf(name),
      seed: `digest ${seed}`,
      limits: { virtualMs: 2_000, maxSteps: 5_000 },
    });
    all.update(`${run.digest} ${run.outcome.kind} ${run.steps}\n`);
    steps += run.steps;
  }
  const digest = all.digest("hex").slice(0, 16);
  console.log(`${name}: ${seeds} seeds, ${steps} steps, digest ${digest}, Node ${process.versions.node}`);
}
