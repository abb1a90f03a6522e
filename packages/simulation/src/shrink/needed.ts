import { encode } from "@eunomia/codec";
import { type Effect, type EngineTypes, type Event, step } from "@eunomia/engine";
import { hashBytes } from "../choice/sfc32.ts";
import { bringsTo, type Move, type MoveStep, type Moves } from "./move.ts";

/** One life of a process: its steps from a start to the next one. */
interface Life {
  readonly process: string;
  readonly steps: number[];
}

/** Pieces of a life are no smaller than one in so many of its steps: what is left is looked at again in a smaller run. */
const finest = 64;

/** Something that a step takes in: the step itself, or one of the records with which a life starts. */
type Item = number;

/**
 * Which steps a run needs so that some of them still have the outputs that they had. Engines are functions: for every life of a
 * process as many of its steps are left out as do not change what is asked of the others, found out by taking the steps of
 * that life alone again; what those take in is asked of whoever sent or wrote it. No run is spent on it. It is a guess all the
 * same, since what is left out here still happens where it is part of a move that is needed: a run has to show that it holds.
 */
export class Needed {
  readonly #steps: readonly MoveStep[];
  readonly #moves: readonly Move[];
  readonly #lifeOf: Life[] = [];
  /** Steps that have an effect, by what it is. */
  readonly #makers = new Map<string, number[]>();
  readonly #asked = new Map<number, Set<string>>();
  readonly #kept = new Map<Life, ReadonlySet<Item>>();
  /** Lives that do not do again what they did. */
  readonly #whole = new Set<Life>();
  /** Hashes of messages, which are sent by reference and not changed any more. */
  readonly #hashes = new WeakMap<object, number>();

