import type { Mode } from "@eunomia/checker";
import { engineHash } from "../engine-hash.ts";
import { invocation } from "../invocation.ts";
import {
  changedParams,
  type ModelChoice,
  modelChoices,
  modelNamed,
  modelsOfTier,
  mutantNamed,
} from "../models.ts";
import { allWorkers } from "../options.ts";
import { fileName, prepareFolder, writeInto } from "../output.ts";
import { runPool, type Worker, WorkerLost } from "../pool.ts";
import { Progress } from "../progress.ts";
import { refuse } from "../refusal.ts";
import { eventuallyCommand } from "./eventually.ts";
import { type CheckAnswer, type CheckJob, checkModel } from "./job.ts";
import { reportLine, reportText } from "./report-text.ts";

export interface CheckCommand {
  readonly tier: string | null;
  readonly list: boolean;
  readonly set: readonly string[];
  readonly mutant: string | null;
  readonly mode: Mode;
  readonly memory: number;
  readonly states: number | null;
  readonly depth: number | null;
  readonly walks: number;
  readonly steps: number;
  readonly seed: number;
  /** Null: those of each scope. */
  readonly reduce: readonly string[] | null;
  /** Models at the same time; for one model, threads. Null: as many as there are processors, and one thread. */
  readonly workers: number | null;
  readonly checkpoint: string | null;
  readonly everyMs: number;
  readonly resume: boolean;
  /** Look for a fair run that never comes to what one of these witnesses names; none: judge states. */
  readonly eventually: readonly string[];
  /** Do inputs that may come come in the end? For `eventually`. */
  readonly inputs: "may" | "must";
  readonly out: string;
  readonly json: boolean;
}

/** A worker of `check`: one model a job. */
export const checkWorker: Worker = () => (job) => checkModel(job as CheckJob);

/** No model of the tiers takes longer. */
const patienceSeconds = 4 * 3600;

/** Reductions that depend on the order in which states are found: threads and checkpoints do without those of a scope. */
const ordered: readonly string[] = ["symmetry", "eager"];

function jobsOf(names: readonly string[], options: CheckCommand): readonly CheckJob[] {
  const { tier, set, mutant, mode, memory, states, depth, walks, steps, seed, reduce } = options;
  const choices: readonly ModelChoice[] =
    names.length > 0 ? names.map(modelNamed) : modelsOfTier(tier ?? "pull");
  const protocol = mutant === null ? null : mutantNamed(mutant).protocol;
  const fitting = choices.filter((choice) => protocol === null || choice.protocol === protocol);
  if (fitting.length === 0)
    refuse("other-protocol", `mutant "${mutant}" is one of ${protocol}`, `name a model of ${protocol}`);
  if (options.checkpoint !== null && fitting.length > 1)
    refuse("one-model", "a checkpoint is that of one model", "name the model, or leave --checkpoint out");
  if (options.resume && options.checkpoint === null)
    refuse(
      "no-checkpoint",
      "--resume needs to know which checkpoint",
      "name its folder: --checkpoint <folder>",
    );
  const engines = engineHash();
  const threads = fitting.length === 1 ? (options.workers ?? 1) : 1;
  const shared = threads > 1 || options.checkpoint !== null;
  return fitting.map((choice) => ({
    model: choice.name,
    params: changedParams(choice, set),
    mutant,
    mode,
    memory,
    states,
    depth,
    walks: mode === "walk" ? { count: walks, steps, seed } : null,
    reductions: reduce ?? choice.reductions.filter((name) => !shared || !ordered.includes(name)),
    threads,
    checkpoint: options.checkpoint,
    everyMs: options.everyMs,
    resume: options.resume,
    engines,
  }));
}

