import { Command } from "commander";
import { readSubject } from "../../report/read.ts";
import { whatIfReport } from "../../report/what-if.ts";
import { guarded } from "../exits.ts";
import { textOf } from "../files.ts";
import { type CommonOptions, deliver, list, withCommon, withExamples } from "../options.ts";
import { toolsOf } from "../tools.ts";

interface WhatIfOptions extends CommonOptions {
  readonly byzantine: readonly string[];
  readonly crash: readonly string[];
}

async function whatIf(file: string, options: WhatIfOptions): Promise<number> {
  const subject = readSubject(textOf(file), file, options.as);
  const { byzantine, crash } = options;
  const report = whatIfReport(
    subject,
    { byzantine, crashed: crash },
    options,
    await toolsOf(options.seconds),
  );
  return deliver(report, options);
}

/** What remains when some lie and some are down. */
export const whatIfCommand = (): Command =>
  withExamples(
    withCommon(
      new Command("whatif")
        .description(
          "what remains when these nodes lie and those are down: does it still decide, can it split",
        )
        .argument("<file>", "what to ask about; - is standard input"),
    )
      .option(
        "--byzantine <names>",
        "nodes, or organisations with all their nodes, that do what they like",
        list,
        [],
      )
      .option("--crash <names>", "nodes, or organisations with all their nodes, that are down", list, [])
      .action(guarded(whatIf)),
    [
      [
        "whatif nodes.json --crash lobstr.co,satoshipay.io",
        "two organisations of a Stellar network are down",
      ],
      ["whatif quorums.txt --byzantine a --crash b,c", "one node lies, two are down"],
      ["whatif hub.json --byzantine 'Coinbase Custody'", "a validator votes twice"],
    ],
  );
