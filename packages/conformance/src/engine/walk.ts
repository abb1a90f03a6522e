import { clone, encode, generate, mutate, type Schema } from "@eunomia/codec";
import {
  type AnyEngine,
  type Effect,
  type EngineTypes,
  type Event,
  type NodeId,
  type Step,
  step,
} from "@eunomia/engine";
import { SeededRandom } from "../support/random.ts";
import type { EngineSubject } from "./subject.ts";

/** One process of a walk, before or after a step. */
export interface Walker {
  readonly id: NodeId;
  readonly engine: AnyEngine;
  readonly config: unknown;
  state: unknown;
  /** All records so far; a walk has no disk trouble. */
  records: unknown[];
  readonly armed: Set<string>;
}

/** How one step is made; a case puts its checks around the plain one. */
export type Stepper = (walker: Walker, event: Event<EngineTypes>) => Step<EngineTypes>;

export const plainStep: Stepper = (walker, event) =>
  step(walker.engine, walker.config, walker.state, event as never);

export const schemaOf = (
  engine: AnyEngine,
  part: "state" | "message" | "record" | "output" | "command",
): Schema<unknown> => engine.schema[part] as Schema<unknown>;

/** A copy of an event that shares nothing with it. */
export function cloneEvent(engine: AnyEngine, event: Event<EngineTypes>): Event<EngineTypes> {
  switch (event.kind) {
    case "start":
      return {
        kind: "start",
        records: event.records.map((record) => clone(schemaOf(engine, "record"), record)),
      };
    case "commands":
      return {
        kind: "commands",
        commands: event.commands.map((command) => clone(schemaOf(engine, "command"), command)),
      };
    case "message":
      return {
        ...event,
        message: clone(schemaOf(engine, "message"), event.message) as EngineTypes["Message"],
      };
    case "timeout":
      return event;
  }
}

/** Canonical bytes of everything in an event, one after the other. */
export function eventBytes(engine: AnyEngine, event: Event<EngineTypes>): readonly Uint8Array[] {
  if (event.kind === "start")
    return event.records.map((record) => encode(schemaOf(engine, "record"), record));
  if (event.kind === "commands")
    return event.commands.map((command) => encode(schemaOf(engine, "command"), command));
  return event.kind === "message" ? [encode(schemaOf(engine, "message"), event.message)] : [];
}

/** What one walk may do besides delivering messages: hostile ones are generated or mutated, from anybody. */
export interface WalkOptions {
  readonly seed: number;
  readonly hostile: number;
  readonly restart: number;
  readonly stepper: Stepper;
  /** After each event that was not a restart. */
  after?(walker: Walker): void;
}

const strangers = ["stranger", "", "\u{1f47d}"];

/** Walks the processes of a subject through one random run: a bag of messages, timers, commands, restarts, lies. */
export function walk(
  subject: EngineSubject,
  options: WalkOptions,
): { readonly fired: ReadonlySet<string>; readonly events: number } {
  const random = new SeededRandom(options.seed);
  const ids = Object.keys(subject.processes);
  const source = { next: () => random.next(), ids: { process: ids, ...subject.ids } };
  const fired = new Set<string>();
  const bag: { readonly from: NodeId; readonly to: NodeId; readonly message: EngineTypes["Message"] }[] = [];
  const walkers = new Map<NodeId, Walker>();
  const take = (walker: Walker, event: Event<EngineTypes>): void => {
    const { engine, id } = walker;
    const result = options.stepper(walker, event);
    for (const one of result.fired) fired.add(`${engine.name}: ${one.action}`);
    for (const effect of result.effects as readonly Effect<EngineTypes>[]) {
      if (effect.kind === "persist") walker.records.push(clone(schemaOf(engine, "record"), effect.record));
      else if (effect.kind === "arm") walker.armed.add(effect.timer);
      else if (effect.kind === "disarm") walker.armed.delete(effect.timer);
      else if (effect.kind === "send")
        for (const to of effect.to)
          if (walkers.has(to))
            bag.push({
              from: id,
              to,
              message: clone(schemaOf(engine, "message"), effect.message) as EngineTypes["Message"],
            });
    }
    if (bag.length > 500) bag.splice(0, bag.length - 500);
  };
  const begin = (walker: Walker): void => {
    walker.state = walker.engine.init(walker.config);
    walker.armed.clear();
    take(walker, cloneEvent(walker.engine, { kind: "start", records: walker.records }));
  };
  for (const [id, { engine, config }] of Object.entries(subject.processes))
    walkers.set(id, { id, engine, config, state: null, records: [], armed: new Set() });
  for (const walker of walkers.values()) begin(walker);
  const events = subject.events ?? 80;
  for (let at = 0; at < events; at += 1) {
    const walker = walkers.get(random.pick(ids))!;
    if (random.chance(options.restart)) begin(walker);
    else {
      const event = random.chance(options.hostile)
        ? lie(walker, bag, random, source, ids)
        : ordinary(subject, walker, bag, random, source);
      if (event === null) continue;
      const to =
        event.kind === "message" && "to" in event ? walkers.get((event as { to: NodeId }).to)! : walker;
      take(
        to,
        event.kind === "message" ? { kind: "message", from: event.from, message: event.message } : event,
      );
      options.after?.(to);
    }
  }
  return { fired, events };
}

type Source = Parameters<typeof generate>[1];

/** A message in flight, an armed timer or commands. A delivery names its receiver. */
function ordinary(
  subject: EngineSubject,
  walker: Walker,
  bag: { readonly from: NodeId; readonly to: NodeId; readonly message: EngineTypes["Message"] }[],
  random: SeededRandom,
  source: Source,
): Event<EngineTypes> | null {
  const lot = random.below(10);
  if (lot < 7 && bag.length > 0) {
    const item = bag.splice(random.below(bag.length), 1)[0]!;
    return { kind: "message", ...item };
  }
  if (lot < 8 && walker.armed.size > 0) {
    const timer = random.pick([...walker.armed]);
    walker.armed.delete(timer);
    return { kind: "timeout", timer };
  }
  if (subject.commands !== undefined) {
    const commands = subject.commands(walker.id, random);
    return commands === null ? null : { kind: "commands", commands };
  }
  const count = random.below(3);
  return {
    kind: "commands",
    commands: Array.from({ length: count }, () => generate(schemaOf(walker.engine, "command"), source)),
  };
}

/** Something that fits the schema and that no honest process may have said, from a process or a stranger; or a timer that is not armed. */
function lie(
  walker: Walker,
  bag: readonly { readonly to: NodeId; readonly message: EngineTypes["Message"] }[],
  random: SeededRandom,
  source: Source,
  ids: readonly NodeId[],
): Event<EngineTypes> {
  const { engine } = walker;
  const timers = engine.schema.timers as readonly string[];
  if (timers.length > 0 && random.chance(0.1)) return { kind: "timeout", timer: random.pick(timers) };
  const others = [...ids, ...strangers].filter((id) => id !== walker.id);
  const seen = bag.filter((item) => item.to === walker.id);
  const schema = schemaOf(engine, "message");
  const base =
    seen.length > 0 && random.chance(0.5) ? mutate(schema, random.pick(seen).message, source) : null;
  return {
    kind: "message",
    from: random.pick(others),
    message: (base ?? generate(schema, source)) as EngineTypes["Message"],
  };
}
