import { clone } from "@eunomia/codec";
import type { Action, AnyEngine, Effects, Event } from "@eunomia/engine";
import type { Change } from "./mutant.ts";

// biome-ignore lint/suspicious/noExplicitAny: mutants reach into states and messages of seven engines
export type Any = any;
type Out = Effects<Any>;
type AnyAction = Action<Any>;

function editing(names: readonly string[], edit: (action: AnyAction) => AnyAction): Change {
  return (engine) => {
    for (const name of names)
      if (!engine.actions.some((action) => action.name === name))
        throw new Error(`engine "${engine.name}" has no action "${name}"`);
    const actions = engine.actions.map((action) =>
      names.length === 0 || names.includes(action.name) ? edit(action) : action,
    );
    return { ...engine, actions };
  };
}

/** One change after the other. */
export const both =
  (...changes: readonly Change[]): Change =>
  (engine) =>
    changes.reduce((changed, change) => change(changed), engine);

/** The actions are never enabled. */
export const without = (...names: readonly string[]): Change =>
  editing(names, (action) => ({ ...action, guard: () => null }));

/** Another effect of an action; `original` is the one it had. */
export const acting = (
  names: readonly string[],
  act: (config: Any, state: Any, found: Any, out: Out, original: AnyAction["act"]) => void,
): Change =>
  editing(names, (action) => ({
    ...action,
    act: (config, state, found, out) => act(config, state, found, out, action.act),
  }));

/** Another guard of an action; `original` asks the one it had about any event. */
export const guarding = (
  names: readonly string[],
  guard: (config: Any, state: Any, event: Any, original: (event: Event<Any>) => Any) => Any,
): Change =>
  editing(names, (action) => ({
    ...action,
    guard: (config, state, event) =>
      guard(config, state, event, (asked) => action.guard(config, state, asked)),
  }));

/** The actions see the message of their event changed. */
export const hearing = (
  names: readonly string[],
  change: (message: Any, state: Any, config: Any, from: string) => Any,
): Change =>
  guarding(names, (config, state, event, original) =>
    event.kind === "message"
      ? original({ ...event, message: change(event.message, state, config, event.from) })
      : original(event),
  );

/** Effects with some methods replaced; all others go on to `out`. */
export function passing(out: Out, over: Partial<Out>): Out {
  return {
    persist: (record) => out.persist(record),
    send: (to, message) => out.send(to, message),
    arm: (timer, delayMs, jitterMs) => out.arm(timer, delayMs, jitterMs),
    disarm: (timer) => out.disarm(timer),
    spawn: (engine, key, config) => out.spawn(engine, key, config),
    output: (output) => out.output(output),
    ...over,
  };
}

/** The effects of some actions (none named: of all) pass through `change`. */
export const emitting = (
  names: readonly string[],
  change: (out: Out, state: Any, config: Any) => Partial<Out>,
): Change =>
  acting(names, (config, state, found, out, original) =>
    original(config, state, found, passing(out, change(out, state, config))),
  );

/** Records of the kinds are not written. */
export const forgetting = (names: readonly string[], ...kinds: readonly string[]): Change =>
  emitting(names, (out) => ({
    persist: (record) => {
      if (!kinds.includes(record.kind)) out.persist(record);
    },
  }));

/** Records are written after everything else that the action says. */
export const writingLate = (...names: readonly string[]): Change =>
  acting(names, (config, state, found, out, original) => {
    const late: Any[] = [];
    original(config, state, found, passing(out, { persist: (record) => void late.push(record) }));
    for (const record of late) out.persist(record);
  });

/** Messages of the kinds are not sent. */
export const silent = (names: readonly string[], ...kinds: readonly string[]): Change =>
  emitting(names, (out) => ({
    send: (to, message) => {
      if (!kinds.includes(message.kind)) out.send(to, message);
    },
  }));

/** Outputs of the kinds are kept back. */
export const mute = (names: readonly string[], ...kinds: readonly string[]): Change =>
  emitting(names, (out) => ({
    output: (output) => {
      if (!kinds.includes(output.kind)) out.output(output);
    },
  }));

/** A restart passes over the records of the kinds. */
export const restartingWithout = (start: string, ...kinds: readonly string[]): Change =>
  guarding([start], (_config, _state, event, original) =>
    original({
      ...event,
      records: event.records.filter(({ kind }: { kind: string }) => !kinds.includes(kind)),
    }),
  );

/** A journal that is rewritten loses the records of the kinds. */
export const compactingWithout =
  (...kinds: readonly string[]): Change =>
  (engine: AnyEngine) => ({
    ...engine,
    compact: (config, state) => engine.compact(config, state).filter(({ kind }) => !kinds.includes(kind)),
  });

/** Every action sees another configuration. */
export const configured = (change: (config: Any) => Any): Change =>
  editing([], (action) => ({
    ...action,
    guard: (config, state, event) => action.guard(change(config), state, event),
    act: (config, state, found, out) => action.act(change(config), state, found, out),
  }));

/** Does something to the state before and after every action (of those named). `was` is a copy from before the action. */
export function meddling(
  names: readonly string[],
  meddle: {
    readonly before?: (state: Any, config: Any) => void;
    readonly after?: (state: Any, was: Any, config: Any, said: readonly Any[]) => void;
  },
): Change {
  return (engine) =>
    acting(names, (config, state, found, out, original) => {
      const was = meddle.after === undefined ? null : clone(engine.schema.state, state);
      const said: Any[] = [];
      meddle.before?.(state, config);
      original(
        config,
        state,
        found,
        passing(out, {
          output: (output) => {
            said.push(output);
            out.output(output);
          },
        }),
      );
      meddle.after?.(state, was, config, said);
    })(engine);
}
