import {
  appliedClauses,
  appliedText,
  checkDeployment,
  checkedFlows,
  reportText,
  type Wait,
} from "@eunomia/deploy-policy";
import { Command } from "commander";
import { exits, guarded, Refusal } from "../exits.ts";
import { jsonOf, textOf } from "../files.ts";

interface CheckOptions {
  readonly flows: string;
  readonly waits?: string;
  readonly clauses: boolean;
  readonly json: boolean;
}

const places = ["rule", "type", "issuer", "verifier", "auditor"] as const;

function waitsOf(file: string): readonly Wait[] {
  const waits = jsonOf(file);
  const isWait = (wait: Partial<Wait> | null): boolean =>
    typeof wait === "object" && wait !== null && places.every((place) => typeof wait[place] === "string");
  if (Array.isArray(waits) && waits.every(isWait)) return waits;
  throw new Refusal("shape", `${file} expected a list of {${places.join(", ")}}`);
}

function check(file: string, { flows, waits, clauses, json }: CheckOptions): number {
  const text = textOf(file);
  const spec = checkedFlows(jsonOf(flows));
  const report = checkDeployment(spec, text, {
    waits: waits === undefined ? [] : waitsOf(waits),
  });
  // Where names mean nothing there are no clauses to tell.
  const readable = !report.diagnostics.some(({ code }) => ["E101", "E102", "E103", "E107"].includes(code));
  const applied = clauses && readable ? appliedClauses(spec, text) : [];
  console.log(json ? JSON.stringify(clauses ? { ...report, applied } : report) : reportText(report, file));
  if (!json) for (const one of applied) console.log(appliedText(one));
  return report.verdict === "accept" ? exits.good : exits.bad;
}

/** Is everybody convinced, and does everything arrive? */
export const checkCommand = (): Command =>
  new Command("check")
    .description("does a deployment keep what the flows of a spec ask for; every finding with what to do")
    .argument("<deployment>", "a file in the language of deployments; - is standard input")
    .requiredOption("--flows <file>", "JSON: a list of {type, issuer, verifier, auditor, …}")
    .option("--waits <file>", "JSON: what rules wait for, a list of {rule, type, issuer, verifier, auditor}")
    .option("--clauses", "tell for every flow which clauses apply to whom", false)
    .option("--json", "print the report as one line of JSON", false)
    .action(guarded(check));
