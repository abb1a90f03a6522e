import { mkdirSync, readFileSync } from "node:fs";
import { cpus, loadavg, platform, release } from "node:os";
import { join } from "node:path";
import { TraceWriter } from "@eunomia/trace/file";
import { judgeTraces } from "../demo/judge.ts";
import { Recorder } from "../demo/subscriber.ts";
import { LocalCluster } from "../local/cluster.ts";
import { Controller } from "../local/control.ts";
import { wallClock } from "../node/trace.ts";
import { bounded, trends } from "./findings.ts";
import { Load } from "./load.ts";
import { type Planned, plan } from "./plan.ts";
import { levelAtEnd, patienceMs, pause, wholeAgain } from "./recovery.ts";
import type { Course, Performed, SoakReport } from "./report.ts";
import { Samples } from "./samples.ts";
import { strikers, type Target, veteran } from "./strikes.ts";
import { Surroundings } from "./surroundings.ts";

export interface SoakOptions {
  /** How long, and with troubles of some seconds; or so many whole rounds of short ones. */
  readonly length: { readonly seconds: number } | { readonly rounds: number };
  readonly seed: number;
  readonly directory: string;
  /** Values written per second, and their mean size. */
  readonly rate: number;
  readonly valueBytes: number;
  /** Why troubles are only pretended, where they are. */
  readonly pretended: string;
  /** Hears what happens. */
  say(line: string): void;
}

const initialNodes = ["n1", "n2", "n3", "n4"];
/** The node on a disk of its own. There is room for what it may keep, not for much more; in a short run it keeps less. */
const smallDisk = (short: boolean) => ({ node: "n4", bytes: (short ? 160 : 640) << 20 });
const sparesMost = 6;
const subscriber = "subscriber";

