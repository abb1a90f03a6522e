import { type AnyEngine, type Effect, type EngineTypes, type Event, step } from "@eunomia/engine";
import type { VectorEffect, VectorInput, VectorProcess } from "./types.ts";

/** How one engine plays one process of a vector. */
export interface EngineProcessOptions<T extends EngineTypes> {
  readonly config: T["Config"];
  /**
   * The events an input stands for, in order; none: the input means nothing to this engine. For a message with `input.real`
   * the default is right: the very message another engine of the run had sent.
   */
  toEvents(input: VectorInput): readonly Event<T>[];
  /** The compared effects one effect stands for; empty for those that vectors do not compare (persist and timers never reach it). */
  fromEffect(effect: Exclude<Effect<T>, { kind: "persist" | "arm" | "disarm" }>): readonly VectorEffect[];
  project(state: Readonly<T["State"]>): Readonly<Record<string, unknown>>;
}

/**
 * Lets one engine play one process: keeps its durable records, steps it, translates. A `send` effect that `fromEffect` maps
 * without `real` is delivered by its abstract message through `toEvents`.
 *
 * @example
 * const p0 = engineProcess(toyEngine, { config, toEvents, fromEffect, project: (state) => ({ sum: state.sum }) });
 */
export function engineProcess(
  engine: AnyEngine,
  // biome-ignore lint/suspicious/noExplicitAny: the runner treats the types of an engine as opaque
  options: EngineProcessOptions<any>,
): VectorProcess {
  const { config } = options;
  let state: unknown;
  let records: unknown[] = [];
  const take = (event: Event<EngineTypes>): VectorEffect[] => {
    const out: VectorEffect[] = [];
    for (const effect of step(engine, config, state, event as never)
      .effects as readonly Effect<EngineTypes>[]) {
      if (effect.kind === "persist") records = [...records, effect.record];
      else if (effect.kind !== "arm" && effect.kind !== "disarm") {
        const mapped = options.fromEffect(effect);
        for (const one of mapped)
          out.push(
            one.kind === "send" && one.real === undefined && effect.kind === "send"
              ? { ...one, real: effect.message }
              : one,
          );
      }
    }
    return out;
  };
  const start = (): VectorEffect[] => {
    state = engine.init(config);
    return take({ kind: "start", records });
  };
  start();
  return {
    step: (input) => {
      if (input.kind === "message" && input.real !== undefined)
        return take({
          kind: "message",
          from: input.message.from ?? "?",
          message: input.real as EngineTypes["Message"],
        });
      return options.toEvents(input).flatMap(take as (event: unknown) => VectorEffect[]);
    },
    crash: () => {
      state = undefined;
    },
    restart: start,
    project: () => options.project(state as Readonly<object>),
  };
}
