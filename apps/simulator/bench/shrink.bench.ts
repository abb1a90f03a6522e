import { check } from "@eunomia/checker";
import { type RunPlan, type RunResult, type System, shrink, simulate } from "@eunomia/simulation";
import { mutants } from "../src/mutants/all.ts";
import { attempts } from "../src/mutants/hunt.ts";
import { type Mutant, substitutionOf } from "../src/mutants/mutant.ts";
import { modelOfScope, scopes } from "../src/protocols/models.ts";
import { systemOf } from "../src/protocols/systems.ts";

// What shrinking makes of failing runs of mutants of Paxos and two thirds: for each the steps before and after, the replays
// spent, and the shortest path of the checker in the first scope that shows the mutant, where one does within the states given.
// A run also starts every process, which a model does not count; `starts` says how many of its steps are that.
//
//   npx tsx --conditions=@eunomia/source bench/shrink.bench.ts [part of a name] [replays] [states, 0: no checker]

const [part = "", replays = "200", states = "50000"] = process.argv.slice(2);
const seedsTried = 60;
const losses: ReadonlySet<string> = new Set(["agreement", "durability"]);

/** The system with the watches that models have too: P10, which sees more, would end most runs before agreement is lost. */
function watchedLikeModels(system: System): System {
  return {
    ...system,
    build: (config, scene) => {
      const cluster = system.build(config, scene);
      return { ...cluster, watches: cluster.watches.filter(({ property }) => property !== "P10 durability") };
    },
  };
}

/** The first seed whose run violates something at once, rather than gets stuck. */
async function failing({ protocol, ...mutant }: Mutant): Promise<[RunPlan, RunResult] | null> {
  const { engine: substitute, oracles } = substitutionOf({ protocol, ...mutant });
  for (let seed = 1; seed <= seedsTried; seed += 1) {
    const plan: RunPlan = {
      system: watchedLikeModels(systemOf(protocol, { oracles })),
      seed: String(seed),
      limits: { mode: "safety", virtualMs: 4_000, maxSteps: 400_000 },
      substitute,
    };
    const result = await simulate(plan);
    if (result.outcome.kind === "violated") return [plan, result];
  }
  return null;
}

/** Steps of the shortest path in the scopes that a mutant is tried in; null: none shows it. */
function shortest(mutant: Mutant): { steps: number; scope: string } | null {
  for (const attempt of attempts[mutant.protocol]) {
    if (attempt.tool !== "model" || attempt.reduced || Number(states) === 0) continue;
    const model = modelOfScope(attempt.scope, scopes[attempt.scope]!, substitutionOf(mutant));
    const { counterexample } = check(model, { states: Math.min(attempt.states, Number(states)) });
    if (counterexample !== null) return { steps: counterexample.steps.length, scope: attempt.scope };
  }
  return null;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

console.log("| mutant | steps before | after | starts | faults | replays | shortest path | scope |");
console.log("|---|---|---|---|---|---|---|---|");
const after: number[] = [];
const beyond: number[] = [];
for (const mutant of mutants) {
  if (mutant.protocol === "aneris" || !losses.has(mutant.breaks) || !mutant.name.includes(part)) continue;
  const found = await failing(mutant);
  if (found === null) continue;
  const small = await shrink(...found, { replays: Number(replays) });
  let starts = 0;
  await simulate(small.plan, {
    onStep: ({ event }) => {
      if (event.kind === "start") starts += 1;
    },
  });
  const best = shortest(mutant);
  after.push(small.after.steps);
  if (best !== null) beyond.push(small.after.steps - starts - best.steps);
  console.log(
    `| ${mutant.name} | ${small.before.steps} | ${small.after.steps} | ${starts} | ${small.after.faults} | ${small.replays} | ` +
      `${best?.steps ?? ""} | ${best?.scope ?? ""} |`,
  );
}
console.log(`${after.length} mutants; steps after: median ${median(after)}, at most ${Math.max(...after)}`);
if (beyond.length > 0)
  console.log(
    `${beyond.length} with a shortest path: steps without starts beyond it: median ${median(beyond)}, ` +
      `${Math.min(...beyond)} to ${Math.max(...beyond)}`,
  );