  constructor({ steps, all }: Moves) {
    this.#steps = steps;
    this.#moves = all;
    const latest = new Map<string, Life>();
    for (const [at, { process, event, effects, machine }] of steps.entries()) {
      let life = latest.get(process);
      if (life === undefined || event.kind === "start") {
        life = { process, steps: [] };
        latest.set(process, life);
      }
      life.steps.push(at);
      this.#lifeOf.push(life);
      for (const effect of effects)
        for (const key of this.#keysOf(machine.engine, process, effect))
          this.#makers.set(key, [...(this.#makers.get(key) ?? []), at]);
    }
  }

  /** Steps with outputs, in order. */
  get outputs(): readonly number[] {
    return [...this.#steps.keys()].filter((at) =>
      this.#steps[at]!.effects.some(({ kind }) => kind === "output"),
    );
  }

  /** The moves that are needed for what these steps put out. */
  movesFor(steps: readonly number[]): ReadonlySet<Move> {
    this.#asked.clear();
    this.#kept.clear();
    this.#whole.clear();
    for (const at of steps)
      for (const effect of this.#steps[at]!.effects)
        if (effect.kind === "output")
          for (const key of this.#keysOf(this.#steps[at]!.machine.engine, this.#steps[at]!.process, effect))
            this.#ask(at, key);
    for (let open = this.#unanswered(); open.length > 0; open = this.#unanswered())
      for (const life of open) this.#answer(life);
    const needed = new Set<Move>();
    for (const kept of this.#kept.values())
      for (const at of kept)
        if (at >= 0) for (const move of this.#movesOf(this.#steps[at]!)) needed.add(move);
    return needed;
  }

  /** The move of a step and, where the loop of the node came between, what brought its event before that. */
  #movesOf(step: MoveStep): readonly Move[] {
    const move = this.#moves[step.move];
    if (move === undefined) return [];
    const [loop] = move.text.split(" @");
    if (loop?.endsWith(" loop") !== true) return [move];
    const before = this.#moves.slice(0, step.move);
    const since = before.slice(before.findLastIndex(({ text }) => text.startsWith(`${loop} @`)) + 1);
    return [move, ...since.filter((one) => bringsTo(one, loop.slice(1, -" loop".length), step))];
  }

  #ask(at: number, key: string): void {
    const asked = this.#asked.get(at);
    if (asked === undefined) this.#asked.set(at, new Set([key]));
    else asked.add(key);
  }

  /** Lives of which something is asked that they do not do yet. */
  #unanswered(): readonly Life[] {
    const asked = new Set([...this.#asked.keys()].map((at) => this.#lifeOf[at]!));
    return [...asked].filter((life) => {
      if (this.#whole.has(life)) return false;
      const kept = this.#kept.get(life);
      return kept === undefined || !this.#does(life, kept);
    });
  }

  #answer(life: Life): void {
    const records = this.#recordsOf(life);
    const all: Item[] = [...records.map((_, at) => -1 - at), ...life.steps];
    const whole = new Set(all);
    if (!this.#does(life, whole)) this.#whole.add(life);
    const asked = life.steps.filter((at) => this.#asked.has(at));
    let kept: ReadonlySet<Item> = new Set([...(this.#kept.get(life) ?? []), ...asked]);
    if (this.#whole.has(life)) kept = whole;
    else if (this.#kept.get(life) === undefined || !this.#does(life, kept)) kept = this.#fewest(life, all);
    this.#kept.set(life, kept);
    for (const item of kept) {
      if (item < 0) this.#askForRecord(life, records[-1 - item]);
      else this.#askForMessage(item);
    }
  }

  /** Leaves out pieces from the end to the beginning, of half of all down to single ones. */
  #fewest(life: Life, all: readonly Item[]): ReadonlySet<Item> {
    let kept = new Set(all);
    const least = Math.ceil(all.length / finest);
    for (let size = all.length >> 1; size >= least; size >>= 1) {
      const items = [...kept];
      for (let end = items.length; end > 0; end -= size) {
        const without = new Set(kept);
        for (const item of items.slice(Math.max(0, end - size), end)) without.delete(item);
        if (this.#does(life, without)) kept = without;
      }
    }
    return kept;
  }

  /** Takes the steps of a life again, without those that are left out: does each that is asked for something do it? */
  #does(life: Life, kept: ReadonlySet<Item>): boolean {
    const { engine, config } = this.#steps[life.steps[0]!]!.machine;
    const state = engine.init(config);
    const armed = new Set<string>();
    const last = life.steps.findLastIndex((at) => this.#asked.has(at));
    for (const at of life.steps.slice(0, last + 1)) {
      const asked = this.#asked.get(at);
      const { event } = this.#steps[at]!;
      const happens =
        event.kind === "start" || (kept.has(at) && (event.kind !== "timeout" || armed.delete(event.timer)));
      if (!happens) {
        if (asked !== undefined) return false;
        continue;
      }
      const effects = effectsOf(engine, config, state, withRecords(event, kept));
      if (effects === null) return false;
      for (const effect of effects)
        if (effect.kind === "arm") armed.add(effect.timer);
        else if (effect.kind === "disarm") armed.delete(effect.timer);
      if (asked === undefined) continue;
      const done = new Set(effects.flatMap((effect) => this.#keysOf(engine, life.process, effect)));
      for (const key of asked) if (!done.has(key)) return false;
    }
    return true;
  }

  #recordsOf(life: Life): readonly unknown[] {
    const { event } = this.#steps[life.steps[0]!]!;
    return event.kind === "start" ? event.records : [];
  }

  #askForRecord(life: Life, record: unknown): void {
    const { engine } = this.#steps[life.steps[0]!]!.machine;
    const [key = ""] = this.#keysOf(engine, life.process, { kind: "persist", record });
    this.#askBefore(life.steps[0]!, key);
  }

  #askForMessage(at: number): void {
    const { event, process, machine } = this.#steps[at]!;
    if (event.kind !== "message") return;
    const [self = "", instance] = process.split(" ");
    const sender = `${event.from} ${instance}`;
    const sent: Effect<EngineTypes> = { kind: "send", to: [self], message: event.message };
    for (const key of this.#keysOf(machine.engine, sender, sent)) this.#askBefore(at, key);
  }

  /** Asks the last step before this one that did it. */
  #askBefore(at: number, key: string): void {
    const maker = this.#makers.get(key)?.findLast((one) => one < at);
    if (maker !== undefined) this.#ask(maker, key);
  }

  /** An effect as texts, one for each receiver; none: it concerns nobody else. */
  #keysOf(
    engine: MoveStep["machine"]["engine"],
    process: string,
    effect: Effect<EngineTypes>,
  ): readonly string[] {
    const { schema } = engine;
    switch (effect.kind) {
      case "send": {
        const { message } = effect;
        const hash = this.#hashes.get(message) ?? hashBytes(encode(schema.message, message), 17);
        this.#hashes.set(message, hash);
        return effect.to.map((to) => `${process} sends ${to} ${hash}`);
      }
      case "persist":
        return [`${process} writes ${hashBytes(encode(schema.record, effect.record), 17)}`];
      case "output":
        return [`${process} puts out ${hashBytes(encode(schema.output, effect.output), 17)}`];
      default:
        return [];
    }
  }
}

function withRecords(event: Event<EngineTypes>, kept: ReadonlySet<Item>): Event<EngineTypes> {
  if (event.kind !== "start") return event;
  return { kind: "start", records: event.records.filter((_, at) => kept.has(-1 - at)) };
}

/** Null: the engine refuses, as it does not with everything that came before. */
function effectsOf(
  engine: MoveStep["machine"]["engine"],
  config: unknown,
  state: object,
  event: Event<EngineTypes>,
): readonly Effect<EngineTypes>[] | null {
  try {
    return step(engine, config, state, event).effects;
  } catch {
    return null;
  }
}
