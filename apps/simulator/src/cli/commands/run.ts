import { type Command, Option } from "commander";
import { allWorkers, duration, positiveInteger, wholeNumber } from "../options.ts";
import { refuse } from "../refusal.ts";
import { type ByzantineChoice, byzantineStrategies } from "../run/byzantine.ts";
import { type RunCommand, runCommand } from "../run/command.ts";
import { type RunProfile, runProfiles } from "../run/job.ts";
import { guarded } from "./guarded.ts";

interface Given {
  readonly seed?: string;
  readonly count?: number;
  readonly time?: number;
  readonly profile: RunProfile;
  readonly mutant?: string;
  readonly byzantine?: ByzantineChoice["strategy"];
  readonly byzantineNodes?: number;
  readonly virtual: number;
  readonly maxSteps: number;
  readonly workers: number;
  readonly twice: number;
  readonly floor: number;
  readonly feedback: boolean;
  readonly keepGoing: boolean;
  readonly shrink: number;
  readonly folder?: string;
  readonly resume: boolean;
  readonly out: string;
  readonly json: boolean;
}

function commandOf(given: Given): RunCommand {
  const { seed, count, time, mutant, byzantine, byzantineNodes, virtual, twice, folder, floor, ...rest } =
    given;
  if (byzantine === undefined && byzantineNodes !== undefined)
    refuse("no-strategy", "--byzantine-nodes needs to know what they do", "add --byzantine <strategy>");
  return {
    ...rest,
    seed: seed ?? null,
    count: count ?? null,
    seconds: time ?? (count === undefined ? 30 : null),
    least: 1,
    mutant: mutant ?? null,
    byzantine: byzantine === undefined ? null : { strategy: byzantine, nodes: byzantineNodes ?? null },
    virtualMs: virtual * 1000,
    twiceEvery: twice,
    floor: floor / 100,
    folder: folder ?? null,
  };
}

export function addRun(program: Command): void {
  program
    .command("run")
    .description("simulate whole clusters in virtual time, under every fault, until something breaks")
    .argument("[systems...]", "what to run; none: everything")
    .option("--seed <text>", "the same seed makes the same runs [a fresh one, which is printed]")
    .option("--count <n>", "stop after so many runs", positiveInteger)
    .option("--time <t>", "stop after so long, e.g. 90s, 10m, 2h [30s if there is no count]", duration)
    .addOption(
      new Option("--profile <name>", "what the surroundings do").choices([...runProfiles]).default("swarm"),
    )
    .option("--mutant <name>", "break one rule of an engine first, or take a fixed bug back in")
    .addOption(
      new Option("--byzantine <strategy>", "some nodes do not keep to the protocol; what they do").choices([
        ...byzantineStrategies.map(([name]) => name),
        "all",
      ]),
    )
    .option(
      "--byzantine-nodes <n>",
      "so many of them [as many as the protocol bears, at least one]",
      positiveInteger,
    )
    .option("--virtual <t>", "virtual time of a run with faults", duration, 10)
    .option("--max-steps <n>", "steps of a run at most", positiveInteger, 200_000)
    .option("--workers <n>", "processes", positiveInteger, allWorkers())
    .option(
      "--twice <n>",
      "make one run in so many twice and compare record by record; 0: none",
      wholeNumber,
      50,
    )
    .option(
      "--floor <percent>",
      "fail if less than so much of a type of request is accepted; 0: do not look",
      wholeNumber,
      5,
    )
    .option(
      "--no-feedback",
      "take new seeds only, and make no runs of earlier ones that reached something new",
    )
    .option("--keep-going", "count failures instead of stopping at the first", false)
    .option("--shrink <n>", "replays spent on making a failure small", wholeNumber, 200)
    .option("--folder <folder>", "keep the state of a long campaign there")
    .option("--resume", "go on with the campaign in --folder", false)
    .option("--out <folder>", "where failures go", "runs")
    .option("--json", "print the result as JSON", false)
    .addHelpText(
      "after",
      `
Profiles: swarm switches each class of fault on or off by the seed, and heals a core in every other run; safety has every
class at once; liveness heals a core in every run and wants progress; beyond does more than the protocol claims to bear, and
judges only what is still promised.

Byzantine strategies (all: one after the other):
${byzantineStrategies.map(([name, does]) => `  ${name.padEnd(18)} ${does}`).join("\n")}
The first seven do nothing that a network could not do as well: every property of the honest nodes must hold, and a violation is a
failure. The others lie. A protocol for crash faults promises nothing then; the run counts what they broke, tells the first, and
answers 0. What a node sees to alone (its disk, its memory, that it does not stop) must hold even so.

Half of the runs are made of earlier ones of the same worker that reached something new: a choice changed, a fault repeated, the
streams of two runs mixed, another end. Their replay files tell them whole, as those of all failures do.

The first failure is shrunk, written to a replay file and told; the last line is the command that replays it.

Examples:
  run                                              everything for half a minute, with a fresh seed
  run paxos --profile liveness --count 500 --seed 7
  run paxos --mutant paxos/acceptor/promise-not-recorded
  run paxos --byzantine silence --count 200        must hold
  run paxos --byzantine twins --count 200          shows how agreement breaks
  run --time 2h --folder runs/night                a long campaign ...
  run --time 2h --folder runs/night --resume       ... goes on where it stopped`,
    )
    .action(guarded((names: readonly string[], given: Given) => runCommand(names, commandOf(given))));
}
