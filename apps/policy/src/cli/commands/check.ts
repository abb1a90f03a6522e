import { checkDeployment, checkedFlows, reportText, type Wait } from "@eunomia/deploy-policy";
import { Command } from "commander";
import { exits, guarded, Refusal } from "../exits.ts";
import { jsonOf, textOf } from "../files.ts";

interface CheckOptions {
  readonly flows: string;
  readonly waits?: string;
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

function check(file: string, { flows, waits, json }: CheckOptions): number {
  const text = textOf(file);
  const report = checkDeployment(checkedFlows(jsonOf(flows)), text, {
    waits: waits === undefined ? [] : waitsOf(waits),
  });
  console.log(json ? JSON.stringify(report) : reportText(report, file));
  return report.verdict === "accept" ? exits.good : exits.bad;
}

/** Is everybody convinced, and does everything arrive? */
export const checkCommand = (): Command =>
  new Command("check")
    .description("does a deployment keep what the flows of a spec ask for; every finding with what to do")
    .argument("<deployment>", "a file in the language of deployments; - is standard input")
    .requiredOption("--flows <file>", "JSON: a list of {type, issuer, verifier, auditor, …}")
    .option("--waits <file>", "JSON: what rules wait for, a list of {rule, type, issuer, verifier, auditor}")
    .option("--json", "print the report as one line of JSON", false)
    .action(guarded(check));
