import type { Action, AnyEngine, Effect, Effects, Engine, EngineTypes, Event, NodeId } from "./types.ts";

/** Which action ran and what its guard had found: the label of the step. */
export interface Fired {
  readonly action: string;
  readonly found: unknown;
}

/** Picks one of what an action with `choices` might do: a number below `found.length`, which is never 0. */
export type Choose = (action: string, found: readonly unknown[]) => number;

export interface Step<T extends EngineTypes> {
  /** Empty: no action was enabled. That is an ordinary outcome, not an error. */
  readonly fired: readonly Fired[];
  readonly effects: readonly Effect<T>[];
}

/** A mistake of the engine itself, never of a peer: the process must stop. */
export class EngineFault extends Error {
  readonly code = "engine-fault";
  readonly engine: string;
  constructor(engine: string, what: string) {
    super(`engine "${engine}" ${what}`);
    this.name = "EngineFault";
    this.engine = engine;
  }
}

/** More internal steps than this after one event mean that the engine loops. */
const internalStepsMax = 100_000;

type Actions = readonly Action<EngineTypes>[];

/** The actions by what they listen to; kinds and timers are keys of their own, so that no step has to make a text. */
interface Table {
  readonly start: Actions;
  readonly commands: Actions;
  readonly message: ReadonlyMap<string, Actions>;
  readonly timeout: ReadonlyMap<string, Actions>;
  readonly internal: Actions;
}
/** Derived from the engine alone, so equal at every time: a cache, not state. */
const tables = new WeakMap<object, Table>();

function tableOf(engine: AnyEngine): Table {
  let table = tables.get(engine);
  if (table === undefined) {
    const actions = engine.actions as Actions;
    const on = (trigger: string): Actions => actions.filter((action) => action.on === trigger);
    const under = (prefix: string): ReadonlyMap<string, Actions> => {
      const triggers = actions.map((action) => action.on as string).filter((one) => one.startsWith(prefix));
      return new Map(triggers.map((trigger) => [trigger.slice(prefix.length), on(trigger)]));
    };
    table = {
      start: on("start"),
      commands: on("commands"),
      message: under("message:"),
      timeout: under("timeout:"),
      internal: on("internal"),
    };
    tables.set(engine, table);
  }
  return table;
}

function listeners(table: Table, event: Event<EngineTypes>): Actions | undefined {
  if (event.kind === "message") return table.message.get(event.message.kind);
  return event.kind === "timeout" ? table.timeout.get(event.timer) : table[event.kind];
}

/** Collects effects; copies addressed to the engine itself go to `own` and never leave. */
class Collector implements Effects<EngineTypes> {
  readonly effects: Effect<EngineTypes>[] = [];
  /** Null while there are none, as mostly. */
  own: Event<EngineTypes>[] | null = null;
  readonly #self: NodeId;
  constructor(self: NodeId) {
    this.#self = self;
  }
  persist(record: unknown): void {
    this.effects.push({ kind: "persist", record });
  }
  send(to: readonly NodeId[], message: EngineTypes["Message"]): void {
    const self = this.#self;
    if (to.includes(self)) {
      this.own ??= [];
      this.own.push({ kind: "message", from: self, message });
      const others = to.filter((node) => node !== self);
      if (others.length > 0) this.effects.push({ kind: "send", to: others, message });
    } else if (to.length > 0) this.effects.push({ kind: "send", to, message });
  }
  arm(timer: string, delayMs: number, jitterMs = 0): void {
    this.effects.push({ kind: "arm", timer, delayMs, jitterMs });
  }
  disarm(timer: string): void {
    this.effects.push({ kind: "disarm", timer });
  }
  spawn(engine: string, key: string, config: unknown): void {
    this.effects.push({ kind: "spawn", engine, key, config });
  }
  output(output: unknown): void {
    this.effects.push({ kind: "output", output });
  }
}

/**
 * One step of an engine: the first enabled action takes the event, messages to oneself follow, then internal actions run
 * until none is enabled. Changes `state` in place.
 *
 * @param choose for simulators and checkers; production leaves it out and takes what the guard found.
 * @throws EngineFault when internal actions do not come to rest, or an enabled action has no choices: a bug of the engine.
 * @example
 * const state = counter.init(config);
 * const { fired, effects } = step(counter, config, state, { kind: "start", records: [] });
 */
export function step<T extends EngineTypes>(
  engine: Engine<T>,
  config: T["Config"],
  state: T["State"],
  event: Event<T>,
  choose?: Choose,
): Step<T> {
  const table = tableOf(engine);
  const out = new Collector(engine.self(config));
  const pick = choose === undefined ? undefined : picker(engine, choose);
  const fired: Fired[] = [];
  let steps = 0;
  let next: Event<EngineTypes> | undefined = event;
  while (next !== undefined) {
    takeFirst(listeners(table, next), config, state, next, out, fired, pick);
    while (takeFirst(table.internal, config, state, next, out, fired, pick)) {
      if (++steps > internalStepsMax)
        throw new EngineFault(engine.name, `did not come to rest after ${steps} internal steps`);
    }
    next = out.own?.shift();
    if (next !== undefined && ++steps > internalStepsMax)
      throw new EngineFault(engine.name, `sent itself more than ${internalStepsMax} messages in one step`);
  }
  return { fired, effects: out.effects as Effect<T>[] };
}

type Pick = (
  action: Action<EngineTypes>,
  config: unknown,
  state: unknown,
  event: Event<EngineTypes>,
) => unknown;

function picker(engine: AnyEngine, choose: Choose): Pick {
  return (action, config, state, event) => {
    const found = action.choices!(config, state as Readonly<unknown>, event);
    if (found.length === 0)
      throw new EngineFault(engine.name, `enables "${action.name}" without a choice of what to do`);
    return found[choose(action.name, found)];
  };
}

function takeFirst(
  actions: readonly Action<EngineTypes>[] | undefined,
  config: unknown,
  state: unknown,
  event: Event<EngineTypes>,
  out: Collector,
  fired: Fired[],
  pick: Pick | undefined,
): boolean {
  if (actions === undefined) return false;
  for (const action of actions) {
    let found = action.guard(config, state as Readonly<unknown>, event);
    if (found !== null) {
      if (pick !== undefined && action.choices !== undefined) found = pick(action, config, state, event);
      action.act(config, state, found, out);
      fired.push({ action: action.name, found });
      return true;
    }
  }
  return false;
}