/** Checks models one after the other, several at a time; answers the exit code. */
export async function checkCommand(names: readonly string[], options: CheckCommand): Promise<number> {
  if (options.list) {
    for (const { name, tier, shows } of modelChoices)
      console.log(`${name.padEnd(28)} ${tier.padEnd(8)} ${shows}`);
    return 0;
  }
  if (options.eventually.length > 0) return eventuallyCommand(names, options);
  const jobs = jobsOf(names, options);
  prepareFolder(options.out);
  const answers: CheckAnswer[] = [];
  const many = jobs.length > 1;
  const done = (answer: CheckAnswer): void => {
    answers.push(answer);
    if (!options.json) console.log(many ? reportLine(answer.report) : reportText(answer.report));
  };
  if (many) await checkMany(jobs, options.workers ?? allWorkers(), done);
  else done(await checkAlone(jobs[0]!, options.json));
  const files = answers.map((answer, at) => keep(answer, jobs[at]!, options));
  if (options.json)
    console.log(
      JSON.stringify(answers.map(({ report }, at) => ({ engineHash: jobs[at]!.engines, ...report }))),
    );
  else if (many) console.log(summary(answers));
  tellShortest(answers, files, options.json);
  const wanted = options.mode === "walk" ? "sampled" : "holds";
  return answers.every(({ report }) => report.result === wanted) ? 0 : 1;
}

/** The shortest counterexample step by step; the last line of a failure is the command that replays it. */
function tellShortest(
  answers: readonly CheckAnswer[],
  files: readonly (string | null)[],
  json: boolean,
): void {
  let best = -1;
  const stepsOf = (at: number): number =>
    answers[at]?.report.counterexample?.steps.length ?? Number.POSITIVE_INFINITY;
  for (const at of answers.keys()) if (files[at] !== null && stepsOf(at) < stepsOf(best)) best = at;
  const file = files[best];
  if (typeof file !== "string") return;
  if (!json) console.log(`\n${answers[best]!.listing}`);
  (json ? console.error : console.log)(invocation(["replay", file]));
}

function summary(answers: readonly CheckAnswer[]): string {
  const results = new Map<string, number>();
  let states = 0;
  for (const { report } of answers) {
    results.set(report.result, (results.get(report.result) ?? 0) + 1);
    states += report.states;
  }
  const counted = [...results].map(([result, count]) => `${count} ${result}`).join(", ");
  return `${answers.length} models: ${counted}; ${states.toLocaleString("en")} states in all`;
}

/** Report and counterexample as files; answers the path of the counterexample. */
function keep({ report, replay }: CheckAnswer, job: CheckJob, { out }: CheckCommand): string | null {
  const name = fileName(job.model, ...(job.mutant === null ? [] : [job.mutant]));
  writeInto(
    out,
    `${name}.report.json`,
    `${JSON.stringify({ engineHash: job.engines, ...report }, null, 2)}\n`,
  );
  return replay === null ? null : writeInto(out, `${name}.jsonl`, replay);
}

async function checkAlone(job: CheckJob, quiet: boolean): Promise<CheckAnswer> {
  const progress = new Progress({ total: 100, unit: "% of what is known", quiet });
  try {
    return await checkModel(job, ({ states, transitions, depth, frontier }) => {
      progress.update(
        Math.round((100 * (states - frontier)) / Math.max(1, states)),
        `${states.toLocaleString("en")} states, ${transitions.toLocaleString("en")} transitions, level ${depth}, ${frontier.toLocaleString("en")} to look into`,
      );
      return undefined;
    });
  } finally {
    progress.stop();
  }
}

async function checkMany(
  jobs: readonly CheckJob[],
  workers: number,
  done: (answer: CheckAnswer) => void,
): Promise<void> {
  let next = 0;
  try {
    await runPool<CheckJob, CheckAnswer>({
      kind: "check",
      setup: null,
      workers: Math.min(workers, jobs.length),
      patienceSeconds,
      next: () => jobs[next++] ?? null,
      done(_job, answer) {
        done(answer);
        return false;
      },
    });
  } catch (error) {
    if (!(error instanceof WorkerLost)) throw error;
    refuse(
      "worker-lost",
      `${error.message} over ${(error.job as CheckJob | null)?.model ?? "nothing"}`,
      "check that model alone with less --memory, or with --states",
    );
  }
}
