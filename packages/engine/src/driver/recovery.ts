import { decode } from "@eunomia/codec";
import type { AnyEngine } from "../types.ts";
import { type Address, readJournalRecord } from "./packet.ts";

/** One process in one instance, as a key of maps. */
export const keyOf = (process: string, instance: string): string => `${instance}\u0000${process}`;

interface Kept {
  /** The whole journal record, to be kept while its process has not started. */
  readonly whole: Uint8Array;
  readonly record: Uint8Array;
}

/** Durable records of processes that have not started yet. */
export class Recovery {
  readonly #kept = new Map<string, Kept[]>();

  /** @throws DecodeError when a record is not one of a driver. */
  load(records: readonly Uint8Array[]): void {
    for (const whole of records) {
      const { process, instance, record } = readJournalRecord(whole);
      const key = keyOf(process, instance);
      const list = this.#kept.get(key);
      if (list === undefined) this.#kept.set(key, [{ whole, record }]);
      else list.push({ whole, record });
    }
  }

  /** The records of a process, oldest first; from now on they are the engine's to keep. */
  take({ process, instance }: Address, engine: AnyEngine): unknown[] {
    const key = keyOf(process, instance);
    const records = (this.#kept.get(key) ?? []).map(({ record }) => decode(engine.schema.record, record));
    this.#kept.delete(key);
    return records;
  }

  forget(instance: string): void {
    for (const key of this.#kept.keys()) if (key.startsWith(`${instance}\u0000`)) this.#kept.delete(key);
  }

  /** What a rewritten journal must still hold. */
  rest(): Uint8Array[] {
    return [...this.#kept.values()].flatMap((list) => list.map(({ whole }) => whole));
  }
}
