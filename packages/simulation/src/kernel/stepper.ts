import { encode, equalBytes } from "@eunomia/codec";
import { type AnyEngine, type Choose, type EngineTypes, type Event, type Step, step } from "@eunomia/engine";
import type { Stream } from "../choice/stream.ts";
import { examinedStep, RuleBroken } from "../engines/examine.ts";
import type { NodeHost } from "../node/node-host.ts";
import type { Judge } from "./judge.ts";
import type { World } from "./world.ts";

/** So many of the examined steps are examined in every respect. */
const thoroughEvery = 4;

/** Messages that were sent are looked at again after so many further samples. */
const keptSamples = 64;

interface Sample {
  readonly engine: AnyEngine;
  readonly message: EngineTypes["Message"];
  readonly bytes: Uint8Array;
}

/** Takes the steps of all engines: records each, shows it to whoever looks, and examines one in so many. */
export class Stepper {
  readonly #world: World;
  readonly #judge: Judge;
  readonly #checkEvery: number;
  readonly #sched: Stream;
  readonly #processes = new Map<string, number>();
  readonly #samples: Sample[] = [];
  readonly #choose: Choose;
  readonly #choosers = new Map<AnyEngine, Choose | null>();
  #untilCheck: number;
  #examinations = 0;

  constructor(world: World, judge: Judge) {
    this.#world = world;
    this.#judge = judge;
    this.#checkEvery = world.eyes.checkEvery ?? 64;
    this.#untilCheck = this.#checkEvery;
    this.#sched = world.stream("sched");
    this.#choose = (_action, found) => this.#sched.below(found.length);
  }

  step(
    host: NodeHost,
    process: string,
    instance: string,
    engine: AnyEngine,
    config: unknown,
    state: object,
    event: Event<EngineTypes>,
  ): Step<EngineTypes> {
    const world = this.#world;
    this.#untilCheck -= 1;
    const sampled = this.#untilCheck === 0;
    let taken: Step<EngineTypes>;
    try {
      taken = sampled
        ? this.#examined(engine, config, state, event)
        : step(engine, config, state, event, this.#chooser(engine));
    } catch (error) {
      this.#blame(engine, process, error);
      throw error;
    }
    const { fired, effects } = taken;
    if (sampled) this.#sample(engine, taken);
    const whole = world.recorder.step(world.nowUs, this.#idOf(process), engine, fired, effects.length);
    if (whole) world.recorder.state(engine, state);
    world.eyes.coverage?.step(world, engine, config, state, fired, whole);
    if (world.eyes.onStep !== undefined || this.#judge.looksAtSteps) {
      const seen = {
        atMs: world.nowUs / 1000,
        node: host.node,
        process,
        engine: engine.name,
        instance,
        event,
        fired,
        effects,
        state,
        ...(whole && { digest: world.recorder.digest }),
      };
      world.eyes.onStep?.(seen, { engine, config });
      this.#judge.step(seen);
    }
    return taken;
  }

  #examined(engine: AnyEngine, config: unknown, state: object, event: Event<EngineTypes>): Step<EngineTypes> {
    this.#examinations += 1;
    const thorough = this.#examinations % thoroughEvery === 0;
    return examinedStep(engine, config, state, event, (count) => this.#sched.below(count), thorough);
  }

  /** Looks at the messages that are still kept as samples. */
  finish(): void {
    while (this.#samples.length > 0) this.#lookAgain();
  }

  /** Most engines have nothing to choose. */
  #chooser(engine: AnyEngine): Choose | undefined {
    let chooser = this.#choosers.get(engine);
    if (chooser === undefined) {
      chooser = engine.actions.some((action) => action.choices !== undefined) ? this.#choose : null;
      this.#choosers.set(engine, chooser);
    }
    return chooser ?? undefined;
  }

  #idOf(process: string): number {
    let id = this.#processes.get(process);
    if (id === undefined) {
      id = this.#processes.size;
      this.#processes.set(process, id);
    }
    return id;
  }

  #blame(engine: AnyEngine, process: string, error: unknown): void {
    if (error instanceof RuleBroken) this.#world.violated(error.rule, `${process}: ${error.message}`);
    else {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#world.violated("an engine never throws", `${process}, ${engine.name}: ${what}`);
    }
  }

  /** Messages travel by reference here and as bytes in production: nobody may change one after it was sent. */
  #sample(engine: AnyEngine, { effects }: Step<EngineTypes>): void {
    this.#untilCheck = this.#checkEvery;
    for (const effect of effects) {
      if (effect.kind !== "send") continue;
      const { message } = effect;
      this.#samples.push({ engine, message, bytes: encode(engine.schema.message, message) });
      if (this.#samples.length > keptSamples) this.#lookAgain();
      break;
    }
  }

  #lookAgain(): void {
    const { engine, message, bytes } = this.#samples.shift()!;
    if (!equalBytes(bytes, encode(engine.schema.message, message)))
      this.#world.violated(
        "messages are not changed after they were sent",
        `${engine.name}: ${message.kind}`,
      );
  }
}
