import {
  optimizeDeployment,
  type Problem,
  type SchemeCost,
  tradeOff,
  tradeOffSvg,
} from "@eunomia/deploy-policy/optimize";
import type { Engines } from "@eunomia/quorum-algebra";
import { type Highs, highsSolver } from "@eunomia/quorum-algebra/engines/highs";
import { Command } from "commander";
import loadHighs from "highs";
import { answerText } from "../../answer-text.ts";
import { exits, guarded, Refusal } from "../exits.ts";
import { jsonOf, textOf, write } from "../files.ts";

interface OptimizeOptions {
  readonly deployment?: string;
  readonly costs?: string;
  readonly picture?: string;
  readonly solver: boolean;
  readonly json: boolean;
}

// The types of `highs` describe its CommonJS form: there the function is one step further down.
const load = loadHighs as unknown as () => Promise<Highs>;

function problemOf(file: string, { deployment, costs }: OptimizeOptions): Problem {
  const problem = jsonOf(file);
  if (typeof problem !== "object" || problem === null)
    throw new Refusal("shape", `${file} expected an object with flows, latency and prices`);
  return {
    ...(problem as Problem),
    ...(deployment === undefined ? {} : { deployment: textOf(deployment) }),
    ...(costs === undefined ? {} : { costs: jsonOf(costs) as Readonly<Record<string, SchemeCost>> }),
  };
}

async function optimize(file: string, options: OptimizeOptions): Promise<number> {
  const problem = problemOf(file, options);
  const engines: Engines = options.solver ? { lp: highsSolver(await load()) } : {};
  const answer = optimizeDeployment(problem, { engines });
  if (options.json) {
    const { optimum, choice, binding, runnerUp, deployment } = answer;
    const chosen = choice.map(
      ({ flow, option: { scheme, stage, cost, delayMs, cpuUs, bytes, messages } }) => ({
        flow,
        scheme,
        stage,
        cost,
        delayMs,
        cpuUs,
        bytes,
        messages,
      }),
    );
    console.log(JSON.stringify({ optimum, choice: chosen, binding, runnerUp, deployment }));
  } else console.log(answerText(answer));
  if (options.picture !== undefined) {
    write(options.picture, tradeOffSvg(tradeOff(problem, { engines }), "Cost against delay"));
    console.error(`wrote ${options.picture}`);
  }
  return exits.good;
}

/** The cheapest deployment for an environment. */
export const optimizeCommand = (): Command =>
  new Command("optimize")
    .description("the cheapest deployment that the check accepts, why nothing cheaper is, and the next best")
    .argument("<problem>", "JSON: {deployment, flows, latency, prices, limits, …}; - is standard input")
    .option(
      "--deployment <file>",
      "principals, faults, channels and options, in the place of those of the problem",
    )
    .option("--costs <file>", "costs of schemes, as calibrate prints them")
    .option("--picture <file>", "write cost against delay there, as SVG")
    .option("--solver", "use the solver HiGHS in the place of the search", false)
    .option("--json", "print the answer as one line of JSON", false)
    .action(guarded(optimize));
