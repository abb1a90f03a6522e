import { type Command, Option } from "commander";
import { replayCommand } from "../replay/command.ts";
import { guarded } from "./guarded.ts";

interface Given {
  readonly asTest?: boolean;
  readonly mermaid?: boolean;
  readonly svg?: boolean;
  readonly anyway: boolean;
  readonly json: boolean;
}

export function addReplay(program: Command): void {
  program
    .command("replay")
    .description("make a failure happen again, step by step, and see that every record is the same")
    .argument("<file>", "replay file of `run`, `check` or the explorer")
    .addOption(
      new Option("--as-test", "print a unit test for apps/simulator/test").conflicts([
        "mermaid",
        "svg",
        "json",
      ]),
    )
    .addOption(new Option("--mermaid", "print a sequence diagram for documents").conflicts(["svg", "json"]))
    .addOption(new Option("--svg", "print a sequence diagram as a picture").conflicts("json"))
    .option("--anyway", "try a file of other engines, as far as it goes", false)
    .option("--json", "print the story and the verdict as JSON", false)
    .addHelpText(
      "after",
      `
Exit code 1 while the file violates something; 0 once it does not, e.g. after the engine was mended (then with --anyway,
since the engines are others).

Examples:
  replay runs/failure.jsonl
  replay runs/failure.jsonl --as-test > apps/simulator/test/found.test.ts
  replay runs/failure.jsonl --svg > failure.svg`,
    )
    .action(
      guarded((file: string, { asTest, mermaid, svg, anyway, json }: Given) =>
        replayCommand(file, {
          as: asTest ? "test" : mermaid ? "mermaid" : svg ? "svg" : "listing",
          anyway,
          json,
        }),
      ),
    );
}
