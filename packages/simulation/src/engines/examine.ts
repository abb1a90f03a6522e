import { check, clone, EncodeError, encode, equal } from "@eunomia/codec";
import { type AnyEngine, type Effect, type EngineTypes, type Event, type Step, step } from "@eunomia/engine";

/** A rule of determinism that an engine broke. */
export class RuleBroken extends Error {
  readonly rule: string;
  constructor(rule: string, detail: string) {
    super(detail);
    this.name = "RuleBroken";
    this.rule = rule;
  }
}

/** What a step chose, to choose it again. */
type Chosen = number[];

/**
 * Takes a step twice, on copies that share nothing, and compares; runs every guard that might have been asked and looks
 * whether it changed anything; validates the state that came out.
 *
 * @throws RuleBroken with the rule and what differs.
 */
export function examinedStep(
  engine: AnyEngine,
  config: unknown,
  state: object,
  event: Event<EngineTypes>,
  choose: (count: number) => number,
): Step<EngineTypes> {
  const { schema } = engine;
  const before = clone(schema.state, state);
  guardsArePure(engine, config, before, event);
  const copy = clone(schema.state, state);
  const again = copyOf(engine, event);
  const untouched = copyOf(engine, event);
  const chosen: Chosen = [];
  const first = step(engine, config, state, event, (_action, found) => {
    const one = choose(found.length);
    chosen.push(one);
    return one;
  });
  let at = 0;
  const second = step(engine, config, copy, again, () => chosen[at++] ?? 0);
  try {
    check(schema.state, state);
  } catch (error) {
    if (!(error instanceof EncodeError)) throw error;
    throw new RuleBroken("states fit their schema", `${engine.name}: ${error.message}`);
  }
  if (!equal(schema.state, state, copy))
    throw new RuleBroken("a step is a function", `${engine.name}: the same event led to two states`);
  const said = wordsOf(engine, first);
  if (said !== wordsOf(engine, second))
    throw new RuleBroken("a step is a function", `${engine.name}: the same event had two outcomes: ${said}`);
  if (textOf(engine, event) !== textOf(engine, untouched))
    throw new RuleBroken("events are not changed", `${engine.name} changed a ${event.kind} event`);
  return first;
}

function guardsArePure(engine: AnyEngine, config: unknown, state: object, event: Event<EngineTypes>): void {
  const { schema } = engine;
  const kept = clone(schema.state, state);
  const trigger =
    event.kind === "message"
      ? `message:${event.message.kind}`
      : event.kind === "timeout"
        ? `timeout:${event.timer}`
        : event.kind;
  for (const action of engine.actions) {
    if (action.on !== trigger) continue;
    action.guard(config, state, copyOf(engine, event));
    if (!equal(schema.state, kept, state))
      throw new RuleBroken("guards change nothing", `${engine.name}: the guard of "${action.name}" did`);
  }
  engine.observe(config, state);
  engine.phase?.(config, state);
  if (event.kind === "message") engine.inert?.(config, state, event.message);
  if (!equal(schema.state, kept, state))
    throw new RuleBroken("observing changes nothing", `${engine.name}: observe, phase or inert did`);
}

function copyOf(engine: AnyEngine, event: Event<EngineTypes>): Event<EngineTypes> {
  const { schema } = engine;
  switch (event.kind) {
    case "start":
      return { ...event, records: event.records.map((record) => clone(schema.record, record)) };
    case "commands":
      return { ...event, commands: event.commands.map((command) => clone(schema.command, command)) };
    case "message":
      return { ...event, message: clone(schema.message, event.message) as EngineTypes["Message"] };
    case "timeout":
      return event;
  }
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16)).join(".");

function textOf(engine: AnyEngine, event: Event<EngineTypes>): string {
  const { schema } = engine;
  switch (event.kind) {
    case "start":
      return event.records.map((record) => hex(encode(schema.record, record))).join();
    case "commands":
      return event.commands.map((command) => hex(encode(schema.command, command))).join();
    case "message":
      return hex(encode(schema.message, event.message));
    case "timeout":
      return event.timer;
  }
}

function wordsOf(engine: AnyEngine, { fired, effects }: Step<EngineTypes>): string {
  const { schema } = engine;
  const word = (effect: Effect<EngineTypes>): string => {
    switch (effect.kind) {
      case "persist":
        return `persist ${hex(encode(schema.record, effect.record))}`;
      case "send":
        return `send ${effect.to.join()} ${hex(encode(schema.message, effect.message))}`;
      case "output":
        return `output ${hex(encode(schema.output, effect.output))}`;
      case "arm":
        return `arm ${effect.timer} ${effect.delayMs} ${effect.jitterMs}`;
      case "disarm":
        return `disarm ${effect.timer}`;
      case "spawn":
        return `spawn ${effect.engine} ${effect.key}`;
    }
  };
  return [...fired.map(({ action }) => action), ...effects.map(word)].join("; ");
}
