import { check, DecodeError, decode, encode } from "@eunomia/codec";
import {
  type Action,
  type AnyEngine,
  type Choose,
  type Effect,
  EngineFault,
  type EngineTypes,
  type Event,
  type Fired,
  type Step,
  step,
} from "@eunomia/engine";
import { Texts } from "./intern.ts";
import { bytesOf, canonicalText, textOf } from "./plain.ts";
import type { Plan, PlannedProcess } from "./plan.ts";
import type { Vocabulary } from "./vocabulary.ts";

type AnyEvent = Event<EngineTypes>;

/** What an engine may do with an event: one for each way of choosing. */
export interface Outcome {
  /** Why the engine is broken; then the rest says nothing. */
  readonly fault: string | null;
  readonly state: number;
  readonly fired: readonly Fired[];
  /** Numbers of timers, -1 - number for a timer that is put out; in order, delays beside. */
  readonly timers: readonly { readonly timer: number; readonly delayMs: number | null }[];
  readonly atoms: readonly number[];
  readonly spawns: readonly string[];
}

/** Thrown inside an evaluation; its text becomes the fault of the outcome. */
class Broken extends Error {}

/** An event that can be made again and again, each time from bytes. */
export interface Repeatable {
  /** Equal for equal events. */
  readonly key: string;
  /** @throws DecodeError for a message that the receiver's schema does not know. */
  make(): AnyEvent;
}

/** More ways than this after one event are a mistake of the model. */
const waysMax = 10_000;

/** Runs the engine of one process: once for each state and event, with every check of the contract. */
export class Evaluator {
  readonly #plan: Plan;
  readonly #process: PlannedProcess;
  readonly #words: Vocabulary;
  readonly #known = new Map<string, readonly Outcome[]>();
  readonly #watched: AnyEngine;
  readonly states = new Texts();
  /** How often a step was really computed. */
  evaluations = 0;
  /** How often each action fired, over all evaluations. */
  readonly fired = new Map<string, number>();

  constructor(plan: Plan, process: PlannedProcess, words: Vocabulary) {
    this.#plan = plan;
    this.#process = process;
    this.#words = words;
    this.#watched = watched(process.engine);
  }

  /** A new copy of a state that was seen. */
  read(state: number): unknown {
    return decode(this.#process.engine.schema.state, bytesOf(this.states.text(state)));
  }

  /** @param state -1: a new life begins. */
  outcomes(state: number, event: Repeatable): readonly Outcome[] {
    const key = `${state} ${event.key}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      known = this.#evaluate(state, event);
      this.#known.set(key, known);
    }
    return known;
  }

  #evaluate(state: number, event: Repeatable): Outcome[] {
    this.evaluations += 1;
    const ways: Outcome[] = [];
    const script: number[] = [];
    const arity: number[] = [];
    try {
      for (;;) {
        ways.push(this.#way(state, event, script, arity));
        let at = script.length - 1;
        while (at >= 0 && script[at]! + 1 === arity[at]) at--;
        if (at < 0) return ways;
        script.length = at + 1;
        arity.length = at + 1;
        script[at] = script[at]! + 1;
        if (ways.length === waysMax) throw new Broken(`has more than ${waysMax} ways after one event`);
      }
    } catch (error) {
      if (error instanceof DecodeError) return [{ ...nothing, state }];
      return [...ways, { ...nothing, state, fault: faultOf(this.#process.engine, error) }];
    }
  }

  /** One way of choosing; lengthens `script` where it is asked more than it knows. */
  #way(state: number, event: Repeatable, script: number[], arity: number[]): Outcome {
    const { engine, config } = this.#process;
    const run = (which: AnyEngine) => {
      let asked = 0;
      const choose: Choose = (_action, found) => {
        const at = asked++;
        if (at === script.length) script.push(0);
        arity[at] = found.length;
        return script[at]!;
      };
      const own = state < 0 ? engine.init(config) : this.read(state);
      const given = event.make();
      const did: Step<EngineTypes> = step(which, config, own, given, choose);
      check(engine.schema.state, own);
      if (canonicalText(given) !== canonicalText(event.make()))
        throw new Broken(`changed the ${given.kind} that it was given`);
      return { did, bytes: textOf(encode(engine.schema.state, own)) };
    };
    const one = run(this.#watched);
    const two = run(engine);
    if (one.bytes !== two.bytes || canonicalText(one.did) !== canonicalText(two.did))
      throw new Broken(
        "did two things with equal states and equal events: it keeps something outside its state",
      );
    for (const { action } of one.did.fired) this.fired.set(action, (this.fired.get(action) ?? 0) + 1);
    return { ...this.#effects(one.did.effects), state: this.states.id(one.bytes), fired: one.did.fired };
  }

  #effects(effects: readonly Effect<EngineTypes>[]): Outcome {
    const { index, engine, timers } = this.#process;
    const { schema } = engine;
    const words = this.#words;
    const did = {
      ...nothing,
      timers: [] as Outcome["timers"][number][],
      atoms: [] as number[],
      spawns: [] as string[],
    };
    for (const effect of effects) {
      if (effect.kind === "persist") {
        check(schema.record, effect.record);
        did.atoms.push(words.persistAtom(words.records.id(textOf(encode(schema.record, effect.record)))));
      } else if (effect.kind === "send") {
        check(schema.message, effect.message);
        const message = words.message(index, textOf(encode(schema.message, effect.message)));
        for (const id of effect.to) {
          const targets = this.#plan.byId.get(id);
          if (targets === undefined) words.unrouted.add(id);
          for (const to of targets ?? []) did.atoms.push(words.sendAtom(to, message));
        }
      } else if (effect.kind === "output") {
        check(schema.output, effect.output);
        did.atoms.push(words.outputAtom(index, textOf(encode(schema.output, effect.output))));
      } else if (effect.kind === "spawn") did.spawns.push(effect.engine);
      else {
        const timer = timers.indexOf(effect.timer);
        if (timer < 0) throw new Broken(`arms the timer "${effect.timer}", which its schema does not name`);
        did.timers.push({ timer, delayMs: effect.kind === "arm" ? effect.delayMs : null });
      }
    }
    return did;
  }
}

const nothing: Outcome = { fault: null, state: -1, fired: [], timers: [], atoms: [], spawns: [] };

function faultOf(engine: AnyEngine, error: unknown): string {
  if (error instanceof EngineFault) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  return error instanceof Broken
    ? `engine "${engine.name}" ${text}`
    : `engine "${engine.name}" throws: ${text}`;
}

/** The engine with guards and choices that are caught when they change the state. */
function watched(engine: AnyEngine): AnyEngine {
  const bytes = (state: unknown) => textOf(encode(engine.schema.state, state));
  const still = <R>(name: string, state: unknown, read: () => R): R => {
    const before = bytes(state);
    const answer = read();
    if (bytes(state) !== before) throw new Broken(`changes its state in the guard of "${name}"`);
    return answer;
  };
  const actions = (engine.actions as readonly Action<EngineTypes>[]).map(
    (action): Action<EngineTypes> => ({
      ...action,
      guard: (config, state, event) => still(action.name, state, () => action.guard(config, state, event)),
      ...(action.choices !== undefined && {
        choices: (config, state, event) =>
          still(action.name, state, () => action.choices!(config, state, event)),
      }),
    }),
  );
  return { ...engine, actions };
}
