import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { cpus, platform, release } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Client, GatewayLink } from "@eunomia/aneris-client";
import { broadcastEvent } from "@eunomia/trace";
import { nodeBodyDigest, TraceWriter } from "@eunomia/trace/file";
import { LocalCluster } from "../local/cluster.ts";
import { openClient } from "../local/participants.ts";
import { wallClock } from "../node/trace.ts";
import { feed, maxQueued } from "./feed.ts";
import { linesOf, spool } from "./input.ts";
import { digestOf, judgeTraces } from "./judge.ts";
import { Progress } from "./progress.ts";
import { type RunReport, reportText } from "./report.ts";
import { reportPage } from "./report-page.ts";
import { type PerformedStep, performSteps } from "./steps.ts";
import { story } from "./story.ts";
import { Recorder } from "./subscriber.ts";
import { Timings } from "./timings.ts";

export interface RunOptions {
  /** A path, or `-` for standard input. */
  readonly input: string;
  /** The input is handed in over at least so many seconds, so that there is something to see. */
  readonly seconds: number;
  /** Where traces, logs and outputs go. */
  readonly directory: string;
  /** Prints the report as JSON only. */
  readonly json: boolean;
}

/** The clone that this program stands in, from sources or built; else the folder it was called in. */
function repositoryRoot(): string {
  for (let at = fileURLToPath(new URL(".", import.meta.url)); dirname(at) !== at; at = dirname(at))
    if (existsSync(join(at, "pnpm-workspace.yaml"))) return at;
  return process.cwd();
}
const repository = repositoryRoot();
/** What is broadcast when nothing is named: a real file that every clone has. */
export const defaultInput: string = join(repository, "pnpm-lock.yaml");
/** A new folder in `runs`, named by the time. */
export const defaultDirectory = (): string =>
  join(repository, "runs", new Date().toISOString().replaceAll(/[:.]/g, "-"));

const subscribers = ["subscriber-a", "subscriber-b"] as const;
/** How long everybody may take to catch up after the last command. */
const settleMs = 60_000;

/** Broadcasts a file over a cluster of four processes while replicas die and protocols change. Answers the verdict. */
export async function run(options: RunOptions): Promise<RunReport> {
  const directory = resolve(options.directory);
  const input = await spool(options.input, () => {
    mkdirSync(directory, { recursive: true });
    return join(directory, "input");
  });
  mkdirSync(directory, { recursive: true });
  const total = await countLines(input);
  const progress = new Progress(total, options.json);
  const supervisor = { lost: (_id: string, _what: string): void => {} };
  const cluster = await LocalCluster.create({
    directory,
    onUnexpectedExit: (id, pid, how) =>
      supervisor.lost(id, `node ${id} (process ${pid}) ended by itself: ${how}`),
    nodes: 4,
    f: 1,
    initial: "two-thirds",
    protocols: { "two-thirds": {}, paxos: { phase1: 3, phase2: 2 } },
    fifo: true,
    trace: true,
  });
  const release = onInterrupt(cluster);
  try {
    await cluster.startAll();
    const places = cluster.config.nodes.map(
      ({ id, port }) => `${id} (process ${cluster.pid(id)}, port ${port})`,
    );
    progress.say(`4 replicas are up: ${places.join(", ")}`);
    const run = new Run(options, cluster, input, total, progress);
    supervisor.lost = (id, what) => run.revive(id, what);
    const performed = await run.perform();
    progress.stop();
    return await run.judge(performed);
  } finally {
    progress.stop();
    await cluster.stopAll();
    release();
  }
}

async function countLines(file: string): Promise<number> {
  let count = 0;
  for await (const _line of linesOf(file)) count += 1;
  return count;
}

interface Performed {
  readonly steps: readonly PerformedStep[];
  readonly seconds: number;
}

