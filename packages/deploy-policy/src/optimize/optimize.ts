import type { Engines } from "@eunomia/quorum-algebra";
import { issuersOf, jointText, others, placed } from "../check/ask.ts";
import { checkDeployment } from "../check/check.ts";
import { nameTroubles } from "../check/names.ts";
import { Setting } from "../check/setting.ts";
import { PolicyError } from "../errors.ts";
import type { Deployment } from "../text/ast.ts";
import { parseDeployment } from "../text/parse.ts";
import { type Clauses, deploymentText, rooms } from "./clauses.ts";
import { merged, type Questions } from "./merge.ts";
import { type Option, optionsOf } from "./options.ts";
import { type CostedFlow, checkedProblem, type Problem } from "./problem.ts";
import { bestTwoBySolver } from "./program.ts";
import { bestTwo, type Choices, type Limit, type Solution } from "./search.ts";
import { bindingOf, labelOf, runnerUpWords } from "./words.ts";

/** The cheapest deployment, and why it is that one. */
export interface Answer {
  readonly optimum: number;
  /** One per flow, in their order. */
  readonly choice: readonly { readonly flow: string; readonly option: Option }[];
  /** The whole deployment in its language. `checkDeployment` accepts it. */
  readonly deployment: string;
  /** Limits that are used up, and why each cheaper option is not to be had, in words. */
  readonly binding: readonly string[];
  /** The second best; null: there is no other choice. `words` says how it differs. */
  readonly runnerUp: { readonly cost: number; readonly words: string } | null;
  /** Every option of every flow, the cheapest first. */
  readonly options: readonly (readonly Option[])[];
}

/** A problem whose options are known: what the optimum and the trade-off are found from. */
export interface Prepared {
  readonly problem: Problem;
  readonly base: Deployment;
  readonly setting: Setting;
  readonly options: readonly (readonly Option[])[];
  readonly fixed: Readonly<Record<string, number>>;
  readonly limits: readonly Limit[];
}

/**
 * The cheapest deployment that the check accepts: for each flow one scheme and one first stage, within all limits. Exact: a search
 * with bounds that is complete, or `engines.lp` where it is given.
 *
 * @throws PolicyError `shape`, `quantity`, `unknown` for a problem that is none; `infeasible` if no choice keeps all limits, with what
 * stands against each flow; `limit` if the search is too long without a solver.
 */
export function optimizeDeployment(
  problem: Problem,
  { engines = {} }: { readonly engines?: Engines } = {},
): Answer {
  const prepared = prepare(problem);
  const { options, fixed, limits } = prepared;
  const choices: Choices = { flows: options.map((own) => own.filter(isFree)), fixed, limits };
  const [best, next] = solved(prepared, choices, engines);
  const { flows } = problem;
  return {
    optimum: best.cost,
    choice: flows.map(({ type }, at) => ({ flow: type, option: best.options[at]! })),
    deployment: written(prepared, best),
    binding: bindingOf(flows, options, choices, best),
    runnerUp: next === undefined ? null : { cost: next.cost, words: runnerUpWords(flows, best, next) },
    options,
  };
}

const isFree = ({ excluded }: Option): boolean => excluded === null;

export function prepare(problem: Problem): Prepared {
  checkedProblem(problem);
  const base = parseDeployment(problem.deployment);
  const own = rooms.find((room) => base[room].length > 0);
  if (own !== undefined)
    throw new PolicyError("shape", "deployment", `no clauses of ${own}: they are what is looked for`, own);
  const setting = new Setting(base);
  const [trouble] = nameTroubles(setting, base, problem.flows, []);
  if (trouble !== undefined)
    throw new PolicyError("unknown", "deployment", "names with a meaning", trouble.message);
  checkUnambiguous(setting, problem.flows);
  const { limits = {}, fixed = {} } = problem;
  return {
    problem,
    base,
    setting,
    options: problem.flows.map((flow) => optionsOf(problem, base, setting, flow)),
    fixed,
    limits: (["egress", "cpu"] as const).flatMap((resource) =>
      Object.entries(limits[resource] ?? {}).map(([who, most]) => ({ resource, who, most })),
    ),
  };
}

/** Clauses tell flows apart by issuer and type. */
function checkUnambiguous(setting: Setting, flows: readonly CostedFlow[]): void {
  const seen = new Set<string>();
  for (const flow of flows)
    for (const issuer of issuersOf(setting, flow)) {
      const key = `${issuer} ${flow.type}`;
      if (seen.has(key))
        throw new PolicyError("shape", "flows", `one flow of type ${flow.type} for ${issuer}`, flow);
      seen.add(key);
    }
}

/** @throws PolicyError `infeasible` */
export function solved(
  { problem }: Prepared,
  choices: Choices,
  { lp }: Engines,
): readonly [Solution, Solution?] {
  const none = choices.flows.findIndex((own) => own.length === 0);
  if (none >= 0)
    throw new PolicyError(
      "infeasible",
      `flow ${problem.flows[none]!.type}`,
      "an option that the check accepts in time",
      problem.flows[none]!.schemes ?? problem.schemes,
    );
  const [best, next] = lp === undefined ? bestTwo(choices) : bestTwoBySolver(choices, lp);
  if (best === undefined)
    throw new PolicyError("infeasible", "limits", "more than any choice needs", problem.limits);
  return next === undefined ? [best] : [best, next];
}

/** The text of a solution, as general as it can be, checked once more as a whole. */
function written(prepared: Prepared, { options }: Solution): string {
  const { problem, base, setting } = prepared;
  const asked = questions(prepared, options);
  const clauses = Object.fromEntries(
    rooms.map((room) => [
      room,
      merged(
        setting,
        options.flatMap((option) => option.clauses[room]),
        asked,
      ),
    ]),
  ) as unknown as Clauses;
  const text = deploymentText(base, clauses);
  const errors = checkDeployment(problem.flows, text).diagnostics.filter(
    ({ severity }) => severity === "error",
  );
  const spec = errors.find(({ code }) => code.startsWith("S"));
  if (spec !== undefined)
    throw new PolicyError("infeasible", "flows", "certificates for their auditors", spec.message);
  if (errors.length > 0)
    throw new Error(`the check refuses ${options.map(labelOf).join(", ")}: ${JSON.stringify(errors)}`);
  return text;
}

/** Whatever the check will ask about these flows, notaries included. */
function questions({ problem, setting }: Prepared, options: readonly Option[]): Questions {
  return problem.flows.flatMap((flow, at) => {
    const notaries = options[at]!.clauses.authentication.flatMap(({ link }) => link.to).flatMap((name) =>
      name === "*" ? [] : setting.members(name),
    );
    const joint =
      jointText(flow) !== null && flow.collect !== undefined ? setting.members(flow.collect.collector) : [];
    const issuers = [...new Set([...issuersOf(setting, flow), ...notaries, ...joint])];
    const targets = [...placed(setting, flow.verifier), ...placed(setting, flow.auditor), ...notaries];
    return issuers.flatMap((issuer) =>
      others([...new Set(targets)], issuer).map((target) => [issuer, target, flow.type] as const),
    );
  });
}
