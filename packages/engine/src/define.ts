import type { Action, Effects, EngineTypes, NodeId } from "./types.ts";

type MessageOf<T extends EngineTypes, K> = Extract<T["Message"], { readonly kind: K }>;
type Act<T extends EngineTypes, F> = (
  config: T["Config"],
  state: T["State"],
  found: F,
  out: Effects<T>,
) => void;

/** Typed makers of actions, one per kind of trigger: the guard sees just the part of the event that matters. */
export interface ActionMakers<T extends EngineTypes> {
  start<F>(
    name: string,
    guard: (config: T["Config"], state: Readonly<T["State"]>, records: readonly T["Record"][]) => F | null,
    act: Act<T, F>,
  ): Action<T>;
  commands<F>(
    name: string,
    guard: (config: T["Config"], state: Readonly<T["State"]>, commands: readonly T["Command"][]) => F | null,
    act: Act<T, F>,
  ): Action<T>;
  message<K extends T["Message"]["kind"], F>(
    kind: K,
    name: string,
    guard: (
      config: T["Config"],
      state: Readonly<T["State"]>,
      message: MessageOf<T, K>,
      from: NodeId,
    ) => F | null,
    act: Act<T, F>,
  ): Action<T>;
  timeout<F>(
    timer: T["Timer"],
    name: string,
    guard: (config: T["Config"], state: Readonly<T["State"]>) => F | null,
    act: Act<T, F>,
  ): Action<T>;
  internal<F>(
    name: string,
    guard: (config: T["Config"], state: Readonly<T["State"]>) => F | null,
    act: Act<T, F>,
  ): Action<T>;
}

/**
 * Makers of the actions of one engine.
 *
 * @example
 * const on = actionsOf<Counter>();
 * const actions = [on.message("add", "add", (config, state, message) => message.by, (config, state, by, out) => { state.sum += by; })];
 */
export function actionsOf<T extends EngineTypes>(): ActionMakers<T> {
  return {
    start: (name, guard, act) => ({
      name,
      on: "start",
      guard: (config, state, event) => (event.kind === "start" ? guard(config, state, event.records) : null),
      act: act as Act<T, unknown>,
    }),
    commands: (name, guard, act) => ({
      name,
      on: "commands",
      guard: (config, state, event) =>
        event.kind === "commands" ? guard(config, state, event.commands) : null,
      act: act as Act<T, unknown>,
    }),
    message: (kind, name, guard, act) => ({
      name,
      on: `message:${kind}`,
      guard: (config, state, event) =>
        event.kind === "message" && event.message.kind === kind
          ? guard(config, state, event.message as MessageOf<T, typeof kind>, event.from)
          : null,
      act: act as Act<T, unknown>,
    }),
    timeout: (timer, name, guard, act) => ({
      name,
      on: `timeout:${timer}`,
      guard: (config, state, event) =>
        event.kind === "timeout" && event.timer === timer ? guard(config, state) : null,
      act: act as Act<T, unknown>,
    }),
    internal: (name, guard, act) => ({
      name,
      on: "internal",
      guard: (config, state) => guard(config, state),
      act: act as Act<T, unknown>,
    }),
  };
}
