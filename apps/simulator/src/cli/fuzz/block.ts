import { equalBytes, mutateBytes, toHex } from "@eunomia/codec";
import { SeededRandom } from "@eunomia/conformance";
import { Grammar } from "./grammar.ts";
import type { FuzzTarget } from "./target.ts";

/** Inputs of one block at cost 1. A block is a function of (target, seed, number): the unit of resuming and of replaying. */
const blockInputs = 4096;
/** Valid encodings that a block starts from, and the most it keeps. */
const startingPool = 24;
const largestPool = 192;

/** An input that a reader did not treat as it must. */
export interface Finding {
  readonly target: string;
  readonly what: string;
  readonly hex: string;
}

/** What one block saw. */
export interface BlockResult {
  readonly inputs: number;
  readonly accepted: number;
  /** Different reasons of refusal. */
  readonly reasons: readonly string[];
  readonly finding: Finding | null;
}

/** Why the input was refused, as it may be (`refused`), or what the reader did wrong (`wrong`). Both null: accepted, rightly. */
export interface Judged {
  readonly refused: string | null;
  readonly wrong: string | null;
}

const rightly: Judged = { refused: null, wrong: null };

/** Judges one input: a reader throws nothing, and accepts canonical bytes only. */
export function judge(target: FuzzTarget, input: Uint8Array): Judged {
  try {
    const read = target.read(input);
    if (typeof read === "string") return { refused: read, wrong: null };
    if (equalBytes(read, input)) return rightly;
    return { refused: null, wrong: `accepted; what was read encodes to ${toHex(read)}` };
  } catch (error) {
    const { name, message } = error as Error;
    return { refused: null, wrong: `threw ${name}: ${message}` };
  }
}

/** One number for a name, so that targets do not share their chance. */
function nameHash(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/**
 * Runs one block: damaged valid encodings, almost right ones by the grammar of the schema, and noise. An input that is refused
 * for a reason new to the block is kept and damaged further. Stops at the first finding.
 */
export function runBlock(target: FuzzTarget, seed: number, number: number): BlockResult {
  // What an error is thrown with is looked at, not where; collecting traces would take most of the time.
  const traces = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return new Block(target, new SeededRandom((seed ^ nameHash(target.name)) + number * 0x1_0000_0000)).run();
  } finally {
    Error.stackTraceLimit = traces;
  }
}

class Block {
  readonly #target: FuzzTarget;
  readonly #random: SeededRandom;
  readonly #grammar: Grammar;
  readonly #pool: Uint8Array[];
  readonly #reasons = new Set<string>();
  #inputs = 0;
  #accepted = 0;

  constructor(target: FuzzTarget, random: SeededRandom) {
    this.#target = target;
    this.#random = random;
    this.#grammar = new Grammar(random);
    this.#pool = Array.from({ length: startingPool }, (_, at) => target.valid(random, at % 6));
  }

  run(): BlockResult {
    for (const input of [...this.#pool]) {
      const finding = this.#try(input, true);
      if (finding !== null) return this.#result(finding);
    }
    const inputs = Math.ceil(blockInputs / (this.#target.cost ?? 1));
    while (this.#inputs < inputs) {
      const finding = this.#try(this.#next(), false);
      if (finding !== null) return this.#result(finding);
    }
    return this.#result(null);
  }

  #next(): Uint8Array {
    const random = this.#random;
    const { form } = this.#target;
    const way = random.below(16);
    if (way === 0) return Uint8Array.from({ length: random.below(24) }, () => random.next() >>> 24);
    if (way < 6 && form !== undefined) return this.#grammar.bytes(form, random.below(6));
    return mutateBytes(random.pick(this.#pool), random);
  }

  #try(input: Uint8Array, valid: boolean): Finding | null {
    this.#inputs += 1;
    const { refused, wrong } = judge(this.#target, input);
    if (wrong !== null) return this.#finding(wrong, input);
    if (refused === null) this.#accepted += 1;
    else if (valid) return this.#finding(`refused a valid encoding: ${refused}`, input);
    else if (!this.#reasons.has(refused)) {
      this.#reasons.add(refused);
      if (this.#pool.length < largestPool) this.#pool.push(input);
    }
    return null;
  }

  #finding(what: string, input: Uint8Array): Finding {
    return { target: this.#target.name, what, hex: toHex(input) };
  }

  #result(finding: Finding | null): BlockResult {
    return { inputs: this.#inputs, accepted: this.#accepted, reasons: [...this.#reasons], finding };
  }
}
