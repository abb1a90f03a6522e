import { check, clone, encode, equalBytes, type Schema } from "@eunomia/codec";
import { type Action, type AnyEngine, type Effect, type EngineTypes, type Step, step } from "@eunomia/engine";
import { must, mustEqual, same, show } from "../support/assert.ts";
import type { Case } from "../support/case.ts";
import { reductionCases } from "./reductions.ts";
import type { EngineSubject } from "./subject.ts";
import { cloneEvent, eventBytes, plainStep, type Stepper, schemaOf, type Walker, walk } from "./walk.ts";

/** Freezes plain data all the way down. Bytes cannot be frozen: they are compared instead. */
function freeze<T>(value: T): T {
  if (value !== null && typeof value === "object" && !ArrayBuffer.isView(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  }
  return value;
}

function stateBytes(walker: Walker): Uint8Array {
  return encode(schemaOf(walker.engine, "state"), walker.state);
}

/** Walks with a stepper and some share of lies and restarts. */
function walks(
  subject: EngineSubject,
  how: { hostile?: number; restart?: number; stepper?: Stepper; after?: (walker: Walker) => void },
): void {
  const { hostile = 0.15, restart = 0.03, stepper = plainStep, after } = how;
  for (let seed = 1; seed <= (subject.walks ?? 12); seed += 1)
    walk(subject, { seed, hostile, restart, stepper, ...(after === undefined ? {} : { after }) });
}

/** Everything in an effect list fits its schema; the bytes of it. */
function effectBytes(
  engine: AnyEngine,
  effects: readonly Effect<EngineTypes>[],
  clause: string,
): Uint8Array[] {
  const out: Uint8Array[] = [];
  const take = (part: "record" | "message" | "output", value: unknown): void => {
    check(schemaOf(engine, part), value);
    out.push(encode(schemaOf(engine, part), value));
  };
  for (const effect of effects) {
    if (effect.kind === "persist") take("record", effect.record);
    else if (effect.kind === "send") {
      must(clause, effect.to.length > 0, "a send to nobody");
      take("message", effect.message);
    } else if (effect.kind === "output") take("output", effect.output);
    else if (effect.kind === "arm") {
      must(
        clause,
        engine.schema.timers.includes(effect.timer),
        `timer "${effect.timer}" is not in the schema`,
      );
      const sound = Number.isFinite(effect.delayMs) && effect.delayMs >= 0 && effect.jitterMs >= 0;
      must(
        clause,
        sound,
        `timer "${effect.timer}" armed with ${effect.delayMs} ms, jitter ${effect.jitterMs} ms`,
      );
    }
  }
  return out;
}

const pure = "same state and same input give the same output";
const pureStep: Stepper = (walker, event) => {
  const { engine, config } = walker;
  const schema = schemaOf(engine, "state");
  const twin = clone(schema, walker.state);
  const copy = cloneEvent(engine, event);
  const first = plainStep(walker, event);
  const second: Step<EngineTypes> = step(engine, config, twin as never, copy as never);
  must(
    pure,
    equalBytes(encode(schema, walker.state), encode(schema, twin)),
    `states differ after ${show(event)}`,
  );
  mustEqual(pure, first.fired, second.fired, "actions fired");
  mustEqual(pure, first.effects, second.effects, "effects");
  return first;
};

const plain = "state, messages, records and outputs are plain data of their schemas";
const plainDataStep: Stepper = (walker, event) => {
  const result = plainStep(walker, event);
  check(schemaOf(walker.engine, "state"), walker.state);
  effectBytes(walker.engine, result.effects as readonly Effect<EngineTypes>[], plain);
  return result;
};

const still = "guards, observe, compact, inert and phase change nothing";
/** The engine with every reading function watched. */
function watched(engine: AnyEngine): AnyEngine {
  const schema = schemaOf(engine, "state");
  const keep = <R>(name: string, state: unknown, read: () => R): R => {
    const before = encode(schema, state);
    const answer = read();
    must(still, equalBytes(before, encode(schema, state)), `"${name}" of ${engine.name} changed the state`);
    return answer;
  };
  const actions = (engine.actions as readonly Action<EngineTypes>[]).map((action) => ({
    ...action,
    guard: (config: unknown, state: unknown, event: Parameters<typeof action.guard>[2]) =>
      keep(action.name, state, () => action.guard(config, state as Readonly<object>, event)),
  }));
  return {
    ...engine,
    actions,
    observe: (config, state) => keep("observe", state, () => engine.observe(config, state)),
    compact: (config, state) => keep("compact", state, () => engine.compact(config, state)),
  };
}

const frozen = "events and messages are never changed";
const frozenStep: Stepper = (walker, event) => {
  const before = eventBytes(walker.engine, event);
  const copy = freeze(cloneEvent(walker.engine, event));
  const result = plainStep(walker, copy);
  mustEqual(frozen, eventBytes(walker.engine, copy), before, "event");
  return result;
};

/** Effects of each process with the bytes they had when they were made. */
function stableEffects(subject: EngineSubject): void {
  const clause = "an effect does not change once it was given";
  for (let seed = 1; seed <= (subject.walks ?? 12); seed += 1) {
    const made: { engine: AnyEngine; effects: readonly Effect<EngineTypes>[]; bytes: Uint8Array[] }[] = [];
    const stepper: Stepper = (walker, event) => {
      const result = plainStep(walker, event);
      const effects = result.effects as readonly Effect<EngineTypes>[];
      made.push({ engine: walker.engine, effects, bytes: effectBytes(walker.engine, effects, clause) });
      return result;
    };
    walk(subject, { seed, hostile: 0.1, restart: 0.02, stepper });
    for (const { engine, effects, bytes } of made)
      mustEqual(clause, effectBytes(engine, effects, clause), bytes, `effects of ${engine.name}`);
  }
}

/** A fresh life on the given records: what can be seen of it, and what it sends at once. */
function restarted(
  walker: Walker,
  records: readonly unknown[],
): { readonly seen: unknown; readonly sends: readonly string[] } {
  const { engine, config } = walker;
  const state = engine.init(config);
  const { effects } = step(engine, config, state, cloneEvent(engine, { kind: "start", records }) as never);
  const sends = (effects as readonly Effect<EngineTypes>[]).flatMap((effect) =>
    effect.kind === "send" ? [show(effect)] : [],
  );
  return { seen: engine.observe(config, state), sends: sends.sort() };
}

const restart = "a restart from the records keeps what is durable";
function restartKeeps(subject: EngineSubject): void {
  walks(subject, {
    after: (walker) => {
      const { id, engine, config } = walker;
      const full = restarted(walker, walker.records);
      mustEqual(restart, restarted(walker, walker.records), full, `second restart of ${id}`);
      if (subject.durable === undefined) return;
      const before = subject.durable(id, engine.observe(config, walker.state as object));
      mustEqual(restart, subject.durable(id, full.seen), before, `durable observation of ${id}`);
    },
  });
}

const compact = "the records of compact stand for all records so far";
function compactEquals(subject: EngineSubject): void {
  walks(subject, {
    after: (walker) => {
      const { id, engine, config, records } = walker;
      const short = engine.compact(config, walker.state as object);
      for (const record of short) check(engine.schema.record as Schema<unknown>, record);
      const full = restarted(walker, records);
      const again = restarted(walker, short);
      must(
        compact,
        same(again, full),
        () => `${id} restarts from ${show(short)} as ${show(again)}, from all records as ${show(full)}`,
      );
    },
  });
}

function names(subject: EngineSubject): void {
  const clause = "every action has a name of its own and a fairness";
  for (const [id, { engine, config }] of Object.entries(subject.processes)) {
    const actions = (engine.actions as readonly Action<EngineTypes>[]).map((action) => action.name);
    must(
      clause,
      new Set(actions).size === actions.length,
      `a name of ${engine.name} stands twice in ${show(actions)}`,
    );
    mustEqual(clause, Object.keys(engine.fairness).sort(), [...actions].sort(), `fairness of ${engine.name}`);
    const collects = engine.collects ?? [];
    must(
      clause,
      collects.every((name) => actions.includes(name)),
      `collects of ${engine.name}: ${show(collects)}`,
    );
    mustEqual("self is the process that runs the engine", engine.self(config), id, "self");
    check(engine.schema.config as Schema<unknown>, config);
  }
}

function hostile(subject: EngineSubject): void {
  const clause = "nothing that a peer sends can throw, and the state stays bounded";
  const stateBytesMax = subject.stateBytesMax ?? 1 << 20;
  const stepper: Stepper = (walker, event) => {
    const before = show(event);
    try {
      return plainStep(walker, event);
    } catch (error) {
      must(
        clause,
        false,
        `${walker.engine.name} threw ${error instanceof Error ? error.message : String(error)} on ${before}`,
      );
      throw error;
    }
  };
  const after = (walker: Walker): void => {
    const { length } = stateBytes(walker);
    must(
      clause,
      length <= stateBytesMax,
      () => `the state of ${walker.id} is ${length} bytes, allowed are ${stateBytesMax}`,
    );
  };
  walks({ ...subject, events: 3 * (subject.events ?? 80) }, { hostile: 0.8, restart: 0.01, stepper, after });
}

function ownMessages(subject: EngineSubject): void {
  const clause = "messages to oneself are handled inside the step";
  const stepper: Stepper = (walker, event) => {
    const result = plainStep(walker, event);
    for (const effect of result.effects)
      if (effect.kind === "send")
        must(clause, !effect.to.includes(walker.id), `${walker.id} sent itself ${show(effect.message)}`);
    return result;
  };
  walks(subject, { stepper });
}

/** What any engine keeps to, whatever it computes. Data for any test runner. */
export const engineCases: readonly Case<EngineSubject>[] = [
  {
    name: "actions have unique names and a fairness",
    clause: "every action has a name of its own and a fairness",
    run: names,
  },
  { name: "a step is a function", clause: pure, run: (subject) => walks(subject, { stepper: pureStep }) },
  {
    name: "everything is plain data",
    clause: plain,
    run: (subject) => walks(subject, { stepper: plainDataStep }),
  },
  {
    name: "reading changes nothing",
    clause: still,
    run: (subject) => {
      const processes = Object.fromEntries(
        Object.entries(subject.processes).map(([id, { engine, config }]) => [
          id,
          { engine: watched(engine), config },
        ]),
      );
      const read = ({ engine, config, state }: Walker): void => {
        engine.observe(config, state as object);
        engine.compact(config, state as object);
      };
      walks({ ...subject, processes }, { after: read });
    },
  },
  {
    name: "events stay as they were",
    clause: frozen,
    run: (subject) => walks(subject, { stepper: frozenStep }),
  },
  {
    name: "effects stay as they were",
    clause: "an effect does not change once it was given",
    run: stableEffects,
  },
  {
    name: "own messages do not leave",
    clause: "messages to oneself are handled inside the step",
    run: ownMessages,
  },
  { name: "restarts keep what is durable", clause: restart, run: restartKeeps },
  { name: "compact stands for the full list", clause: compact, run: compactEquals },
  { name: "hostile messages do no harm", clause: "nothing that a peer sends can throw", run: hostile },
  ...reductionCases,
];