/**
 * Runs a cluster of real processes with clients, and gives it one trouble after the other. What it finds is in the report.
 *
 * @throws what cannot be set up. Troubles that the cluster does not get over end the run, and stand in the report.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  mkdirSync(options.directory, { recursive: true });
  const spares = Array.from({ length: sparesMost }, (_, i) => `n${initialNodes.length + 1 + i}`);
  const short = "rounds" in options.length;
  const disk = smallDisk(short);
  const surroundings = await Surroundings.open([...initialNodes, ...spares], disk, options.pretended);
  const ears: { ended(id: string, how: string): void } = { ended: () => {} };
  const cluster = await LocalCluster.create({
    directory: options.directory,
    nodes: initialNodes.length,
    places: surroundings.places.slice(0, initialNodes.length),
    ...surroundings.within,
    f: 1,
    initial: options.seed % 2 === 0 ? "two-thirds" : "paxos",
    protocols: { "two-thirds": {}, paxos: {} },
    mode: (options.seed >>> 1) % 2 === 0 ? "cut" : "window",
    alpha: 4,
    fifo: true,
    application: "kv",
    checkpointSlots: short ? 200 : 1000,
    trace: true,
    troubles: true,
    onUnexpectedExit: (id, _pid, how) => ears.ended(id, how),
  });
  const stop = (signal: string): void => {
    options.say(`${signal}: ended without a report`);
    void cluster.stopAll().then(() => process.exit(130));
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    await surroundings.attach(cluster);
    await cluster.startAll();
    const run = new Soak(options, cluster, surroundings);
    ears.ended = (id, how) => run.ended(id, how);
    return await run.perform();
  } finally {
    await cluster.stopAll();
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

class Soak {
  readonly #options: SoakOptions;
  readonly #cluster: LocalCluster;
  readonly #surroundings: Surroundings;
  readonly #load: Load;
  readonly #trace: TraceWriter;
  readonly #samples = new Samples();
  readonly #performed: Performed[] = [];
  readonly #alarms: string[] = [];
  readonly #histories: string[] = [];
  readonly #course = { at: [] as number[], answered: [] as number[], tookMs: [] as number[] };
  readonly #everybody: Set<string>;
  #operations = 0;
  readonly #began = performance.now();
  #diskTrouble = false;
  #recorder: Recorder | null = null;

  constructor(options: SoakOptions, cluster: LocalCluster, surroundings: Surroundings) {
    this.#options = options;
    this.#cluster = cluster;
    this.#surroundings = surroundings;
    const { rate, valueBytes } = options;
    this.#load = new Load({ cluster, rate, valueBytes });
    this.#trace = new TraceWriter(join(cluster.directory, "soak.trace.jsonl"));
    this.#everybody = new Set(cluster.config.nodes.map(({ id }) => id));
  }

  get #elapsed(): number {
    return (performance.now() - this.#began) / 1000;
  }

  /** A node has ended by itself: as it should for want of room, else never. */
  ended(id: string, how: string): void {
    this.#trace.write({ kind: "crash", at: wallClock(), who: id });
    const words = this.#lastWords(id);
    if (this.#diskTrouble && words.includes("ENOSPC")) return this.#options.say(`${id} ended: ${words}`);
    this.#alarms.push(`${id} ended by itself (${how}): ${words}`);
  }

  /** What the node's log says last. */
  #lastWords(id: string): string {
    const lines = readFileSync(join(this.#cluster.directory, `${id}.log`), "utf8")
      .trim()
      .split("\n");
    return lines.at(-1) ?? "";
  }

  async perform(): Promise<SoakReport> {
    const sampling = this.#sample();
    try {
      await this.#carryThrough();
    } catch (error) {
      this.#alarms.push(`the run ended early: ${(error as Error).message}`);
      await this.#load.leave();
      await this.#surroundings.heal();
    } finally {
      clearInterval(sampling);
    }
    return this.#judge();
  }

  async #carryThrough(): Promise<void> {
    const { length, seed, say } = this.#options;
    const { config, secrets } = this.#cluster;
    const { places } = this.#surroundings;
    this.#recorder = await Recorder.open({
      config,
      clientSecret: secrets.clients,
      addresses: places,
      self: subscriber,
      nodes: places.map(({ id }) => id),
      output: "/dev/null",
      traceFile: join(this.#cluster.directory, `${subscriber}.trace.jsonl`),
      onAlarm: (what) => this.#alarms.push(`${subscriber}: ${what}`),
    });
    const seconds = "seconds" in length ? length.seconds : Number.POSITIVE_INFINITY;
    const short = "rounds" in length;
    const rounds = plan({
      seed,
      holdMs: short ? [300, 900] : [1000, 6000],
      replaceEvery: short ? 1 : Math.max(1, Math.ceil(seconds / 60 / sparesMost)),
    });
    const controller = new Controller(this.#cluster, this.#trace);
    let members = config.nodes;
    const spares = [...places.slice(config.nodes.length)];
    for (let done = 0; short ? done < length.rounds : this.#elapsed < seconds; done += 1) {
      const client = await this.#load.open(members);
      const target: Target = {
        cluster: this.#cluster,
        surroundings: this.#surroundings,
        trace: this.#trace,
        members,
        spares,
        controller,
        client,
      };
      for (const planned of rounds.next().value) {
        await this.#strike(target, planned);
        await pause(short ? 200 : 1500);
        if (this.#elapsed >= seconds) break;
      }
      members = target.members;
      await this.#load.close(patienceMs);
      this.#operations += this.#load.history.done;
      this.#load.history.done = 0;
      const verdict = this.#load.history.judge();
      if (verdict.kind !== "ok") this.#histories.push(verdict.detail);
      say(`${this.#elapsed.toFixed(0)} s  all is answered; ${verdict.detail}`);
    }
    await levelAtEnd(this.#cluster, members, () => this.#recorder!.slot);
    this.#trace.write({ kind: "quiesced", at: wallClock() });
  }

  async #strike(target: Target, planned: Planned): Promise<void> {
    const { kind } = planned;
    this.#diskTrouble = kind === "full disk";
    const atSeconds = this.#elapsed;
    const strike = await strikers[kind](target, planned);
    for (const { id } of target.members) this.#everybody.add(id);
    await pause(planned.holdMs);
    const answered = this.#load.answered;
    const over = performance.now();
    await strike.end();
    await this.#surroundings.heal();
    await wholeAgain(this.#cluster, target.members, kind, () => this.#load.answered > answered);
    const recoveredSeconds = (performance.now() - over) / 1000;
    this.#performed.push({ kind, what: strike.what, atSeconds, heldMs: planned.holdMs, recoveredSeconds });
    this.#options.say(
      `${atSeconds.toFixed(0).padStart(5)} s  ${kind}: ${strike.what}; whole again ${recoveredSeconds.toFixed(1)} s after it`,
    );
  }

  #sample(): NodeJS.Timeout {
    const everyMs = "rounds" in this.#options.length ? 200 : 1000;
    let answered = 0;
    let count = 0;
    return setInterval(() => {
      const at = this.#elapsed;
      count += 1;
      for (const id of this.#everybody) {
        const pid = this.#cluster.pid(id);
        if (pid !== undefined) this.#samples.take(at, id, pid);
        if (pid !== undefined && count % 5 === 0)
          this.#samples.takeFolder(at, id, this.#cluster.dataDirectory(id));
      }
      const { tookMs } = this.#load.history;
      this.#course.at.push(at);
      this.#course.answered.push(((this.#load.answered - answered) * 1000) / everyMs);
      this.#course.tookMs.push(Math.max(0, ...tookMs.splice(0)));
      answered = this.#load.answered;
    }, everyMs);
  }

  async #judge(): Promise<SoakReport> {
    const seconds = this.#elapsed;
    await this.#recorder?.close();
    await this.#cluster.stopAll();
    this.#load.end();
    this.#trace.close();
    const { directory } = this.#cluster;
    const nodes = [...this.#everybody];
    const traces = ["clients", "soak", subscriber].map((who) => join(directory, `${who}.trace.jsonl`));
    const judgement = await judgeTraces(
      [...nodes.map((id) => this.#cluster.traceFile(id)), ...traces],
      nodes,
      [subscriber],
    );
    const found = trends(this.#samples.lives, veteran, seconds);
    const stored = bounded(this.#samples.stored, this.#load.handedInBytes);
    const course: Course = this.#course;
    const good =
      this.#alarms.length === 0 &&
      this.#histories.length === 0 &&
      judgement.ok &&
      found.every(({ verdict }) => verdict !== "grows") &&
      stored.verdict !== "exceeded";
    return {
      verdict: good ? "ok" : "failed",
      seed: this.#options.seed,
      seconds,
      date: new Date().toISOString(),
      machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, ${platform()} ${release()}, Node ${process.version}`,
      loadAverage: loadavg()[1]!,
      directory,
      means: this.#surroundings.means,
      troubles: this.#performed,
      answered: this.#load.answered,
      properties: judgement.verdicts.map(({ property, kind, detail }) => ({ property, kind, detail })),
      counts: judgement.counts,
      linearizability: {
        operations: this.#operations,
        verdict: this.#histories.length === 0 ? "ok" : "violated",
        details: this.#histories,
      },
      trends: found,
      stored,
      alarms: this.#alarms,
      course,
      lives: this.#samples.lives,
      storedCourse: Object.fromEntries(this.#samples.stored),
    };
  }
}
