import { type Effect, type EngineTypes, type Event, step } from "@eunomia/engine";
import type { Model, Seen } from "../../src/index.ts";

// The dumb search that the fast one is checked against: whole states as plain objects, copied for every step and kept as
// text. It shares nothing with the checker but the step of engines.

interface Message {
  readonly from: string;
  readonly message: unknown;
  /** Equal for equal messages. */
  readonly text: string;
}

interface Process {
  up: boolean;
  state: unknown;
  armed: string[];
  left: Record<string, number>;
  given: string[];
  records: unknown[];
  pending: Effect<EngineTypes>[];
  history: unknown;
  inbox: Message[];
  routed: { from: string; command: unknown }[];
}

interface World {
  readonly processes: Record<string, Process>;
  crashes: number;
  losses: number;
  duplicates: number;
}

export interface ReferenceResult {
  readonly states: number;
  readonly transitions: number;
  /** Property and depth of the first violation. */
  readonly violated: { readonly property: string; readonly depth: number } | null;
}

/** Counts everything, or gives up with null beyond `statesMax` states. */
export function referenceSearch(model: Model, statesMax: number): ReferenceResult | null {
  const seen = new Set<string>();
  let level: World[] = [firstWorld(model)];
  let transitions = 0;
  let violated: ReferenceResult["violated"] = null;
  for (const world of level) seen.add(JSON.stringify(world));
  for (let depth = 0; level.length > 0; depth++) {
    for (const world of level) violated ??= violation(model, world, depth);
    if (violated !== null) break;
    const next: World[] = [];
    for (const world of level)
      for (const successor of successors(model, world)) {
        transitions += 1;
        const text = JSON.stringify(successor);
        if (seen.has(text)) continue;
        seen.add(text);
        next.push(successor);
        if (seen.size > statesMax) return null;
      }
    level = next;
  }
  return { states: seen.size, transitions, violated };
}

function violation(model: Model, world: World, depth: number): ReferenceResult["violated"] {
  const of = (key: string): Seen => {
    const { up, state, history } = world.processes[key]!;
    const { engine, config } = model.processes[key]!;
    return { up, history, observation: up ? engine.observe(config, state as never) : null };
  };
  const view = { of, processes: Object.keys(model.processes) };
  for (const { name, holds } of model.invariants) if (holds(view) !== null) return { property: name, depth };
  return null;
}

function firstWorld(model: Model): World {
  const { loss = 0, duplicates = 0 } = model.network;
  const world: World = {
    processes: {},
    crashes: model.faults?.crashes ?? 0,
    losses: loss === true ? -1 : loss,
    duplicates,
  };
  for (const [key, { engine, timers = {}, history }] of Object.entries(model.processes)) {
    const left = Object.fromEntries(engine.schema.timers.map((timer: string) => [timer, timers[timer] ?? 0]));
    const start = history?.start ?? null;
    world.processes[key] = {
      up: false,
      state: null,
      armed: [],
      left,
      given: [],
      records: [],
      pending: [],
      history: start,
      inbox: [],
      routed: [],
    };
  }
  let worlds = [world];
  for (const key of Object.keys(model.processes))
    worlds = worlds.flatMap((one) => run(model, one, key, { kind: "start", records: [] }, false));
  return worlds[0]!;
}

/** Every way in which a process may take an event. */
function run(model: Model, before: World, key: string, event: Event<EngineTypes>, split: boolean): World[] {
  const { engine, config } = model.processes[key]!;
  const worlds: World[] = [];
  const script: number[] = [];
  for (;;) {
    const world = copied(before);
    const process = world.processes[key]!;
    if (event.kind === "start") Object.assign(process, { up: true, state: engine.init(config) });
    const arity: number[] = [];
    const { effects } = step(engine, config, process.state as never, copied(event), (_action, found) => {
      arity.push(found.length);
      return script[arity.length - 1] ?? 0;
    });
    for (const effect of effects as Effect<EngineTypes>[]) {
      if (effect.kind === "arm") process.armed = [...new Set([...process.armed, effect.timer])].sort();
      else if (effect.kind === "disarm")
        process.armed = process.armed.filter((timer) => timer !== effect.timer);
      else
        for (const atom of atoms(model, effect))
          if (split) process.pending.push(atom);
          else become(model, world, key, atom);
    }
    worlds.push(world);
    const choices = arity.map((_, at) => script[at] ?? 0);
    const at = choices.findLastIndex((choice, which) => choice + 1 < arity[which]!);
    if (at < 0) return worlds;
    script.length = 0;
    script.push(...choices.slice(0, at), choices[at]! + 1);
  }
}

/** A broadcast leaves one by one; what goes to nobody does not leave. */
function atoms(model: Model, effect: Effect<EngineTypes>): Effect<EngineTypes>[] {
  if (effect.kind !== "send") return [effect];
  return effect.to.flatMap((id) =>
    Object.keys(model.processes)
      .filter((key) => (model.processes[key]!.id ?? key) === id)
      .map((key) => ({ ...effect, to: [key] })),
  );
}

