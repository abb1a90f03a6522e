import { encode } from "@eunomia/codec";
import type { AnyEngine, Fired } from "@eunomia/engine";
import { finish, hashBytes, hashText, mix } from "../choice/sfc32.ts";

/** States are part of the digest at every so many steps. */
export const digestEvery = 64;

/** The rolling digest of a run and the counts of its actions: all that is kept of a run unless somebody looks closer. */
export class Recorder {
  #low = 0x6a09e667;
  #high = 0x3c6ef372;
  steps = 0;
  readonly #actions = new Map<string, Map<string, number>>();
  readonly #names: string[] = [];
  readonly #counts: number[] = [];

  /** One more step. True: its state belongs into the digest, see `state`. */
  step(atUs: number, process: number, engine: AnyEngine, fired: readonly Fired[], effects: number): boolean {
    this.steps += 1;
    this.#mix(atUs | 0);
    this.#mix((process << 16) ^ effects);
    for (const { action } of fired) {
      const id = this.idOf(engine.name, action);
      this.#counts[id]! += 1;
      this.#mix(id);
    }
    return this.steps % digestEvery === 0;
  }

  state(engine: AnyEngine, state: unknown): void {
    this.#mix(hashBytes(encode(engine.schema.state, state), 7));
  }

  note(atUs: number, note: string): void {
    this.#mix(atUs | 0);
    this.#mix(hashText(note, 11));
  }

  /** A small number for an action, the same in equal runs. */
  idOf(engine: string, action: string): number {
    let actions = this.#actions.get(engine);
    if (actions === undefined) {
      actions = new Map();
      this.#actions.set(engine, actions);
    }
    let id = actions.get(action);
    if (id === undefined) {
      id = this.#names.length;
      actions.set(action, id);
      this.#names.push(`${engine}/${action}`);
      this.#counts.push(0);
    }
    return id;
  }

  get digest(): string {
    const word = (lane: number): string => (finish(lane) >>> 0).toString(16).padStart(8, "0");
    return word(this.#high) + word(this.#low);
  }

  fired(): Record<string, number> {
    return Object.fromEntries(this.#names.map((name, id) => [name, this.#counts[id]!]));
  }

  #mix(word: number): void {
    this.#low = mix(this.#low, word);
    this.#high = mix(this.#high ^ 0x5bd1e995, word + 1);
  }
}
