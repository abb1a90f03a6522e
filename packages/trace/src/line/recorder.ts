import { encode } from "@eunomia/codec";
import { type Address, type AnyEngine, type EngineTypes, type Event, type Step, step } from "@eunomia/engine";
import { type BodyDigest, bodyDigest, type TextDigest, textDigest } from "../digest.ts";
import type { EngineRecord } from "./record.ts";
import { briefJson, toJson } from "./value.ts";

export interface EngineRecorderOptions {
  /** The time of a record; whatever clock it is. */
  readonly now: () => number;
  readonly write: (record: EngineRecord) => void;
  /** One step in so many carries a digest of the state. Default 64; 1: every step. */
  readonly stateEvery?: number;
  /** Of states. */
  readonly digest?: BodyDigest;
  /** Of long texts. */
  readonly textDigest?: TextDigest;
}

/**
 * Writes down every step that a driver takes, so that it can be taken again elsewhere.
 *
 * @example
 * const recorder = new EngineRecorder("n1", { now: wallClock, write: (record) => file.write(record) });
 * new Driver(ports, { ...options, step: recorder.step });
 */
export class EngineRecorder {
  readonly #options: EngineRecorderOptions;
  readonly #stateEvery: number;
  readonly #digest: BodyDigest;
  readonly #textDigest: TextDigest;
  #steps = 0;

  constructor(by: string, options: EngineRecorderOptions) {
    this.#options = options;
    this.#stateEvery = options.stateEvery ?? 64;
    this.#digest = options.digest ?? bodyDigest;
    this.#textDigest = options.textDigest ?? textDigest;
    options.write({ kind: "begin", v: 1, at: options.now(), by });
  }

  /** Takes a step as `step` of the engine package does. Hand it to a driver as it is. */
  readonly step = (
    { process, instance }: Address,
    engine: AnyEngine,
    config: unknown,
    state: unknown,
    event: Event<EngineTypes>,
  ): Step<EngineTypes> => {
    // Before the step: it may change what the event refers to.
    const taken = toJson(event, "event");
    const { fired, effects } = step(engine, config, state, event);
    this.#steps += 1;
    this.#options.write({
      kind: "step",
      at: this.#options.now(),
      process,
      engine: engine.name,
      instance,
      ...(event.kind === "start" && { config: toJson(config, "config") }),
      event: taken,
      fired: briefJson(fired, "fired", this.#textDigest),
      effects: briefJson(effects, "effects", this.#textDigest),
      ...(this.#steps % this.#stateEvery === 0 && { state: stateDigest(engine, state, this.#digest) }),
    });
    return { fired, effects };
  };

  /** The process ends as it should. */
  end(): void {
    this.#options.write({ kind: "end", at: this.#options.now(), steps: this.#steps });
  }
}

/** Digest of the canonical bytes of a state. */
export function stateDigest(engine: AnyEngine, state: unknown, digest: BodyDigest = bodyDigest): string {
  return digest(encode(engine.schema.state, state));
}
