import { checkDeployment } from "../check/check.ts";
import type { Setting } from "../check/setting.ts";
import { PolicyError } from "../errors.ts";
import type { Deployment, SchemeUse, Stage } from "../text/ast.ts";
import { parseDeployment } from "../text/parse.ts";
import { printScheme, printStages } from "../text/print.ts";
import { type Clauses, clausesOf, deploymentText } from "./clauses.ts";
import { loadOf } from "./cost.ts";
import type { CostedFlow, Problem } from "./problem.ts";

/** Why an option is not to be had. */
export type Exclusion =
  /** The check of deployments refuses it. */
  | { readonly why: "refused"; readonly code: string; readonly message: string }
  | { readonly why: "late"; readonly byMs: number };

/** One way to authenticate and spread the statements of a flow. */
export interface Option {
  /** As a clause writes it. */
  readonly scheme: string;
  readonly stage: string;
  readonly cost: number;
  /** The part of the cost that is no price of delay. */
  readonly running: number;
  readonly delayMs: number;
  readonly cpuUs: number;
  readonly bytes: number;
  readonly messages: number;
  /** Bytes and microseconds per principal, for the limits. */
  readonly egress: ReadonlyMap<string, number>;
  readonly cpu: ReadonlyMap<string, number>;
  /** Something that has a fixed cost, as `TrustedThirdParty(z)`. */
  readonly facility: string | null;
  readonly excluded: Exclusion | null;
  readonly clauses: Clauses;
}

const defaultSchemes = ["HMAC-SHA256", "Ed25519", "secp256k1", "RSA-PSS", "BLS"];
const defaultJoint = ["Ed25519", "secp256k1", "RSA-PSS", "BLS"];

/** Every option of a flow, the cheapest first, those that are not to be had among them. */
export function optionsOf(
  problem: Problem,
  base: Deployment,
  setting: Setting,
  flow: CostedFlow,
): readonly Option[] {
  const schemes =
    flow.schemes ?? problem.schemes ?? (flow.collect === undefined ? defaultSchemes : defaultJoint);
  const stages = flow.stages ?? problem.stages ?? ["DIRECT"];
  const options: Option[] = [];
  for (const text of schemes)
    for (const first of stages) {
      const { scheme, stage } = readOption(text, first);
      options.push(optionOf(problem, base, setting, flow, scheme, stage));
    }
  return options.sort((a, b) => a.cost - b.cost);
}

/** @throws PolicyError `shape` if either is not what a clause could say. */
function readOption(scheme: string, stage: string): { readonly scheme: SchemeUse; readonly stage: Stage } {
  try {
    const { authentication, dissemination } = parseDeployment(
      `[Authentication] a -> b : ${scheme}; [Dissemination] a -> b : ${stage}`,
    );
    const uses = authentication[0]!.alternatives.flat();
    const stages = dissemination[0]!.stages;
    if (authentication.length * dissemination.length * uses.length * stages.length === 1)
      return { scheme: uses[0]!, stage: stages[0]! };
  } catch {
    // Said below, with the two texts instead of the sentence around them.
  }
  throw new PolicyError("shape", "option", "one scheme and one stage", [scheme, stage]);
}

function optionOf(
  problem: Problem,
  base: Deployment,
  setting: Setting,
  flow: CostedFlow,
  scheme: SchemeUse,
  stage: Stage,
): Option {
  if (stage.policy !== "DIRECT" && stage.policy !== "OPTIMISTIC")
    throw new PolicyError("shape", "stage", "DIRECT or OPTIMISTIC, which have a cost", stage.policy);
  const clauses = clausesOf(setting, flow, scheme, stage);
  const label = printScheme(scheme);
  const refused = refusal(base, flow, clauses);
  // What the check refuses for its names cannot be costed, either.
  if (refused !== null && ["E102", "E103", "E107"].includes(refused.code))
    throw new PolicyError("unknown", `option ${label}`, refused.message, printStages([stage]));
  const load = loadOf(problem, setting, flow, scheme, stage);
  const { cpu, byte, message, delay } = problem.prices;
  const running = cpu * load.cpuUs + byte * load.bytes + message * load.messages;
  const late = load.delayMs - (flow.maxDelayMs ?? Number.POSITIVE_INFINITY);
  return {
    scheme: label,
    stage: printStages([stage]),
    cost: running + delay * load.delayMs,
    running,
    delayMs: load.delayMs,
    cpuUs: load.cpuUs,
    bytes: load.bytes,
    messages: load.messages,
    egress: load.egress,
    cpu: load.cpu,
    facility: Object.hasOwn(problem.fixed ?? {}, label) ? label : null,
    excluded: refused ?? (late > 0 ? { why: "late", byMs: late } : null),
    clauses,
  };
}

/** The first error of the check on this flow alone, certificates aside: they are the spec's, whatever is deployed. */
function refusal(
  base: Deployment,
  flow: CostedFlow,
  clauses: Clauses,
): (Exclusion & { readonly why: "refused" }) | null {
  const { diagnostics } = checkDeployment([{ ...flow, certs: [] }], deploymentText(base, clauses));
  const error = diagnostics.find(({ severity }) => severity === "error");
  return error === undefined ? null : { why: "refused", code: error.code, message: error.message };
}
