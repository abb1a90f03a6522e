import { codes, explainCode } from "@eunomia/deploy-policy";
import { Command } from "commander";
import { exits, guarded, Refusal } from "../exits.ts";

function explain(wanted: readonly string[]): number {
  const unknown = wanted.find((code) => !codes.some((known) => known === code));
  if (unknown !== undefined)
    throw new Refusal("unknown", `there is no code ${unknown}; the codes are ${codes.join(" ")}`);
  for (const code of codes)
    if (wanted.length === 0 || wanted.includes(code)) {
      const { meaning, remedy } = explainCode(code);
      console.log(`${code}  ${meaning}: ${remedy}`);
    }
  return exits.good;
}

/** What codes mean. */
export const explainCommand = (): Command =>
  new Command("explain")
    .description("what the codes of findings mean and what to do about them; without any, all of them")
    .argument("[codes...]", "as N301")
    .action(guarded(explain));
