import { mkdirSync } from "node:fs";
import { cpus, platform, release } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { jointPromise } from "@eunomia/joint-slots";
import { worstCase } from "@eunomia/learner-graph";
import { draws } from "../draws.ts";
import { Latencies } from "../load/latencies.ts";
import { freePorts } from "../local/ports.ts";
import { nodeProgram } from "../local/program.ts";
import { wallClock } from "../node/trace.ts";
import { Children, ValidatorEnded } from "./children.ts";
import { judgeRun } from "./judge.ts";
import { makeKeys } from "./keys.ts";
import type { MultichainReport, Spread, Step } from "./report.ts";
import { folderOf, readSetup, writeSetup } from "./setup.ts";
import { type Chain, cast, chains } from "./stake.ts";
import type { Order, Told } from "./told.ts";
import { Transfers } from "./transfers.ts";

export interface MultichainOptions {
  /** Transfers to make. */
  readonly transfers: number;
  /** At most so many seconds from the first transfer on. */
  readonly seconds: number;
  readonly seed: number;
  /** Blue believes of every joint block that nothing moves in it: a judge must find that out. */
  readonly broken: boolean;
  /** Where keys, journals, logs and the report go. */
  readonly directory: string;
  readonly say: (text: string) => void;
}

/** An order of which nothing has come in so long is given again, milliseconds. */
const againMs = 4000;
/** On each chain an asset is given to somebody else so often, milliseconds. */
const giftMs = 1000;
/** Which part of the transfers is done when the sleeper is killed, and after how many seconds it comes back. */
const sleep = { from: 0.2, seconds: 3 } as const;
const pollMs = 25;
/** How long validators may take to start, and to say at the end what they hold, milliseconds. */
const startMs = 60_000;
const claimMs = 3000;

/** Two chains of real processes move assets, while one validator lies and another is killed. Answers the verdict. */
export async function multichain(options: MultichainOptions): Promise<MultichainReport> {
  const { directory, seed, broken } = options;
  mkdirSync(directory, { recursive: true });
  const { validators, laws, roles } = cast(seed);
  const promise = jointPromise(laws.joint, chains);
  const ids = validators.map(({ id }) => id);
  const ports = await freePorts(ids.length);
  writeSetup(directory, {
    cluster: `multichain-${seed}`,
    seed,
    genesis: Math.floor(wallClock()),
    validators: validators.map((one, i) => ({ ...one, port: ports[i]! })),
    publicKeys: makeKeys((id) => folderOf(directory, id), ids),
    roles,
    broken,
  });
  const run = new Run(options, await nodeProgram(directory, "multichain/main.ts"), ids);
  const release = onInterrupt(run);
  try {
    await run.start();
    await run.perform();
  } finally {
    await run.stop();
    release();
  }
  return await run.report(promise.warning);
}

class Run {
  readonly #options: MultichainOptions;
  readonly #ids: readonly string[];
  readonly #children: Children;
  readonly #transfers: Transfers;
  readonly #setup;
  readonly #next;
  readonly #steps: Step[] = [];
  readonly #alarms: string[] = [];
  readonly #stuck = new Set<string>();
  readonly #guilty = new Set<string>();
  readonly #decided = { red: new Latencies(), blue: new Latencies() };
  readonly #claims = new Map<string, Extract<Told, { kind: "claim" }>>();
  #began = 0;