class Run {
  readonly #options: RunOptions;
  readonly #cluster: LocalCluster;
  readonly #input: string;
  readonly #total: number;
  readonly #progress: Progress;
  readonly #timings = new Timings();
  readonly #trace: TraceWriter;
  readonly #alarms: string[] = [];
  #settled = 0;
  #sent = 0;
  #startedAt = 0;

  constructor(options: RunOptions, cluster: LocalCluster, input: string, total: number, progress: Progress) {
    this.#options = options;
    this.#cluster = cluster;
    this.#input = input;
    this.#total = total;
    this.#progress = progress;
    this.#trace = new TraceWriter(this.#file("client.trace.jsonl"));
  }

  #file(name: string): string {
    return join(this.#cluster.directory, name);
  }

  /** Somebody else ended a node: it is said, noted and started again, as a supervisor would. */
  revive(id: string, what: string): void {
    this.#progress.say(`${what}; starting it again`);
    this.#trace.write({ kind: "crash", at: wallClock(), who: id });
    this.#cluster.start(id).then(
      ({ delivered }) => this.#progress.say(`node ${id} is back, from slot ${delivered} of its log`),
      (error: Error) => this.#alarms.push(error.message),
    );
  }

  /** Rejects when nothing was answered for so long though commands wait. */
  async #watch(signal: AbortSignal): Promise<never> {
    let settled = this.#settled;
    let since = performance.now();
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      if (signal.aborted) return await new Promise(() => {});
      if (this.#settled !== settled || this.#sent === this.#settled) {
        settled = this.#settled;
        since = performance.now();
      } else if (performance.now() - since > settleMs)
        throw new Error(
          `no command was answered for ${settleMs / 1000} s, ${this.#sent - this.#settled} wait. Are more than ${this.#cluster.config.f} nodes down? See ${this.#cluster.directory}`,
        );
    }
  }

  async perform(): Promise<Performed> {
    const done = new AbortController();
    try {
      return await Promise.race([this.#carryThrough(), this.#watch(done.signal)]);
    } finally {
      done.abort();
    }
  }

  async #carryThrough(): Promise<Performed> {
    const trace = this.#trace;
    const recorders = await this.#openRecorders();
    const { client, link } = await this.#openClient();
    const session = await client.registered();
    this.#startedAt = performance.now();
    const { seconds } = this.#options;
    const elapsed = (): number => (performance.now() - this.#startedAt) / 1000;
    const steps = performSteps(
      story({ cluster: this.#cluster, client, trace }),
      () => (this.#total === 0 ? elapsed() / seconds : this.#sent / this.#total),
      elapsed,
      this.#progress,
    );
    await feed(client, this.#input, this.#total, seconds, steps, (seq, bodies) => {
      const now = performance.now();
      for (let i = 0; i < bodies.length; i += 1) this.#timings.sent(seq + i, now);
      trace.write(broadcastEvent(wallClock(), "client", session, seq, bodies, nodeBodyDigest));
      this.#sent = seq + bodies.length - 1;
    });
    const performed = await steps.finished;
    await this.#settle(client, recorders);
    const took = elapsed();
    trace.write({ kind: "quiesced", at: wallClock() });
    await client.close();
    await link.close();
    await Promise.all(recorders.map((recorder) => recorder.close()));
    await this.#cluster.stopAll();
    trace.close();
    return { steps: performed, seconds: took };
  }

  #openRecorders(): Promise<Recorder[]> {
    const { config, secrets } = this.#cluster;
    const nodes = config.nodes.map((node) => node.id);
    return Promise.all(
      subscribers.map((self, i) =>
        Recorder.open({
          config,
          clientSecret: secrets.clients,
          self,
          nodes: i === 0 ? nodes : nodes.toReversed(),
          output: this.#file(`${self}.out`),
          traceFile: this.#file(`${self}.trace.jsonl`),
          onAlarm: (what) => this.#alarms.push(`${self}: ${what}`),
          ...(i === 0 && {
            onSlot: ({ slot, epoch, protocol }) =>
              this.#timings.delivered(slot, epoch, protocol, this.#settled < this.#sent, performance.now()),
          }),
        }),
      ),
    );
  }

  #openClient(): Promise<{ client: Client; link: GatewayLink }> {
    const { config, secrets } = this.#cluster;
    return openClient(
      { config, clientSecret: secrets.clients, self: "client", nodes: config.nodes.map((node) => node.id) },
      {
        maxQueued,
        onSettled: ({ seq, count, slot }) => {
          this.#settled += count;
          this.#timings.settled(seq, count, slot, performance.now());
          this.#progress.update(this.#settled);
        },
      },
    );
  }

  /** Waits until every command is answered, every subscriber has everything, and all replicas stand at the same slot. */
  async #settle(client: Client, recorders: readonly Recorder[]): Promise<void> {
    const deadline = performance.now() + settleMs;
    for (;;) {
      const statuses = await Promise.all(
        this.#cluster.config.nodes.map(({ id }) => this.#cluster.status(id)),
      );
      const delivered = statuses.map((status) => status?.delivered ?? -1);
      const level = Math.max(...delivered);
      const answered = client.outstanding + client.queued === 0;
      const received = recorders.every(
        (recorder) => recorder.commands >= this.#total && recorder.slot >= level,
      );
      if (answered && received && delivered.every((slot) => slot === level)) return;
      if (performance.now() > deadline)
        throw new Error(
          `not everybody caught up within ${settleMs / 1000} s: replicas at slots ${delivered.join(", ")}, ` +
            `subscribers at ${recorders.map((recorder) => recorder.slot).join(", ")}, ` +
            `${client.outstanding + client.queued} commands without an answer. See ${this.#cluster.directory}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async judge({ steps, seconds }: Performed): Promise<RunReport> {
    const nodes = this.#cluster.config.nodes.map((node) => node.id);
    const input = await digestOf(this.#input);
    const outputs = await Promise.all(
      subscribers.map(async (name) => {
        const file = this.#file(`${name}.out`);
        const digest = await digestOf(file);
        return { file: relative(process.cwd(), file), ...digest, equal: digest.sha256 === input.sha256 };
      }),
    );
    const traces = ["client", ...subscribers].map((who) => this.#file(`${who}.trace.jsonl`));
    const judgement = await judgeTraces(
      [...nodes.map((id) => this.#cluster.traceFile(id)), ...traces],
      nodes,
      subscribers,
    );
    const good = this.#alarms.length === 0 && outputs.every((output) => output.equal) && judgement.ok;
    const report: RunReport = {
      verdict: good ? "ok" : "failed",
      input: { file: this.#options.input, commands: this.#total, ...input },
      outputs,
      properties: judgement.verdicts.map(({ property, kind, detail }) => ({ property, kind, detail })),
      vacuous: judgement.vacuous,
      counts: judgement.counts,
      epochs: this.#timings.report(),
      course: this.#timings.course(this.#startedAt),
      steps,
      alarms: this.#alarms,
      seconds,
      nodes: nodes.length,
      date: new Date().toISOString(),
      machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, ${platform()} ${release()}, Node ${process.version}`,
      runDirectory: relative(process.cwd(), this.#cluster.directory) || ".",
    };
    writeFileSync(this.#file("report.json"), `${JSON.stringify(report, null, 2)}\n`);
    const text = reportText(report);
    writeFileSync(this.#file("report.txt"), `${text}\n`);
    writeFileSync(this.#file("report.html"), reportPage(report));
    console.log(this.#options.json ? JSON.stringify(report, null, 2) : text);
    return report;
  }
}

/** Ctrl-C ends the children too. Answers how to let go of the signals. */
function onInterrupt(cluster: LocalCluster): () => void {
  const stop = (): void => void cluster.stopAll().then(() => process.exit(130));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  return () => {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  };
}
