import { joined } from "@eunomia/codec";
import type { AnyEngine } from "../types.ts";
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
  /** Commands that wait for the end of the current round: they come in as one frame. */
  commands: unknown[];
  readonly timers: Timers;
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