  constructor(options: MultichainOptions, program: string, ids: readonly string[]) {
    this.#options = options;
    this.#ids = ids;
    this.#setup = readSetup(options.directory);
    this.#next = draws(options.seed);
    this.#transfers = new Transfers(options.transfers, options.seed, againMs);
    this.#children = new Children(
      program,
      options.directory,
      (id, told) => this.#hear(id, told),
      (error) => this.#alarms.push(error.message),
    );
  }

  get #seconds(): number {
    return (wallClock() - this.#began) / 1000;
  }

  #step(title: string): void {
    this.#steps.push({ title, atSeconds: this.#seconds });
    this.#options.say(`${this.#seconds.toFixed(1).padStart(5)} s  ${title}`);
  }

  async start(): Promise<void> {
    this.#began = wallClock();
    const started = new AbortController();
    const late = pause(startMs, null, { signal: started.signal }).then(() => {
      throw new ValidatorEnded(
        `not all validators started within ${startMs / 1000} s: see ${this.#options.directory}`,
      );
    });
    await Promise.race([Promise.all(this.#ids.map((id) => this.#children.start(id))), late]);
    started.abort();
    const places = this.#ids.map((id) => `${id} (process ${this.#children.pid(id)})`);
    this.#step(`${this.#ids.length} validators are up: ${places.join(", ")}`);
  }

  stop(): Promise<void> {
    return this.#children.stopAll();
  }

  #hear(id: string, told: Told): void {
    switch (told.kind) {
      case "height":
        if (told.tookMs !== null) this.#decided[told.chain].add(told.tookMs);
        return;
      case "slot":
        return this.#hearSlot(told);
      case "evidence": {
        const name = `${told.signer} ${told.law} ${told.slot}`;
        if (!this.#guilty.has(name))
          this.#step(
            `${told.signer} is caught by ${id}: two messages after one, ${told.law} slot ${told.slot}`,
          );
        this.#guilty.add(name);
        return;
      }
      case "stuck":
        this.#stuck.add(`${told.law} slot ${told.slot}: no ballot can serve ${told.learner}`);
        return;
      case "alarm":
        this.#alarms.push(`${id}: ${told.what}`);
        return;
      case "claim":
        this.#claims.set(`${id} ${told.chain}`, told);
    }
  }

  #hearSlot(told: Extract<Told, { kind: "slot" }>): void {
    for (const { key, from, to, slot } of this.#transfers.heard(told))
      this.#options.say(
        `${this.#seconds.toFixed(1).padStart(5)} s  ${key} moved from ${from} to ${to} in joint slot ${slot} (${this.#transfers.done.length} of ${this.#transfers.wanted})`,
      );
  }

  /** Hands an order to a validator of its chain, whichever comes next. */
  #give(order: Order): void {
    const { acceptors } = this.#setup.laws[order.chain];
    const up = acceptors.filter((id) => this.#children.pid(id) !== undefined);
    this.#children.ask(up[this.#next() % up.length]!, { kind: "order", order });
  }

  async perform(): Promise<void> {
    await this.#mint(this.#seconds + startMs / 1000);
    const deadline = this.#seconds + this.#options.seconds;
    const sleeper = this.#sleeperSteps();
    let gifts = 0;
    while (!this.#isOver(sleeper.isOver()) && this.#seconds < deadline && this.#alarms.length === 0) {
      for (const order of this.#transfers.due(wallClock())) this.#give(order);
      if (this.#seconds * 1000 > gifts * giftMs) {
        gifts = Math.ceil((this.#seconds * 1000) / giftMs) + 1;
        for (const chain of chains) this.#gift(chain);
      }
      await sleeper.go();
      await pause(pollMs);
    }
    this.#step(`${this.#transfers.done.length} of ${this.#transfers.wanted} transfers are done`);
    await this.#askForClaims();
  }

  /** All is done once everything has moved, the sleeper is back, and the traitor has been caught. */
  #isOver(sleeperIsBack: boolean): boolean {
    const { done, wanted } = this.#transfers;
    return done.length >= wanted && sleeperIsBack && this.#guilty.size > 0;
  }

  #gift(chain: Chain): void {
    const order = this.#transfers.gift(chain);
    if (order !== null) this.#give(order);
  }

  async #mint(deadline: number): Promise<void> {
    const [id] = this.#ids;
    for (;;) {
      if (this.#seconds >= deadline) return;
      const missing = this.#transfers
        .mints()
        .filter(({ chain, key }) => this.#claims.get(`${id} ${chain}`)?.held[key] === undefined);
      if (missing.length === 0) return;
      for (const order of missing) this.#give(order);
      for (let waited = 0; waited < 1000; waited += 100) {
        this.#children.ask(id!, { kind: "claim" });
        await pause(100);
      }
    }
  }

  /** The sleeper is killed and comes back, each once enough has moved. */
  #sleeperSteps() {
    const { sleeper } = this.#setup.roles;
    let at: "awake" | "asleep" | "back" = "awake";
    let since = 0;
    return {
      isOver: () => at === "back",
      go: async (): Promise<void> => {
        const part = this.#transfers.done.length / this.#transfers.wanted;
        if (at === "awake" && part >= sleep.from) {
          at = "asleep";
          since = this.#seconds;
          await this.#children.kill(sleeper);
          this.#step(`${sleeper} is killed (SIGKILL)`);
        } else if (at === "asleep" && this.#seconds - since >= sleep.seconds) {
          at = "back";
          await this.#children.start(sleeper);
          this.#step(`${sleeper} is back, with its journal`);
        }
      },
    };
  }

  async #askForClaims(): Promise<void> {
    this.#claims.clear();
    for (const id of this.#ids) this.#children.ask(id, { kind: "claim" });
    const wanted = chains.reduce((sum, chain) => sum + this.#setup.laws[chain].acceptors.length, 0);
    for (let waited = 0; waited < claimMs && this.#claims.size < wanted; waited += pollMs)
      await pause(pollMs);
  }

  async report(warning: string | null): Promise<MultichainReport> {
    const { directory, seed, broken } = this.#options;
    const { validators, roles, laws } = this.#setup;
    const claims = [...this.#claims].map(([name, claim]) => ({ ...claim, by: name.split(" ")[0]! }));
    const judgement = await judgeRun(directory, this.#setup, claims);
    const { done, wanted } = this.#transfers;
    const troubles = [...this.#alarms, ...judgement.troubles, ...judgement.assets.wrongClaims];
    const seconds = (at: number): number => (at - this.#began) / 1000;
    const took = new Latencies();
    for (const { asked, done: at } of done) took.add(at - asked);
    // A run in which nothing moved says nothing.
    const good = judgement.ok && troubles.length === 0 && done.length > 0;
    return {
      verdict: good ? "ok" : "failed",
      troubles,
      seed,
      broken,
      validators: validators.map(({ id, red, blue }) => ({ id, red, blue })),
      roles,
      weakest: worstCase(laws.joint, "red", "blue").nodes ?? [],
      warning,
      judgement,
      wanted,
      transfers: done.map((one) => ({ ...one, asked: seconds(one.asked), done: seconds(one.done) })),
      latency: {
        red: spreadOf(this.#decided.red),
        blue: spreadOf(this.#decided.blue),
        transfers: spreadOf(took),
      },
      refused: refusedIn(claims),
      stuck: [...this.#stuck],
      steps: this.#steps,
      seconds: this.#seconds,
      date: new Date().toISOString(),
      machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, ${platform()} ${release()}, Node ${process.version}`,
      directory,
    };
  }
}

const spreadOf = (latencies: Latencies): Spread => ({
  count: latencies.count,
  p50: latencies.quantile(0.5),
  p99: latencies.quantile(0.99),
});

/** What all validators refused; each says it once per chain. */
function refusedIn(
  claims: readonly { readonly by: string; readonly refused: Readonly<Record<string, number>> }[],
) {
  const sums: Record<string, number> = {};
  for (const { refused } of new Map(claims.map((claim) => [claim.by, claim])).values())
    for (const [reason, count] of Object.entries(refused)) sums[reason] = (sums[reason] ?? 0) + count;
  return sums;
}

/** Ctrl-C ends the validators too. Answers how to let go of the signals. */
function onInterrupt(run: Run): () => void {
  const stop = (): void => void run.stop().then(() => process.exit(130));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  return () => {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  };
}
