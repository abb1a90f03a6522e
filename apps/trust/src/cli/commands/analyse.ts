import { Command } from "commander";
import { readSubject } from "../../report/read.ts";
import { subjectReport } from "../../report/subject.ts";
import { guarded } from "../exits.ts";
import { textOf } from "../files.ts";
import { type CommonOptions, deliver, withCommon, withExamples } from "../options.ts";
import { toolsOf } from "../tools.ts";

async function analyse(file: string, options: CommonOptions): Promise<number> {
  const subject = readSubject(textOf(file), file, options.as);
  return deliver(subjectReport(subject, options, await toolsOf(options.seconds)), options);
}

/** The report of one file. */
export const analyseCommand = (): Command =>
  withExamples(
    withCommon(
      new Command("analyse")
        .description("report on one file: who can halt it, who can split it, how likely that is")
        .argument("<file>", "what to report on; - is standard input"),
    ).action(guarded(analyse)),
    [
      ["analyse nodes.json", "a Stellar network: which organisations can halt or split it"],
      ["analyse validators.json --rule 2/3", "a chain: how much stake halts it, or makes it fork"],
      ["analyse quorums.txt --pictures out", "a quorum expression, with pictures and out/report.html"],
    ],
  );
