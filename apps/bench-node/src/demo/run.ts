import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, platform, release } from "node:os";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Client } from "@eunomia/aneris-client";
import { LocalCluster } from "../local/cluster.ts";
import { openClient } from "../local/participants.ts";
import { bodyDigest, ProcessTrace, wallClock } from "../node/trace.ts";
import { linesOf, spool } from "./input.ts";
import { digestOf, judgeTraces } from "./judge.ts";
import { Progress } from "./progress.ts";
import { type RunReport, reportText } from "./report.ts";
import { type Step, story } from "./story.ts";
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

const repository = fileURLToPath(new URL("../../../../", import.meta.url));
/** What is broadcast when nothing is named: a real file that every clone has. */
export const defaultInput: string = join(repository, "pnpm-lock.yaml");
export const defaultDirectory = (): string =>
  join(repository, "runs", new Date().toISOString().replaceAll(/[:.]/g, "-"));

/** Commands that wait in the client; small, so that a latency is the cluster's and not the queue's. */
const maxQueued = 1024;
const settleMs = 60_000;

/** Broadcasts a file over a cluster of four processes while replicas die and protocols change. Answers the verdict. */
export async function run(options: RunOptions): Promise<RunReport> {
  const directory = resolve(options.directory);
  mkdirSync(directory, { recursive: true });
  const input = await spool(options.input, join(directory, "input"));
  const total = (await countLines(input)) as number;
  const progress = new Progress(total, options.json);
  const cluster = await LocalCluster.create({
    directory,
    nodes: 4,
    f: 1,
    initial: "two-thirds",
    protocols: { "two-thirds": {}, paxos: { phase1: 3, phase2: 2 } },
    fifo: true,
    trace: true,
  });
  const stop = onInterrupt(cluster);
  try {
    await cluster.startAll();
    progress.say(
      `4 replicas are up: ${cluster.config.nodes.map(({ id, port }) => `${id} (process ${cluster.pid(id)}, port ${port})`).join(", ")}`,
    );
    return await perform(options, cluster, input, total, progress);
  } finally {
    progress.stop();
    await cluster.stopAll();
    stop();
  }
}

