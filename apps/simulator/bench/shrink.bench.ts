import { CheckerError, check, configurationSymmetry, inertMessages } from "@eunomia/checker";
import { type RunPlan, type RunResult, type System, shrink, simulate } from "@eunomia/simulation";
import { mutants } from "../src/mutants/all.ts";
import { attempts } from "../src/mutants/hunt.ts";
import { type Mutant, substitutionOf } from "../src/mutants/mutant.ts";
import { modelOfScope, scopes } from "../src/protocols/models.ts";
import { systemOf } from "../src/protocols/systems.ts";

// What shrinking makes of failing runs of mutants of Paxos and two thirds: for each the steps before and after, the moves of the
// script, the replays spent, and the shortest path of the checker: in the scope with as many acceptors and majorities as the run
// has, or else in the first one that shows the mutant, where one does within the states given. A run also starts every process,
// which a model does not count; `starts` says how many of its steps are that. And in a run an acceptor, a leader and a learner
// share each node: what they send each other always arrives, and every proposal and decision passes a learner.
//
//   npx tsx --conditions=@eunomia/source bench/shrink.bench.ts [part of a name] [replays] [states, 0: no checker]

const [part = "", replays = "200", states = "200000"] = process.argv.slice(2);
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

/** Scopes in which a mutant may show itself, the one that is most like the run first. */
function candidates(mutant: Mutant, config: unknown): readonly string[] {
  const { nodes = 0, q1, q2 } = config as { nodes?: number; q1?: number; q2?: number };
  const majority = Math.floor(nodes / 2) + 1;
  const like = `${mutant.protocol}/${nodes}a2b`;
  const tried = attempts[mutant.protocol].flatMap((one) =>
    one.tool === "model" && !one.reduced ? [one.scope] : [],
  );
  return q1 === majority && q2 === majority && scopes[like] !== undefined ? [like, ...tried] : tried;
}

/** Steps of the shortest path; null: no scope shows it. */
function shortest(mutant: Mutant, config: unknown): { steps: number; scope: string } | null {
  if (Number(states) === 0) return null;
  for (const scope of candidates(mutant, config)) {
    const model = modelOfScope(scope, scopes[scope]!, substitutionOf(mutant));
    try {
      const reductions = [inertMessages, configurationSymmetry()];
      const { counterexample } = check(model, { states: Number(states), reductions });
      if (counterexample !== null) return { steps: counterexample.steps.length, scope };
    } catch (error) {
      // What a mutant says of itself may be wrong as well: then nothing may be left out.
      if (!(error instanceof CheckerError) || error.code !== "reduction") throw error;
      const { counterexample } = check(model, { states: Number(states) });
      if (counterexample !== null) return { steps: counterexample.steps.length, scope };
    }
  }
  return null;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

console.log("| mutant | steps before | after | starts | moves | faults | replays | shortest path | scope |");
console.log("|---|---|---|---|---|---|---|---|---|");
const begun = process.cpuUsage();
const after: number[] = [];
const without: number[] = [];
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
  const best = shortest(mutant, small.result.config);
  const moves = small.plan.script?.filter((line) => !line.startsWith("^")).length;
  after.push(small.after.steps);
  without.push(small.after.steps - starts);
  if (best !== null) beyond.push(small.after.steps - starts - best.steps);
  console.log(
    `| ${mutant.name} | ${small.before.steps} | ${small.after.steps} | ${starts} | ${moves ?? "no script"} | ${small.after.faults} | ${small.replays} | ` +
      `${best?.steps ?? ""} | ${best?.scope ?? ""} |`,
  );
}
const { user, system } = process.cpuUsage(begun);
console.log(
  `${after.length} mutants, ${Math.round((user + system) / 1e6)} CPU seconds; steps after: median ${median(after)}, at most ` +
    `${Math.max(...after)}; without starts median ${median(without)}`,
);
if (beyond.length > 0)
  console.log(
    `${beyond.length} with a shortest path: steps without starts beyond it: median ${median(beyond)}, ` +
      `${Math.min(...beyond)} to ${Math.max(...beyond)}`,
  );
