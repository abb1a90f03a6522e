import { type TextDigest, textDigest } from "../digest.ts";
import { digestDigits } from "../event.ts";
import { TraceError } from "../parse.ts";
import type { Json } from "./value.ts";

/** A step of an engine as it stands in a file: the values of a `TraceLine` as `toJson` writes them. */
export interface StepRecord {
  readonly kind: "step";
  readonly at: number;
  readonly process: string;
  readonly engine: string;
  readonly instance: string;
  /** With the first event of a life of the engine: its configuration. */
  readonly config?: Json;
  readonly event: Json;
  /** Long ones as their digest: they are only compared. */
  readonly fired: Json;
  readonly effects: Json;
  /** The digest of the state after the step, with some steps. */
  readonly state?: string;
}

/** A record of an engine trace. Each life of a process is framed by `begin` and `end`; a killed one has no `end`. */
export type EngineRecord =
  | { readonly kind: "begin"; readonly v: 1; readonly at: number; readonly by: string }
  | StepRecord
  /** `steps`: how many stand between `begin` and here. */
  | { readonly kind: "end"; readonly at: number; readonly steps: number };

const suffixOf = (chain: string): string => `,"chain":"${chain}"}`;
const suffixChars = suffixOf("0".repeat(digestDigits)).length;

/**
 * Makes the lines of a life of a process: each carries a digest of itself and of the line before, so that none can be changed,
 * left out, repeated or exchanged without notice. Against accidents: whoever wants to can compute the digests anew.
 */
export class RecordSealer {
  readonly #digest: TextDigest;
  #chain = "";

  constructor(digest: TextDigest = textDigest) {
    this.#digest = digest;
  }

  /** The line of a record, without its end. */
  seal(record: EngineRecord): string {
    const text = JSON.stringify(record).slice(0, -1);
    if (record.kind === "begin") this.#chain = "";
    this.#chain = this.#digest(this.#chain + text);
    return text + suffixOf(this.#chain);
  }
}

/** Reads the lines that a `RecordSealer` made, of one life after the other. */
export class RecordReader {
  readonly #digest: TextDigest;
  /** Null: no life has begun. */
  #chain: string | null = null;
  #steps = 0;
  /** Lives that have no end: what they did last may be missing. */
  cutLives = 0;

  constructor(digest: TextDigest = textDigest) {
    this.#digest = digest;
  }

  /**
   * @param file and `line` are for the error.
   * @throws TraceError for a line that is damaged or does not follow the one before.
   */
  read(line: string, file = "", number = 0): EngineRecord {
    const text = line.slice(0, -suffixChars);
    const broken = (what: string): never => {
      throw new TraceError("broken-chain", what, file, number);
    };
    const begins = text.startsWith('{"kind":"begin",');
    if (this.#chain === null && !begins) broken("expected the begin of a life");
    const chain = this.#digest((begins ? "" : this.#chain) + text);
    if (line !== text + suffixOf(chain))
      broken("the line is not what was written, or not behind the line that it was written behind");
    // The digest has shown that the line is as it was written.
    const { chain: _chain, ...rest } = JSON.parse(line) as EngineRecord & { readonly chain: string };
    const record = rest as EngineRecord;
    if (record.kind === "begin") {
      if (record.v !== 1) broken(`expected version 1 of the format, got ${String(record.v)}`);
      if (this.#chain !== null) this.cutLives += 1;
      this.#steps = 0;
    } else if (record.kind === "step") this.#steps += 1;
    else if (record.steps !== this.#steps)
      broken(`expected the end of ${record.steps} steps, got ${this.#steps}`);
    this.#chain = record.kind === "end" ? null : chain;
    return record;
  }

  /** Nothing more will come. */
  finish(): void {
    if (this.#chain !== null) this.cutLives += 1;
    this.#chain = null;
  }
}
