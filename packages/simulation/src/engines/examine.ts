import { check, clone, EncodeError, equal } from "@eunomia/codec";
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

/**
 * Takes a step twice, on copies that share nothing, and compares.
 *
 * @param thorough also asks every guard that might have been asked and looks whether it changed anything, and validates the
 *   state that came out.
 * @throws RuleBroken with the rule and what differs.
 */
export function examinedStep(
  engine: AnyEngine,
  config: unknown,
  state: object,
  event: Event<EngineTypes>,
  choose: (count: number) => number,
  thorough: boolean,
): Step<EngineTypes> {
  const { schema } = engine;
  const copy = clone(schema.state, state);
  if (thorough) guardsArePure(engine, config, state, copy, event);
  const again = copyOf(engine, event);
  const untouched = copyOf(engine, event);
  const chosen: number[] = [];
  const first = step(engine, config, state, event, (_action, found) => {
    const one = choose(found.length);
    chosen.push(one);
    return one;
  });
  let at = 0;
  const second = step(engine, config, copy, again, () => chosen[at++] ?? 0);
  if (thorough) fits(engine, state);
  if (!equal(schema.state, state, copy))
    throw new RuleBroken("a step is a function", `${engine.name}: the same event led to two states`);
  const differs = difference(engine, first, second);
  if (differs !== null)
    throw new RuleBroken("a step is a function", `${engine.name}: the same event gave ${differs}`);
  if (!sameEvent(engine, untouched, event))
    throw new RuleBroken("events are not changed", `${engine.name} changed a ${event.kind} event`);
  return first;
}

function fits(engine: AnyEngine, state: unknown): void {
  try {
    check(engine.schema.state, state);
  } catch (error) {
    if (!(error instanceof EncodeError)) throw error;
    throw new RuleBroken("states fit their schema", `${engine.name}: ${error.message}`);
  }
}

/** @param kept a copy of the state: what it still has to be when all guards have been asked. */
function guardsArePure(
  engine: AnyEngine,
  config: unknown,
  state: object,
  kept: unknown,
  event: Event<EngineTypes>,
): void {
  const { schema } = engine;
  const trigger =
    event.kind === "message"
      ? `message:${event.message.kind}`
      : event.kind === "timeout"
        ? `timeout:${event.timer}`
        : event.kind;
  const asked = copyOf(engine, event);
  for (const action of engine.actions) if (action.on === trigger) action.guard(config, state, asked);
  engine.observe(config, state);
  engine.phase?.(config, state);
  if (asked.kind === "message") engine.inert?.(config, state, asked.message);
  if (!equal(schema.state, kept, state))
    throw new RuleBroken(
      "guards change nothing",
      `${engine.name}: a guard of "${trigger}" or observe, phase or inert did`,
    );
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

/** Both of the same kind. */
function sameEvent({ schema }: AnyEngine, a: Event<EngineTypes>, b: Event<EngineTypes>): boolean {
  if (a.kind === "start" && b.kind === "start")
    return sameItems(a.records, b.records, (one, other) => equal(schema.record, one, other));
  if (a.kind === "commands" && b.kind === "commands")
    return sameItems(a.commands, b.commands, (one, other) => equal(schema.command, one, other));
  if (a.kind === "message" && b.kind === "message") return equal(schema.message, a.message, b.message);
  return a.kind === "timeout" && b.kind === "timeout";
}

function sameItems<T>(a: readonly T[], b: readonly T[], same: (one: T, other: T) => boolean): boolean {
  return a.length === b.length && a.every((one, at) => same(one, b[at]!));
}

/** The first effect in which two steps differ; null: none. */
function difference(engine: AnyEngine, one: Step<EngineTypes>, other: Step<EngineTypes>): string | null {
  if (one.fired.length !== other.fired.length || one.effects.length !== other.effects.length)
    return `${one.fired.length} actions and ${one.effects.length} effects, or ${other.fired.length} and ${other.effects.length}`;
  for (const [at, { action }] of one.fired.entries())
    if (action !== other.fired[at]!.action) return `"${action}" or "${other.fired[at]!.action}"`;
  for (const [at, effect] of one.effects.entries())
    if (!sameEffect(engine, effect, other.effects[at]!)) return `two effects "${effect.kind}"`;
  return null;
}

function sameEffect({ schema }: AnyEngine, a: Effect<EngineTypes>, b: Effect<EngineTypes>): boolean {
  if (a.kind === "persist" && b.kind === "persist") return equal(schema.record, a.record, b.record);
  if (a.kind === "send" && b.kind === "send")
    return a.to.join() === b.to.join() && equal(schema.message, a.message, b.message);
  if (a.kind === "output" && b.kind === "output") return equal(schema.output, a.output, b.output);
  if (a.kind === "arm" && b.kind === "arm")
    return a.timer === b.timer && a.delayMs === b.delayMs && a.jitterMs === b.jitterMs;
  if (a.kind === "disarm" && b.kind === "disarm") return a.timer === b.timer;
  return a.kind === "spawn" && b.kind === "spawn" && a.engine === b.engine && a.key === b.key;
}
