import { engineHash } from "../engine-hash.ts";
import { runPool, type Worker, WorkerLost } from "../pool.ts";
import { Progress } from "../progress.ts";
import { refuse } from "../refusal.ts";
import { type BlockResult, type Finding, runBlock } from "./block.ts";
import {
  addBlock,
  blockAt,
  type CampaignState,
  freshState,
  fuzzText,
  mustBeNew,
  readState,
  writeState,
} from "./campaign.ts";
import { findingAsTest, minimise } from "./finding.ts";
import { fuzzTargets, targetNamed, targetsMatching } from "./targets.ts";

export interface FuzzOptions {
  readonly seed: number;
  /** Ends after so many inputs, or after `seconds`, whichever comes first; null: no such end. */
  readonly count: number | null;
  readonly seconds: number | null;
  readonly only: string;
  readonly workers: number;
  /** Where the campaign keeps its state; null: nowhere. */
  readonly state: string | null;
  readonly resume: boolean;
  readonly json: boolean;
  readonly list: boolean;
}

interface Job {
  readonly target: string;
  readonly number: number;
}
interface Done extends BlockResult {
  readonly cpuSeconds: number;
}

/** A state is written this often. */
const saveEveryMs = 5000;

/** The worker: one block a job. */
export const fuzzWorker: Worker = (setup) => (job) => {
  const { target, number } = job as Job;
  const before = process.cpuUsage();
  const result = runBlock(targetNamed(target), setup as number, number);
  const { user, system } = process.cpuUsage(before);
  return { ...result, cpuSeconds: (user + system) / 1e6 } satisfies Done;
};

/** Runs a campaign; answers the exit code. */
export async function fuzz(options: FuzzOptions): Promise<number> {
  if (options.list) {
    for (const { name } of fuzzTargets) console.log(name);
    return 0;
  }
  const engines = engineHash();
  const state = stateOf(options, engines);
  const targets = targetsMatching(state.only).map(({ name }) => name);
  const started = performance.now();
  const { finding, hung } = await campaign(options, state, targets);
  const seconds = (performance.now() - started) / 1000;
  const shown = finding === null ? null : minimise(targetNamed(finding.target), finding);
  if (options.json)
    console.log(JSON.stringify({ ...state, targets: targets.length, seconds, finding: shown, hung }));
  else {
    console.log(fuzzText(state, targets.length, seconds, shown));
    if (hung !== null) console.log(hung);
    if (shown !== null) console.log(`\n${findingAsTest(shown)}`);
  }
  return finding === null && hung === null ? 0 : 1;
}

function stateOf({ resume, state: file, seed, only }: FuzzOptions, engines: string): CampaignState {
  if (resume) {
    if (file === null)
      refuse("no-state", "--resume needs to know which campaign", "name its file: --state <file>");
    return readState(file, engines);
  }
  const fresh = freshState(engines, seed, only);
  if (file !== null) {
    mustBeNew(file);
    writeState(file, fresh);
  }
  return fresh;
}

async function campaign(
  options: FuzzOptions,
  state: CampaignState,
  targets: readonly string[],
): Promise<{ readonly finding: Finding | null; readonly hung: string | null }> {
  const progress = new Progress({
    total: options.count ?? Math.round(options.seconds ?? 0),
    unit: options.count === null ? "s" : "inputs",
    quiet: options.json,
  });
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  let place = state.blocks;
  const enough = (): boolean =>
    (options.count !== null && state.inputs >= options.count) ||
    // Every reader gets its turn, however slow the machine is.
    (options.seconds !== null && elapsed() >= options.seconds && place >= targets.length);
  let savedAt = performance.now();
  let finding: Finding | null = null;
  try {
    await runPool<Job, Done>({
      kind: "fuzz",
      setup: state.seed,
      workers: options.workers,
      patienceSeconds: 60,
      next: () => (enough() ? null : blockAt(targets, place++)),
      done(job, result) {
        addBlock(state, job.target, result, result.cpuSeconds);
        finding = result.finding;
        if (options.state !== null && performance.now() - savedAt > saveEveryMs) {
          savedAt = performance.now();
          writeState(options.state, state);
        }
        const value = options.count === null ? Math.round(elapsed()) : state.inputs;
        progress.update(value, `${state.inputs.toLocaleString("en")} inputs, ${state.blocks} blocks`);
        return finding !== null;
      },
    });
    return { finding, hung: null };
  } catch (error) {
    if (!(error instanceof WorkerLost)) throw error;
    const { target, number } = error.job as Job;
    return { finding, hung: `${error.message}: block ${number} of ${target}, seed ${state.seed}` };
  } finally {
    progress.stop();
    if (options.state !== null) writeState(options.state, state);
  }
}
