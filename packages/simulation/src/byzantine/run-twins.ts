import type { AnyEngine, EngineTypes, Event, NodeId } from "@eunomia/engine";
import { step } from "@eunomia/engine";
import type { TwinsEnd, TwinsRound } from "./twins-scenarios.ts";

/** What twins are run of: one unmodified engine per node. */
export interface TwinsSubject {
  /** The engine of a node and its configuration; copies get the same. */
  engineOf(node: NodeId): { readonly engine: AnyEngine; readonly config: unknown };
  /**
   * What a copy of the leader of a round is asked to do, from 0 on: copies of one node may be asked for different things. An
   * empty list: nothing.
   */
  commands(round: number, leader: NodeId, copy: number): readonly unknown[];
  /** So often in each round, when no message is left, every armed timer fires once. Default 0. */
  readonly timeouts?: number;
}

/** What became of a scenario, outputs in order. */
export interface TwinsRun {
  readonly outputs: readonly (TwinsEnd & { readonly round: number; readonly output: unknown })[];
  readonly steps: number;
  /** Messages that were lost between blocks. */
  readonly lost: number;
  /** The engines did not come to rest, and were stopped. */
  readonly endless: boolean;
}

/** One step of a copy, for whoever looks on. */
export interface TwinsStep extends TwinsEnd {
  readonly round: number;
  readonly event: Event<EngineTypes>;
  readonly effects: readonly unknown[];
}

/** More steps than this in one scenario: the engines talk for ever. */
const stepsMax = 20_000;

interface Runner extends TwinsEnd {
  readonly engine: AnyEngine;
  readonly config: unknown;
  readonly state: unknown;
  readonly armed: Set<string>;
  block: number;
}

/**
 * One scenario on the engines alone: no time, no disks, messages in order, those to another block are lost. Everything of a round
 * happens before the next begins. Interleavings within a round are not searched: `simulate` draws them, with `twins`.
 *
 * @param onStep sees every step.
 * @example
 * const { outputs } = runTwins({ engineOf, commands: (round, _leader, copy) => [{ slot: round, value: `v${copy}` }] }, rounds);
 */
export function runTwins(
  subject: TwinsSubject,
  rounds: readonly TwinsRound[],
  onStep?: (step: TwinsStep) => void,
): TwinsRun {
  const run = new Run(subject, rounds[0]?.partition.flat() ?? [], onStep);
  for (const [at, round] of rounds.entries()) run.round(at, round);
  return { outputs: run.outputs, steps: run.steps, lost: run.lost, endless: run.endless };
}

class Run {
  readonly outputs: (TwinsEnd & { round: number; output: unknown })[] = [];
  steps = 0;
  lost = 0;
  endless = false;
  readonly #subject: TwinsSubject;
  readonly #onStep: ((step: TwinsStep) => void) | undefined;
  readonly #runners: readonly Runner[];
  readonly #queue: { readonly to: Runner; readonly event: Event<EngineTypes> }[] = [];
  #round = 0;

  constructor(subject: TwinsSubject, ends: readonly TwinsEnd[], onStep?: (step: TwinsStep) => void) {
    this.#subject = subject;
    this.#onStep = onStep;
    this.#runners = ends.map((end) => {
      const { engine, config } = subject.engineOf(end.node);
      return { ...end, engine, config, state: engine.init(config), armed: new Set<string>(), block: 0 };
    });
  }

  round(at: number, { leader, partition }: TwinsRound): void {
    this.#round = at;
    for (const [block, ends] of partition.entries())
      for (const { node, copy } of ends)
        this.#runners.find((one) => one.node === node && one.copy === copy)!.block = block;
    // Blocks are known before the first step, whose messages are under them too.
    if (at === 0) for (const runner of this.#runners) this.#take(runner, { kind: "start", records: [] });
    for (const runner of this.#runners) {
      const commands = runner.node === leader ? this.#subject.commands(at, leader, runner.copy) : [];
      if (commands.length > 0) this.#take(runner, { kind: "commands", commands });
    }
    this.#deliver();
    for (let turn = 0; turn < (this.#subject.timeouts ?? 0); turn += 1) {
      for (const runner of this.#runners)
        for (const timer of [...runner.armed])
          if (runner.armed.delete(timer)) this.#take(runner, { kind: "timeout", timer });
      this.#deliver();
    }
  }

  #deliver(): void {
    for (let at = 0; at < this.#queue.length; at += 1) {
      const { to, event } = this.#queue[at]!;
      this.#take(to, event);
    }
    this.#queue.length = 0;
  }

  #take(runner: Runner, event: Event<EngineTypes>): void {
    if (this.steps >= stepsMax) this.endless = true;
    if (this.endless) return;
    this.steps += 1;
    const { effects } = step(runner.engine, runner.config, runner.state, event);
    const { node, copy } = runner;
    this.#onStep?.({ node, copy, round: this.#round, event, effects });
    for (const effect of effects) {
      if (effect.kind === "output")
        this.outputs.push({ node, copy, round: this.#round, output: effect.output });
      else if (effect.kind === "arm") runner.armed.add(effect.timer);
      else if (effect.kind === "disarm") runner.armed.delete(effect.timer);
      else if (effect.kind === "send")
        this.#send(runner, effect.to, effect.message as EngineTypes["Message"]);
    }
  }

  #send(from: Runner, names: readonly NodeId[], message: EngineTypes["Message"]): void {
    for (const to of this.#runners) {
      if (to === from || !names.includes(to.node)) continue;
      if (to.block === from.block)
        this.#queue.push({ to, event: { kind: "message", from: from.node, message } });
      else this.lost += 1;
    }
  }
}
