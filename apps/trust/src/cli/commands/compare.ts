import {
  type JoinRule,
  sameAccount,
  sameId,
  sameIdentity,
  sameKey,
  sameMoniker,
  sameOperator,
} from "@eunomia/quorum-algebra/stake";
import { Command, InvalidArgumentError } from "commander";
import { compareReport } from "../../report/compare.ts";
import { readSubject } from "../../report/read.ts";
import { guarded } from "../exits.ts";
import { textOf } from "../files.ts";
import { type CommonOptions, deliver, list, withCommon, withExamples } from "../options.ts";
import { toolsOf } from "../tools.ts";

const rules: Readonly<Record<string, JoinRule>> = {
  id: sameId,
  account: sameAccount,
  identity: sameIdentity,
  key: sameKey,
  operator: sameOperator,
  moniker: sameMoniker,
};

function joins(text: string): readonly JoinRule[] {
  return list(text).map((name) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined)
      throw new InvalidArgumentError(`expected some of ${Object.keys(rules).join(", ")}, got "${name}".`);
    return rule;
  });
}

interface CompareOptions extends CommonOptions {
  readonly join: readonly JoinRule[];
}

async function compare(left: string, right: string, options: CompareOptions): Promise<number> {
  const [one, two] = [left, right].map((file) => readSubject(textOf(file), file, options.as));
  return deliver(compareReport(one!, two!, options, await toolsOf(options.seconds)), options);
}

/** Two files beside each other. */
export const compareCommand = (): Command =>
  withExamples(
    withCommon(
      new Command("compare")
        .description(
          "two chains, two quorum systems or two snapshots: what they can agree on, and what changed",
        )
        .argument("<a>", "the first file")
        .argument("<b>", "the second file"),
    )
      .option(
        "--join <rules>",
        `stake: two validators are one operator if these are the same (${Object.keys(rules).join(", ")})`,
        joins,
        [sameId, sameAccount, sameIdentity, sameKey, sameOperator],
      )
      .action(guarded(compare)),
    [
      ["compare hub.json osmosis.json", "two chains: what a bridge between them can rely on"],
      ["compare hub.json osmosis.json --rule 9/10", "the same with larger quorums on both"],
      ["compare old.json new.json", "two snapshots of one Stellar network: what changed"],
    ],
  );
