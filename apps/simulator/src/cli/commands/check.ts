import type { Mode } from "@eunomia/checker";
import { type Command, Option } from "commander";
import { type CheckCommand, checkCommand } from "../check/command.ts";
import { reductions } from "../check/job.ts";
import { duration, memory, positiveInteger, wholeNumber } from "../options.ts";
import { guarded } from "./guarded.ts";

type Given = Omit<
  CheckCommand,
  "tier" | "mutant" | "states" | "depth" | "workers" | "checkpoint" | "everyMs" | "reduce"
> & {
  readonly every: number;
  readonly reduce?: readonly string[];
  readonly workers?: number;
  readonly checkpoint?: string;
  readonly tier?: string;
  readonly mutant?: string;
  readonly states?: number;
  readonly depth?: number;
};

const gather = (word: string, before: readonly string[]): readonly string[] => [...before, word];
const listOf = (text: string): readonly string[] =>
  text.split(",").filter((word) => word !== "" && word !== "none");
const modes: readonly Mode[] = ["bfs", "dfs", "walk"];

export function addCheck(program: Command): void {
  program
    .command("check")
    .description("search all states of a model: the real engines in a bounded scope")
    .argument("[models...]", "names of models (see --list); none: those of a tier")
    .option("--list", "print the models: name, tier, what they show", false)
    .option("--tier <tier>", "pull, main or nightly; each holds those before it [pull]")
    .option("--set <name=value>", "change a parameter of the scope; may be given again", gather, [])
    .option("--mutant <name>", "break one rule of an engine first, or take a fixed bug back in")
    .addOption(new Option("--mode <mode>", "how to search").choices(modes).default("bfs"))
    .option(
      "--memory <size>",
      "for states and tables, e.g. 512M, 4G; beyond it the search stops and says so",
      memory,
      2 ** 31,
    )
    .option("--states <n>", "stop after so many states", positiveInteger)
    .option("--depth <n>", "look no farther than so many steps (bfs)", positiveInteger)
    .option("--walks <n>", "random walks (walk)", positiveInteger, 1000)
    .option("--steps <n>", "length of a walk (walk)", positiveInteger, 200)
    .option("--seed <n>", "of the walks (walk)", wholeNumber, 1)
    .option(
      "--reduce <names>",
      `visit fewer states: ${Object.keys(reductions).join(", ")}, or none [what the scope has]`,
      listOf,
    )
    .option(
      "--workers <n>",
      "models at the same time [one for each processor]; for one model, threads [1]: more pay off above two million states",
      positiveInteger,
    )
    .option("--checkpoint <folder>", "write the search down now and then (one model, bfs)")
    .option("--every <t>", "time between two checkpoints, at least", duration, 300)
    .option("--resume", "go on from the checkpoint", false)
    .option(
      "--eventually <witness>",
      "liveness: does every fair run come to what this witness names? Looks for a fair cycle that avoids it; given again: to one of them",
      gather,
      [],
    )
    .addOption(
      new Option("--inputs <how>", "with --eventually: whether what may be offered is offered in the end")
        .choices(["must", "may"])
        .default("must"),
    )
    .option("--out <folder>", "where reports and counterexamples go", "runs")
    .option("--json", "print the reports as JSON", false)
    .addHelpText(
      "after",
      `
A verdict "holds" speaks of every state within the stated scope. A model that misses one of its witnesses, or in which an
action never fires without an excuse, is "vacuous", and that is an error.

With --eventually runs are fair to what engines say of their actions, to messages (what may be lost for ever arrives if it is sent
again and again), and with --inputs must to what is offered. Only "holds" is an answer of yes; a spent timer, a bound or memory that
ran out makes it "unknown". Protocols whose progress rests on timers are for \`periods\`.

Examples:
  check paxos/3a2b                                       one model
  check paxos/3a2b --set acceptors=4 --reduce inert      a larger scope of it
  check paxos/3a3b --workers 2 --checkpoint runs/3a3b    a long search ...
  check paxos/3a3b --workers 2 --checkpoint runs/3a3b --resume    ... goes on where it stopped
  check --tier main                                      every model up to that tier
  check paxos/3a2b --mutant paxos/acceptor/promises-lower-ballot    a broken engine: the shortest way to the violation
  check golden/3a2p --eventually "decides 0" --eventually "decides 1"    does every fair run decide something?`,
    )
    .action(
      guarded(
        (
          names: readonly string[],
          { tier, mutant, states, depth, workers, checkpoint, every, reduce, ...rest }: Given,
        ) =>
          checkCommand(names, {
            ...rest,
            tier: tier ?? null,
            reduce: reduce ?? null,
            mutant: mutant ?? null,
            states: states ?? null,
            depth: depth ?? null,
            workers: workers ?? null,
            checkpoint: checkpoint ?? null,
            everyMs: every * 1000,
          }),
      ),
    );
}
