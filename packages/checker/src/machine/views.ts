import { CheckerError } from "../error.ts";
import type { Seen, View } from "../model.ts";
import { ask, askWhether, refuseAnswer, viewText } from "./ask.ts";
import { Interner, Ints } from "./intern.ts";
import type { Local } from "./local.ts";
import type { Parts } from "./moves.ts";
import { canonicalText } from "./plain.ts";
import type { Plan } from "./plan.ts";

/** What is wrong with a state, and by which property. */
export interface Violation {
  readonly property: string;
  readonly detail: string;
}

/** The property that every model has: no engine throws, loops, leaves its schema or keeps something outside its state. */
export const contractProperty = "engines keep their contract";

interface Sight extends Seen {
  readonly fault: string | null;
}

/**
 * What properties see. A view is the vector of what is seen of each process, as numbers; properties are asked once for each
 * distinct view.
 */
export class Views {
  readonly #plan: Plan;
  readonly #parts: Parts;
  readonly #seen = new Interner<Sight | null>();
  readonly #seenOf = new Map<number, number>();
  readonly #width: number;
  /** Views one after the other, `#width` numbers each. */
  readonly #vectors = new Ints();
  /** Of each view: 0 if everything holds, else the position of the violation + 1. */
  readonly #verdicts = new Ints();
  readonly #violations: Violation[] = [];
  #slots = new Int32Array(1024);
  readonly #rated = new Map<number, number>();
  /** By witness: how many distinct views reach it. */
  readonly reached: number[];

  constructor(plan: Plan, parts: Parts) {
    this.#plan = plan;
    this.#parts = parts;
    this.#width = plan.processes.length;
    this.reached = plan.model.witnesses.map(() => 0);
    // Number 0 is the world, which no property sees.
    this.#seen.id("world", () => null);
  }

  get size(): number {
    return this.#verdicts.length;
  }

  get bytes(): number {
    return this.#vectors.values.byteLength + this.#verdicts.values.byteLength + this.#slots.byteLength;
  }

  /** What is seen of a local state, as a number. */
  seenOf(localId: number): number {
    let seen = this.#seenOf.get(localId);
    if (seen === undefined) {
      seen = this.#look(localId);
      this.#seenOf.set(localId, seen);
    }
    return seen;
  }

  #look(localId: number): number {
    const { locals, words } = this.#parts;
    const local = locals.value(localId);
    const { process, history } = local;
    const up = local.state >= 0;
    const sight: Sight = {
      ...this.observe(local),
      history: words.readHistory(process, history),
      up,
    };
    const key = `${process} ${up} ${history} ${sight.fault} ${canonicalText(sight.observation)}`;
    return this.#seen.id(key, () => sight);
  }

  /** What is seen of an engine; one that throws there is broken. */
  observe({ state, process, fault }: Local): Pick<Sight, "observation" | "fault"> {
    if (state < 0 || fault !== null) return { observation: null, fault };
    const { engine, config } = this.#plan.processes[process]!;
    try {
      const read = this.#parts.evaluators[process]!.read(state) as Readonly<unknown>;
      return { observation: engine.observe(config, read), fault };
    } catch (error) {
      return { observation: null, fault: `engine "${engine.name}" throws in observe: ${String(error)}` };
    }
  }

  /**
   * The number of the view of a vector of cells that stands at `base`.
   *
   * @param seen of each cell.
   */
  view(vectors: Int32Array, base: number, seen: Int32Array): number {
    const width = this.#width;
    let hash = 0;
    for (let at = 0; at < width; at++)
      hash = Math.imul(hash ^ seen[vectors[base + at]!]!, 0x9e3779b1) ^ (hash >>> 15);
    const mask = this.#slots.length - 1;
    const known = this.#vectors.values;
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const found = this.#slots[slot]! - 1;
      if (found < 0) break;
      let at = 0;
      while (at < width && known[found * width + at] === seen[vectors[base + at]!]) at++;
      if (at === width) return found;
      slot = (slot + 1) & mask;
    }
    return this.#add(slot, vectors, base, seen);
  }

  /** Null: every invariant holds in this view. */
  violation(view: number): Violation | null {
    const verdict = this.#verdicts.values[view]!;
    return verdict === 0 ? null : this.#violations[verdict - 1]!;
  }

  /** The score of a view, computed once. */
  rate(view: number, score: (view: View) => number): number {
    let rated = this.#rated.get(view);
    if (rated === undefined) {
      rated = this.#score(this.read(view), score);
      this.#rated.set(view, rated);
    }
    return rated;
  }

  #score(view: View, score: (view: View) => number): number {
    const given = () => viewText(view);
    const rated = ask('"score"', given, () => score(view), "option");
    return Number.isSafeInteger(rated)
      ? rated
      : refuseAnswer('"score"', given, "an integer", rated, "option");
  }

  /** The view in full. */
  read(view: number): View {
    const { processes, byKey } = this.#plan;
    const first = view * this.#width;
    return {
      processes: processes.map(({ key }) => key),
      of: (key) => {
        const at = byKey.get(key);
        if (at === undefined)
          throw new CheckerError(
            "model",
            `a property asks for "${key}"; the model has ${[...byKey.keys()].join(", ")}`,
          );
        return this.#seen.value(this.#vectors.values[first + at]!)!;
      },
    };
  }

  #add(slot: number, vectors: Int32Array, base: number, seen: Int32Array): number {
    const view = this.#verdicts.length;
    for (let at = 0; at < this.#width; at++) this.#vectors.push(seen[vectors[base + at]!]!);
    this.#slots[slot] = view + 1;
    this.#verdicts.push(0);
    if (view * 2 > this.#slots.length) this.#grow();
    this.#judge(view);
    return view;
  }

  #judge(view: number): void {
    const { model, processes } = this.#plan;
    const read = this.read(view);
    const violated = (property: string, detail: string) => {
      this.#verdicts.values[view] = this.#violations.push({ property, detail });
    };
    for (const { key } of processes) {
      const { fault } = read.of(key) as Sight;
      if (fault !== null) return violated(contractProperty, `${key}: ${fault}`);
    }
    const given = () => viewText(read);
    model.witnesses.forEach((witness, at) => {
      const whose = `"reached" of the witness "${witness.name}"`;
      if (askWhether(whose, given, () => witness.reached(read))) this.reached[at]! += 1;
    });
    for (const invariant of model.invariants) {
      const whose = `"holds" of the invariant "${invariant.name}"`;
      const detail = ask(whose, given, () => invariant.holds(read));
      if (detail === null) continue;
      if (typeof detail !== "string" || detail === "")
        refuseAnswer(whose, given, "null, or what is wrong in words", detail);
      return violated(invariant.name, detail);
    }
  }

  #grow(): void {
    const before = this.size;
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    const known = this.#vectors.values;
    const width = this.#width;
    for (let view = 0; view < before; view++) {
      let hash = 0;
      for (let at = 0; at < width; at++)
        hash = Math.imul(hash ^ known[view * width + at]!, 0x9e3779b1) ^ (hash >>> 15);
      let slot = (hash ^ (hash >>> 13)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = view + 1;
    }
    this.#slots = slots;
  }
}
