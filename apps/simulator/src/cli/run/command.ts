import { randomBytes } from "node:crypto";
import { engineHash } from "../engine-hash.ts";
import { invocation } from "../invocation.ts";
import { prepareFolder } from "../output.ts";
import type { Worker } from "../pool.ts";
import { refuse } from "../refusal.ts";
import { systemsFor } from "../systems.ts";
import { type ByzantineChoice, systemsWith } from "./byzantine.ts";
import { runCampaign } from "./campaign.ts";
import { keepFailure } from "./failure.ts";
import { type RunJob, Runner, type RunProfile } from "./job.ts";
import { type CampaignState, mustHoldNone, readCampaign } from "./state.ts";
import { type FailedRun, noTotals, starvedRequests, totalsText } from "./totals.ts";

export interface RunCommand {
  readonly seed: string | null;
  readonly count: number | null;
  readonly seconds: number | null;
  readonly least: number;
  readonly profile: RunProfile;
  readonly mutant: string | null;
  readonly byzantine: ByzantineChoice | null;
  readonly virtualMs: number;
  readonly maxSteps: number;
  readonly workers: number;
  readonly twiceEvery: number;
  /** Least share of each type of request that must be accepted; 0: not looked at. */
  readonly floor: number;
  readonly feedback: boolean;
  readonly keepGoing: boolean;
  readonly shrink: number;
  readonly folder: string | null;
  readonly resume: boolean;
  readonly out: string;
  readonly json: boolean;
}

/** A worker of `run`: one run a job. */
export const runWorker: Worker = () => {
  const runner = new Runner();
  return (job) => runner.run(job as RunJob);
};

function stateOf(names: readonly string[], options: RunCommand, engines: string): CampaignState {
  const { folder, resume, mutant, byzantine, profile, virtualMs, maxSteps } = options;
  if (resume) {
    if (folder === null)
      refuse("no-folder", "--resume needs to know which campaign", "name it: --folder <folder>");
    return readCampaign(folder, engines);
  }
  if (folder !== null) mustHoldNone(folder);
  const systems = systemsFor(names, mutant);
  return {
    v: 2,
    kind: "simulate",
    engines,
    seed: options.seed ?? randomBytes(4).toString("hex"),
    systems: byzantine === null ? systems : systemsWith(byzantine, systems, names.length > 0),
    profile,
    mutant,
    byzantine,
    virtualMs,
    maxSteps,
    done: 0,
    totals: noTotals(),
    features: [],
  };
}

/** Runs clusters until something fails or an end is reached; answers the exit code. */
export async function runCommand(names: readonly string[], options: RunCommand): Promise<number> {
  const engines = engineHash();
  const state = stateOf(names, options, engines);
  prepareFolder(options.out);
  if (options.folder !== null) prepareFolder(options.folder);
  const say = (line: string): void => {
    if (!options.json) console.log(line);
  };
  say(headline(state));
  const lost = await runCampaign(state, { ...options, quiet: options.json });
  const { failures } = state.totals;
  if (lost !== null) failures.push(lost);
  const starved = starvedRequests(state.totals, options.floor);
  say(totalsText(state.totals));
  for (const line of starved) say(`the workload is of no use: ${line}`);
  const first = failures[0] ?? state.totals.excused[0];
  let file: string | null = null;
  if (first !== undefined) file = await tellFailure(first, failures.length === 0, options, engines, say);
  if (options.json)
    console.log(JSON.stringify({ ...state, features: state.features.length, starved, replay: file }));
  if (file !== null) (options.json ? console.error : console.log)(invocation(["replay", file]));
  return failures.length === 0 && starved.length === 0 ? 0 : 1;
}

function headline({ seed, systems, mutant, byzantine, profile, done }: CampaignState): string {
  const broken = mutant === null ? "" : ` with ${mutant}`;
  const count = byzantine?.nodes ?? "as many as it bears, at least one";
  const liars = byzantine === null ? "" : `, byzantine nodes (${count}): ${byzantine.strategy}`;
  const before = done > 0 ? `, going on after ${done} runs` : "";
  return `seed ${seed}: ${systems.join(", ")}${broken}, profile ${profile}${liars}${before}`;
}

async function tellFailure(
  { job, property, detail, recipe }: FailedRun,
  excused: boolean,
  options: RunCommand,
  engines: string,
  say: (line: string) => void,
): Promise<string | null> {
  say(`\n${job.system}, seed ${job.seed}: ${property} is violated: ${detail}`);
  if (excused)
    say(
      `this is no failure: ${job.system} does not promise to bear ${job.adversary?.strategy} of so many nodes; it shows what they can do`,
    );
  if (recipe === null) {
    say(
      `run it alone: ${invocation(["run", job.system, "--seed", job.seed.replace(/-\d+$/, ""), "--workers", "1"])}`,
    );
    return null;
  }
  const kept = await keepFailure(job, recipe, {
    engines,
    out: options.out,
    replays: options.shrink,
    quiet: options.json,
  });
  if (kept === null) {
    say(
      "the same seed does not fail when it is run again: something in the run is not determined by its seed",
    );
    return null;
  }
  const { before, after, replays, ending, file } = kept;
  say(
    `shrunk with ${replays} replays: ${before.steps} steps, ${before.faults} faults and ${before.requests} requests became ` +
      `${after.steps} steps, ${after.faults} faults and ${after.requests} requests\n`,
  );
  say(ending);
  say(`${property}: ${detail}`);
  if (job.mutant !== null)
    say(`a model may show it with fewer steps: ${invocation(["check", "--mutant", job.mutant])}`);
  say(`\nwritten to ${file}; the next line replays it, step by step with what changed:`);
  return file;
}