function become(model: Model, world: World, key: string, effect: Effect<EngineTypes>): void {
  const process = world.processes[key]!;
  const back = (model.faults?.recover ?? false) && (model.faults?.crashes ?? 0) > 0;
  if (effect.kind === "persist" && back) process.records.push(effect.record);
  if (effect.kind === "output") {
    process.history =
      model.processes[key]!.history?.fold(process.history as never, effect.output) ?? process.history;
    for (const { to, command } of model.routes?.(key, effect.output) ?? []) {
      const target = world.processes[to]!;
      if (!target.up && !back && started(target)) continue;
      target.routed.push({ from: key, command });
      sortBy(target.routed, ({ from }) => Object.keys(model.processes).indexOf(from));
    }
  }
  if (effect.kind === "send") {
    const target = world.processes[effect.to[0]!]!;
    if (!target.up && !back && started(target)) return;
    const from = model.processes[key]!.id ?? key;
    put(model, target, { from, message: effect.message, text: `${from} ${JSON.stringify(effect.message)}` });
  }
}

function copied<T>(value: T): T {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(copied) as T;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copied(field)])) as T;
}

/** Was it ever up? Before its first start nothing that comes is lost. */
const started = (process: Process): boolean => process.state !== null;

function put(model: Model, target: Process, message: Message): void {
  if (model.network.order === "soup" && target.inbox.some(({ text }) => text === message.text)) return;
  target.inbox.push(message);
  sortBy(target.inbox, (one) => (model.network.order === "fifo" ? one.from : one.text));
}

function sortBy<T>(items: T[], by: (item: T) => string | number): void {
  items.sort((a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0));
}

/** Positions of messages that may be taken: one of each kind, or the oldest of each sender. */
function takeable(model: Model, inbox: readonly Message[]): number[] {
  const what = (one: Message) => (model.network.order === "fifo" ? one.from : one.text);
  return inbox.flatMap((one, at) =>
    inbox.findIndex((other) => what(other) === what(one)) === at ? [at] : [],
  );
}

function successors(model: Model, world: World): World[] {
  return Object.keys(model.processes).flatMap((key) => [
    ...(world.processes[key]!.up ? ofProcess(model, world, key) : []),
    ...ofNetwork(model, world, key),
    ...(!world.processes[key]!.up && model.faults?.recover
      ? run(
          model,
          world,
          key,
          { kind: "start", records: world.processes[key]!.records as never },
          model.faults.splitFlush,
        )
      : []),
  ]);
}

function changed(world: World, key: string, change: (process: Process, copy: World) => void): World {
  const copy = copied(world);
  change(copy.processes[key]!, copy);
  return copy;
}

function ofProcess(model: Model, world: World, key: string): World[] {
  const { inputs = {} } = model.processes[key]!;
  const process = world.processes[key]!;
  const split = (model.faults?.splitFlush ?? false) && (model.faults?.crashes ?? 0) > 0;
  const after = (event: Event<EngineTypes>, change: (process: Process) => void) =>
    run(model, changed(world, key, change), key, event, split);
  const delivered = takeable(model, process.inbox).flatMap((at) => {
    const event = {
      kind: "message",
      from: process.inbox[at]!.from,
      message: process.inbox[at]!.message,
    } as Event<EngineTypes>;
    const ways = after(event, ({ inbox }) => model.network.order !== "soup" && inbox.splice(at, 1));
    if (model.network.ignored === "consume") return ways;
    const shape = (one: World) =>
      JSON.stringify(changed(one, key, (own) => Object.assign(own, { inbox: [] })));
    return ways.filter((way) => shape(way) !== shape(world));
  });
  const timers = process.armed
    .filter((timer) => process.left[timer]! > 0)
    .flatMap((timer) =>
      after({ kind: "timeout", timer }, (own) => {
        own.armed = own.armed.filter((other) => other !== timer);
        own.left[timer]! -= 1;
      }),
    );
  const given = Object.entries(inputs)
    .filter(
      ([name, { after: needed = [] }]) =>
        !process.given.includes(name) && needed.every((one) => process.given.includes(one)),
    )
    .flatMap(([name, { commands }]) =>
      after({ kind: "commands", commands }, (own) => {
        own.given = [...own.given, name].sort();
      }),
    );
  const routed = process.routed
    .filter(({ from }, at) => process.routed.findIndex((one) => one.from === from) === at)
    .flatMap((one) =>
      after({ kind: "commands", commands: [one.command] }, (own) =>
        own.routed.splice(process.routed.indexOf(one), 1),
      ),
    );
  const flushed = process.pending.slice(0, 1).map((effect) =>
    changed(world, key, (own, copy) => {
      own.pending.shift();
      become(model, copy, key, effect);
    }),
  );
  return [...delivered, ...timers, ...given, ...routed, ...flushed, ...crash(model, world, key)];
}

function crash(model: Model, world: World, key: string): World[] {
  if (world.crashes === 0) return [];
  const node = (one: string) => model.processes[one]!.node ?? `process ${one}`;
  const copy = copied(world);
  copy.crashes -= 1;
  for (const other of Object.keys(model.processes).filter((one) => node(one) === node(key))) {
    const process = copy.processes[other]!;
    Object.assign(process, { up: false, state: "down", armed: [], pending: [], routed: [] });
    if (!model.faults?.recover) Object.assign(process, { records: [], inbox: [] });
  }
  return [copy];
}

function ofNetwork(model: Model, world: World, key: string): World[] {
  const process = world.processes[key]!;
  if (!process.up && !model.faults?.recover) return [];
  return takeable(model, process.inbox).flatMap((at) => {
    const lost = changed(world, key, ({ inbox }, copy) => {
      inbox.splice(at, 1);
      if (copy.losses > 0) copy.losses -= 1;
    });
    const doubled = changed(world, key, ({ inbox }, copy) => {
      inbox.splice(at, 0, inbox[at]!);
      copy.duplicates -= 1;
    });
    return [...(world.losses !== 0 ? [lost] : []), ...(world.duplicates > 0 ? [doubled] : [])];
  });
}
