import { Command } from "commander";
import { runValidator } from "../../multichain/process.ts";

/** `multichain-validator`: one process of such a run, whose parent says where everything lies. */
export const multichainValidatorCommand = (): Command =>
  new Command("multichain-validator")
    .description("run one validator of two chains until SIGTERM")
    .requiredOption("--run <directory>", "what the parent has made")
    .requiredOption("--id <id>", "which validator this is")
    .action(({ run, id }: { readonly run: string; readonly id: string }) => runValidator(run, id));