async function perform(
  options: RunOptions,
  cluster: LocalCluster,
  input: string,
  total: number,
  progress: Progress,
): Promise<RunReport> {
  const { directory, config } = cluster;
  const nodes = config.nodes.map((node) => node.id);
  const timings = new Timings();
  const alarms: string[] = [];
  const links = { config, clientSecret: cluster.secrets.clients };
  const traceFile = (who: string): string => join(directory, `${who}.trace.jsonl`);
  const trace = new ProcessTrace(traceFile("client"), "client");
  let settled = 0;
  let sent = 0;
  const recorders = await Promise.all(
    ["subscriber-a", "subscriber-b"].map((self, i) =>
      Recorder.open({
        ...links,
        self,
        nodes: i === 0 ? nodes : nodes.toReversed(),
        output: join(directory, `${self}.out`),
        traceFile: traceFile(self),
        onAlarm: (what) => alarms.push(`${self}: ${what}`),
        ...(i === 0 && {
          onSlot: ({ slot, epoch, protocol }) =>
            timings.delivered(slot, epoch, protocol, settled < sent, performance.now()),
        }),
      }),
    ),
  );
  const { client, link } = await openClient(
    { ...links, self: "client", nodes },
    {
      maxQueued,
      onSettled: ({ seq, count, slot }) => {
        settled += count;
        timings.settled(seq, count, slot, performance.now());
      },
    },
  );
  const started = performance.now();
  const session = await client.registered();
  const steps = story({ cluster, client, trace });
  const done = performSteps(
    steps,
    () => (total === 0 ? (performance.now() - started) / (options.seconds * 1000) : sent / total),
    started,
    progress,
  );
  await feed(client, input, total, options.seconds, done, (seq, bodies) => {
    const now = performance.now();
    for (let i = 0; i < bodies.length; i += 1) timings.sent(seq + i, now);
    trace.write({
      at: wallClock(),
      k: "broadcast",
      who: String(session),
      seq,
      bodies: bodies.map(bodyDigest).join(""),
    });
    sent = seq + bodies.length - 1;
    progress.update(settled);
  });
  const outcomes = await done.finished;
  await within(
    settleMs,
    client.idle(),
    `the cluster did not answer ${client.outstanding + client.queued} commands`,
  );
  await settleAll(cluster, recorders, total);
  progress.update(settled);
  const seconds = (performance.now() - started) / 1000;
  trace.write({ at: wallClock(), k: "quiesced" });
  await client.close();
  await link.close();
  await Promise.all(recorders.map((recorder) => recorder.close()));
  await cluster.stopAll();
  trace.close();
  progress.stop();
  const whole = await digestOf(input);
  const outputs = await Promise.all(
    ["subscriber-a.out", "subscriber-b.out"].map(async (name) => {
      const digest = await digestOf(join(directory, name));
      return {
        file: relative(process.cwd(), join(directory, name)),
        ...digest,
        equal: digest.sha256 === whole.sha256,
      };
    }),
  );
  const subscribers = ["subscriber-a", "subscriber-b"];
  const properties = await judgeTraces(
    [...nodes.map((id) => cluster.traceFile(id)), ...["client", ...subscribers].map(traceFile)],
    nodes,
    subscribers,
  );
  const good =
    alarms.length === 0 &&
    outputs.every((output) => output.equal) &&
    properties.every((property) => property.kind === "ok");
  const report: RunReport = {
    verdict: good ? "ok" : "failed",
    input: { file: options.input, commands: total, ...whole },
    outputs,
    properties,
    epochs: timings.report(),
    steps: outcomes,
    alarms,
    seconds,
    nodes: nodes.length,
    date: new Date().toISOString(),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, ${platform()} ${release()}, Node ${process.version}`,
    runDirectory: relative(process.cwd(), directory) || ".",
  };
  writeFileSync(join(directory, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  const text = reportText(report);
  writeFileSync(join(directory, "report.txt"), `${text}\n`);
  console.log(options.json ? JSON.stringify(report, null, 2) : text);
  return report;
}

async function countLines(file: string): Promise<number> {
  let count = 0;
  for await (const _line of linesOf(file)) count += 1;
  return count;
}

interface Steps {
  /** How far the input may be handed in: the next step must have begun first. */
  readonly allowed: () => number;
  readonly finished: Promise<RunReport["steps"]>;
  /** Set once a step failed: nothing more is handed in. */
  readonly failed: () => Error | null;
}

/** Runs the steps in order, each once enough of the input is handed in. */
function performSteps(
  steps: readonly Step[],
  progressed: () => number,
  started: number,
  progress: Progress,
): Steps {
  let next = 0;
  let failure: Error | null = null;
  const perform = async (): Promise<RunReport["steps"]> => {
    const outcomes = [];
    for (; next < steps.length; next += 1) {
      const step = steps[next]!;
      while (progressed() < step.at) await new Promise((resolve) => setTimeout(resolve, 5));
      const began = performance.now();
      const outcome = await step.run();
      const now = performance.now();
      outcomes.push({
        title: step.title,
        atSeconds: (began - started) / 1000,
        tookSeconds: (now - began) / 1000,
        outcome,
      });
      progress.say(`${((began - started) / 1000).toFixed(1).padStart(5)} s  ${step.title}: ${outcome}`);
    }
    return outcomes;
  };
  const finished = perform();
  finished.catch((error: Error) => {
    failure = error;
  });
  // A little beyond, so that the step does come due.
  return { allowed: () => (steps[next]?.at ?? 1) + 0.01, finished, failed: () => failure };
}

/** Hands the input in, no faster than asked and never past a step that has not been taken. */
async function feed(
  client: Client,
  input: string,
  total: number,
  seconds: number,
  steps: Steps,
  handedIn: (firstSeq: number, bodies: readonly Uint8Array[]) => void,
): Promise<void> {
  const started = performance.now();
  let seq = 1;
  let bodies: Uint8Array[] = [];
  const flush = (): void => {
    if (bodies.length > 0) handedIn(seq, bodies);
    for (const body of bodies) client.send(body);
    seq += bodies.length;
    bodies = [];
  };
  for await (const body of linesOf(input)) {
    bodies.push(body);
    const due = (): number =>
      Math.min(steps.allowed(), (performance.now() - started) / (seconds * 1000)) * total;
    if (bodies.length < 256 && seq + bodies.length <= due()) continue;
    // Waits for room first, so that no command is refused.
    while (client.queued + bodies.length > maxQueued) await client.drained();
    flush();
    while (seq > Math.max(1, due()) && steps.failed() === null)
      await new Promise((resolve) => setTimeout(resolve, 2));
    if (steps.failed() !== null) return;
  }
  flush();
}

/** Waits until every subscriber has everything and every replica has delivered as much as the most advanced one. */
async function settleAll(
  cluster: LocalCluster,
  recorders: readonly Recorder[],
  total: number,
): Promise<void> {
  const deadline = performance.now() + settleMs;
  for (;;) {
    const statuses = await Promise.all(cluster.config.nodes.map(({ id }) => cluster.status(id)));
    const delivered = statuses.map((status) => status?.delivered ?? -1);
    const level = Math.max(...delivered);
    if (
      recorders.every((recorder) => recorder.commands >= total && recorder.slot >= level) &&
      delivered.every((slot) => slot === level)
    )
      return;
    if (performance.now() > deadline)
      throw new Error(
        `not everybody caught up within ${settleMs / 1000} s: replicas at slots ${delivered.join(", ")}, subscribers at ${recorders.map((recorder) => recorder.slot).join(", ")}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function within<T>(ms: number, promise: Promise<T>, otherwise: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${otherwise} within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Ctrl-C ends the children too. */
function onInterrupt(cluster: LocalCluster): () => void {
  const stop = (): void => void cluster.stopAll().then(() => process.exit(130));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  return () => {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  };
}
