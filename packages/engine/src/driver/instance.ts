import { joined } from "@eunomia/codec";
import type { AnyEngine, NodeId } from "../types.ts";
import { type Address, writeJournalRecord } from "./packet.ts";
import type { Timers } from "./timers.ts";

/** An engine that runs. */
export interface Instance {
  /** Its records stand in the journal, not elsewhere. */
  readonly journaled: boolean;
  readonly address: Address;
  readonly engine: AnyEngine;
  readonly config: unknown;
  // biome-ignore lint/suspicious/noExplicitAny: opaque here
  readonly state: any;
  /** Commands that wait for the end of the current round: they come in as one frame. Null: none. */
  commands: unknown[] | null;
  readonly timers: Timers;
  /** Retired: whatever still waits for it is dropped. */
  over: boolean;
}

/** All engines of a node, by instance and process. */
export class Instances {
  readonly #byInstance = new Map<string, Map<NodeId, Instance>>();

  get(process: NodeId, instance: string): Instance | undefined {
    return this.#byInstance.get(instance)?.get(process);
  }

  add(instance: Instance): void {
    const { address } = instance;
    const processes = this.#byInstance.get(address.instance);
    if (processes === undefined)
      this.#byInstance.set(address.instance, new Map([[address.process, instance]]));
    else processes.set(address.process, instance);
  }

  *all(): Iterable<Instance> {
    for (const processes of this.#byInstance.values()) yield* processes.values();
  }

  /** Ends the engines of one instance. */
  retire(instance: string): void {
    for (const entry of this.#byInstance.get(instance)?.values() ?? []) end(entry);
    this.#byInstance.delete(instance);
  }

  clear(): void {
    for (const entry of this.all()) end(entry);
    this.#byInstance.clear();
  }
}

function end(instance: Instance): void {
  instance.timers.stop();
  instance.over = true;
}

/** The journal records that stand for everything an engine has journaled so far. */
export function compacted({ address, engine, config, state, journaled }: Instance): Uint8Array[] {
  if (!journaled) return [];
  return engine
    .compact(config, state)
    .map((record) =>
      joined(writeJournalRecord(address.process, address.instance, engine.schema.record, record)),
    );
}
