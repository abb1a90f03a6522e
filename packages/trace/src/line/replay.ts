import { type AnyEngine, type EngineTypes, type Event, step } from "@eunomia/engine";
import { type BodyDigest, bodyDigest, type TextDigest, textDigest } from "../digest.ts";
import type { EngineRecord, StepRecord } from "./record.ts";
import { stateDigest } from "./recorder.ts";
import { briefJson, fromJson, type Json } from "./value.ts";

/** The first place where a replay went another way than the trace. */
export interface ReplayDifference {
  /** Which record it was, from 1. */
  readonly record: number;
  readonly process: string;
  readonly engine: string;
  readonly part: "start" | "engine" | "event" | "fired" | "effects" | "state";
  readonly expected: string;
  readonly got: string;
}

export interface ReplayReport {
  /** All records were taken again, with the same effects, and no life ended unframed. */
  readonly ok: boolean;
  readonly records: number;
  readonly steps: number;
  /** Steps in which some action fired. */
  readonly firing: number;
  /** Digests of states that were compared. */
  readonly states: number;
  readonly lives: number;
  /** Lives without an end: what they did last may be missing. */
  readonly cutLives: number;
  readonly difference: ReplayDifference | null;
}

export interface ReplayOptions {
  /** The engine that took the step; null: there is none of that name. */
  readonly engineOf: (record: StepRecord) => AnyEngine | null;
  /** As the recorder had it. */
  readonly digest?: BodyDigest;
  readonly textDigest?: TextDigest;
}

interface Running {
  readonly engine: AnyEngine;
  readonly config: unknown;
  readonly state: unknown;
}

/**
 * Takes the steps of a trace again: the same engines, fed the same events, must fire the same actions with the same effects,
 * and come to the same states. Feed the records of one process in order; `report` says what came of it.
 *
 * @example
 * const replay = new EngineReplay({ engineOf: ({ engine }) => engines.get(engine) ?? null });
 * for await (const record of readEngineTrace(path)) if (!replay.feed(record)) break;
 * if (!replay.report().ok) throw new Error(formatReplay(replay.report()));
 */
export class EngineReplay {
  readonly #options: ReplayOptions;
  readonly #digest: BodyDigest;
  readonly #running = new Map<string, Running>();
  #records = 0;
  #steps = 0;
  #firing = 0;
  #states = 0;
  #lives = 0;
  #cutLives = 0;
  #isOpen = false;
  #difference: ReplayDifference | null = null;

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#digest = options.digest ?? bodyDigest;
  }

  /** False: the record differs, or an earlier one did; nothing more is taken. */
  feed(record: EngineRecord): boolean {
    if (this.#difference !== null) return false;
    this.#records += 1;
    if (record.kind === "begin") {
      if (this.#isOpen) this.#cutLives += 1;
      this.#isOpen = true;
      this.#lives += 1;
      this.#running.clear();
    } else if (record.kind === "end") this.#isOpen = false;
    else this.#step(record);
    return this.#difference === null;
  }

  report(): ReplayReport {
    const cutLives = this.#cutLives + Number(this.#isOpen);
    return {
      ok: this.#difference === null && cutLives === 0 && this.#steps > 0,
      records: this.#records,
      steps: this.#steps,
      firing: this.#firing,
      states: this.#states,
      lives: this.#lives,
      cutLives,
      difference: this.#difference,
    };
  }

  #step(record: StepRecord): void {
    this.#steps += 1;
    let event: Event<EngineTypes>;
    try {
      event = fromJson(record.event) as Event<EngineTypes>;
    } catch (error) {
      return this.#differs(record, "event", "an event", (error as Error).message);
    }
    const running = this.#runningOf(record, event);
    if (running === null) return;
    const { engine, config, state } = running;
    try {
      const { fired, effects } = step(engine, config, state, event);
      if (fired.length > 0) this.#firing += 1;
      this.#compare(record, "fired", record.fired, fired);
      this.#compare(record, "effects", record.effects, effects);
      if (record.state === undefined) return;
      this.#states += 1;
      const digest = stateDigest(engine, state, this.#digest);
      if (digest !== record.state) this.#differs(record, "state", record.state, digest);
    } catch (error) {
      this.#differs(record, "event", "an event that the engine takes", (error as Error).message);
    }
  }

  #runningOf(record: StepRecord, event: Event<EngineTypes>): Running | null {
    const key = JSON.stringify([record.process, record.instance]);
    if (event.kind !== "start") {
      const running = this.#running.get(key);
      if (running?.engine.name === record.engine) return running;
      this.#differs(record, "start", "a start of the engine before its first step", event.kind);
      return null;
    }
    const engine = this.#options.engineOf(record);
    if (engine?.name !== record.engine || record.config === undefined) {
      this.#differs(record, "engine", `${record.engine} with a configuration`, engine?.name ?? "none");
      return null;
    }
    const config = fromJson(record.config);
    const running = { engine, config, state: engine.init(config) };
    this.#running.set(key, running);
    return running;
  }

  #compare(record: StepRecord, part: "fired" | "effects", written: Json, taken: unknown): void {
    const expected = JSON.stringify(written);
    const got = JSON.stringify(briefJson(taken, part, this.#options.textDigest ?? textDigest));
    if (expected !== got) this.#differs(record, part, expected, got);
  }

  #differs(record: StepRecord, part: ReplayDifference["part"], expected: string, got: string): void {
    const { process, engine } = record;
    this.#difference ??= { record: this.#records, process, engine, part, expected, got };
  }
}

/** A report for people: one line, and the first difference. */
export function formatReplay(report: ReplayReport): string {
  const { ok, steps, firing, states, lives, cutLives, difference } = report;
  const counts = `${steps} steps (${firing} fired something, ${states} digests of states) in ${lives} lives, ${cutLives} of them cut`;
  if (difference === null) return `${ok ? "accepted" : "not complete"}: ${counts}`;
  const { record, process, engine, part, expected, got } = difference;
  const short = (text: string): string => (text.length > 400 ? `${text.slice(0, 400)}…` : text);
  return `refused at record ${record}, ${engine} at ${process}: another ${part}\n  in the trace ${short(expected)}\n  in the replay ${short(got)}\n${counts}`;
}
