import { type ChildProcess, fork } from "node:child_process";
import { Worker as Thread } from "node:worker_threads";
import { isCallersMistake, refuse } from "./refusal.ts";

/** Work that is divided among processes: jobs in, results out, in the order of the jobs. Both are plain data. */
export interface PoolOptions<Job, Result> {
  /** The name under which `serve` finds what to do. */
  readonly kind: string;
  /** What every worker gets once, before the first job. */
  readonly setup: unknown;
  readonly workers: number;
  /** Answers null when there is nothing more to do. */
  next(): Job | null;
  /** Results come in the order of the jobs, whoever did them. True: stop, the rest does not matter. */
  done(job: Job, result: Result): boolean;
  /** A worker that says nothing for so long hangs. */
  readonly patienceSeconds: number;
}

/** A worker that hung or died over a job: worth as much as a result. */
export class WorkerLost extends Error {
  override readonly name = "WorkerLost";
  readonly job: unknown;
  constructor(job: unknown, what: string) {
    super(what);
    this.job = job;
  }
}

/** What a worker says: the result of its job, or why it could not do it. The first word is that it is ready. */
interface Word<Result> {
  readonly result?: Result;
  readonly trouble?: { readonly name: string; readonly message: string };
}

interface Slot<Job> {
  readonly child: ChildProcess;
  job: { readonly place: number; readonly job: Job } | null;
  since: number;
}

/**
 * Runs the jobs on `workers` processes of this very program. A process, not a thread: one that hangs can be ended, and one that
 * runs out of memory takes nobody with it.
 *
 * @throws WorkerLost with the job that hung or died.
 */
export async function runPool<Job, Result>(options: PoolOptions<Job, Result>): Promise<void> {
  const program = process.argv[1];
  if (program === undefined)
    refuse("no-program", "this program does not know its own file", "start it by its file");
  await new Promise<void>((resolve, reject) => new Pool(options, program, resolve, reject).start());
}

class Pool<Job, Result> {
  readonly #options: PoolOptions<Job, Result>;
  readonly #program: string;
  readonly #slots: Slot<Job>[] = [];
  /** Results that came before those of earlier jobs. */
  readonly #early = new Map<number, { readonly job: Job; readonly result: Result }>();
  readonly #settle: (error: Error | null) => void;
  #handedOut = 0;
  #folded = 0;
  #ended = false;
  #exhausted = false;

  constructor(
    options: PoolOptions<Job, Result>,
    program: string,
    resolve: () => void,
    reject: (error: Error) => void,
  ) {
    this.#options = options;
    this.#program = program;
    this.#settle = (error) => (error === null ? resolve() : reject(error));
  }

  start(): void {
    const watch = setInterval(() => this.#watch(), 1000);
    watch.unref();
    for (let at = 0; at < this.#options.workers; at += 1) this.#open();
  }

  #open(): void {
    const child = fork(this.#program, ["worker", this.#options.kind], {
      execArgv: process.execArgv,
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const slot: Slot<Job> = { child, job: null, since: performance.now() };
    this.#slots.push(slot);
    child.on("message", (word) => this.#hear(slot, word as Word<Result>));
    child.on("exit", (code, signal) => {
      if (!this.#ended)
        this.#end(
          new WorkerLost(
            slot.job?.job ?? null,
            `a worker ended by itself (${signal ?? `exit code ${code}`})`,
          ),
        );
    });
    child.send({ setup: this.#options.setup });
  }

  #hear(slot: Slot<Job>, { result, trouble }: Word<Result>): void {
    if (this.#ended) return;
    if (trouble !== undefined) {
      this.#end(Object.assign(new Error(trouble.message), { name: trouble.name }));
      return;
    }
    if (slot.job !== null) {
      this.#early.set(slot.job.place, { job: slot.job.job, result: result as Result });
      slot.job = null;
      if (this.#fold()) return;
    }
    const job = this.#exhausted ? null : this.#options.next();
    if (job === null) {
      this.#exhausted = true;
      if (this.#folded === this.#handedOut) this.#end(null);
      return;
    }
    slot.job = { place: this.#handedOut, job };
    slot.since = performance.now();
    this.#handedOut += 1;
    slot.child.send({ job });
  }

  /** Hands on what is in order; true: the caller has seen enough. */
  #fold(): boolean {
    for (
      let entry = this.#early.get(this.#folded);
      entry !== undefined;
      entry = this.#early.get(this.#folded)
    ) {
      this.#early.delete(this.#folded);
      this.#folded += 1;
      if (this.#options.done(entry.job, entry.result)) {
        this.#end(null);
        return true;
      }
    }
    return false;
  }

  #watch(): void {
    const { patienceSeconds } = this.#options;
    const hung = this.#slots.find(
      ({ job, since }) => job !== null && performance.now() - since > patienceSeconds * 1000,
    );
    if (hung !== undefined)
      this.#end(
        new WorkerLost(hung.job?.job, `a worker was busy with one job for more than ${patienceSeconds} s`),
      );
  }

  #end(error: Error | null): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const { child } of this.#slots) child.kill("SIGKILL");
    this.#settle(error);
  }
}

/** What a worker of one kind does: made from the setup, it answers each job. */
export type Worker = (setup: unknown) => (job: unknown) => unknown | Promise<unknown>;

/** A thread of its own, since a busy worker hears nothing: whoever started it may be gone. */
const orphanWatch = `
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
}, 1000);
`;

/** The side of the worker: answers jobs until the parent lets go. */
export function serve(worker: Worker): void {
  new Thread(orphanWatch, { eval: true, execArgv: [] }).unref();
  let work: ((job: unknown) => unknown) | null = null;
  const answer = (word: Word<unknown>): void => {
    process.send?.(word);
  };
  process.on("disconnect", () => process.exit(0));
  process.on("message", async (message: { readonly setup?: unknown; readonly job?: unknown }) => {
    try {
      if (work === null) {
        work = worker(message.setup);
        answer({});
      } else answer({ result: await work(message.job) });
    } catch (error) {
      const { name, message: told, stack } = error as Error;
      answer({ trouble: { name, message: isCallersMistake(error) ? told : (stack ?? told) } });
    }
  });
}
