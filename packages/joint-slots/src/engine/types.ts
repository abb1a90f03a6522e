import {
  bool,
  bytes,
  doc,
  type Infer,
  list,
  nat,
  nullable,
  record,
  type Schema,
  sortedMap,
  text,
  variant,
} from "@eunomia/codec";
import type { EngineTypes } from "@eunomia/engine";
import { ChainName, Entry, entriesLimit, Height, JointBlock, JointSlot } from "../block.ts";
import type { JointConfig } from "../config.ts";
import { type Application, Change, Ledger } from "../ledger/types.ts";

/** What the host tells: decisions of both kinds of consensus, in any order and as often as it likes, and entries to propose. */
export const JointCommand = variant({
  decided: doc(
    record({ chain: ChainName, height: Height, value: bytes() }),
    "A base slot of a chain that this node follows.",
  ),
  jointDecided: doc(
    record({ chain: ChainName, slot: JointSlot, value: bytes() }),
    "The learner of this chain decided a joint slot.",
  ),
  submit: doc(
    record({ chain: ChainName, entries: list(Entry, entriesLimit) }),
    "Entries `app`, `lock` and `leave` for the chain. They may be lost: whoever cares asks again.",
  ),
  nextEpoch: doc(
    record({ terms: nullable(bytes()) }),
    "To be proposed in the next joint slot that this node proposes for; null: no joint slots any more.",
  ),
});
export type JointCommand = Infer<typeof JointCommand>;

/** What the host does or hears. */
export const JointOutput = variant({
  propose: doc(
    record({ chain: ChainName, height: Height, value: bytes() }),
    "To the consensus of the chain.",
  ),
  open: doc(
    record({
      slot: JointSlot,
      epoch: doc(JointSlot, "The joint slot that decided the terms; 0: those of the beginning."),
      value: doc(nullable(bytes()), "For this node to propose. null: it does not follow all chains."),
    }),
    "Run the consensus of this joint slot. After a restart again.",
  ),
  close: doc(
    record({ slot: JointSlot }),
    "Every joint slot through this one is settled on all chains followed here.",
  ),
  applied: doc(
    record({ chain: ChainName, height: Height, changes: list(Change) }),
    "Once per height and life, in order. What was applied before a restart is not put out again.",
  ),
  refused: doc(
    record({ reason: text(64), from: text(256) }),
    "What somebody asked for and did not get, to be counted by reason.",
  ),
  alarm: doc(
    record({
      slot: JointSlot,
      a: ChainName,
      b: ChainName,
      first: nullable(JointBlock),
      second: nullable(JointBlock),
    }),
    "One chain included what the other did not (null): no safe set was safe, or a chain left.",
  ),
});
export type JointOutput = Infer<typeof JointOutput>;

export const JointMessage = variant({
  submit: doc(
    record({ chain: ChainName, entries: list(Entry, entriesLimit) }),
    "For whoever makes base blocks.",
  ),
});
export type JointMessage = Infer<typeof JointMessage>;

/** What a node knows of one chain. */
export interface Followed<A> {
  ledger: Ledger;
  app: A;
  /** Decided base blocks above the next height. */
  waiting: { keys: number[]; values: Uint8Array[] };
  /** What the chain's learner decided, by joint slot, until the slot is settled on the chain. */
  decisions: { keys: number[]; values: Uint8Array[] };
  /** Entries to propose. */
  pending: Entry[];
  /** The base block proposed for the next height, and how many of `pending` it took; null: none. */
  offered: { height: number; value: Uint8Array; taken: number } | null;
}

export interface JointState<A = unknown> {
  chains: { keys: string[]; values: Followed<A>[] };
  /** Joint slots through this one were put out as open. */
  opened: number;
  /** Joint slots through this one were put out as closed. */
  closed: number;
  /** To be proposed as the next epoch; null: nothing. */
  nextEpoch: { terms: Uint8Array | null } | null;
  pacing: boolean;
}

/** Durable: decisions as they came, or all that they have made. */
export type JointRecord<A = unknown> =
  | { kind: "base"; chain: string; height: number; value: Uint8Array }
  | { kind: "joint"; chain: string; slot: number; value: Uint8Array }
  | { kind: "whole"; state: JointState<A> };

export interface JointTypes<A = unknown> extends EngineTypes {
  Config: JointConfig;
  State: JointState<A>;
  Command: JointCommand;
  Message: JointMessage;
  /** `pace`: is there something to propose? */
  Timer: "pace";
  Record: JointRecord<A>;
  Output: JointOutput;
}

/** What the engine is given beside its configuration: pure functions. */
export interface JointTools<A> {
  readonly app: Application<A>;
  /** May these be the terms of the next epoch? The same answer at everybody. [none may] */
  readonly terms?: (terms: Uint8Array) => boolean;
  /** Is this evidence that the chain has to leave? The same answer at everybody. [none is] */
  readonly leaves?: (chain: string, evidence: Uint8Array) => boolean;
}

export function stateSchema<A>(app: Schema<A>): Schema<JointState<A>> {
  const followed: Schema<Followed<A>> = record({
    ledger: Ledger,
    app,
    waiting: sortedMap(Height, bytes()),
    decisions: sortedMap(JointSlot, bytes()),
    pending: list(Entry),
    offered: nullable(record({ height: Height, value: bytes(), taken: nat() })),
  });
  return record({
    chains: sortedMap(ChainName, followed),
    opened: JointSlot,
    closed: JointSlot,
    nextEpoch: nullable(record({ terms: nullable(bytes()) })),
    pacing: bool(),
  });
}

export function recordSchema<A>(app: Schema<A>): Schema<JointRecord<A>> {
  return variant({
    base: record({ chain: ChainName, height: Height, value: bytes() }),
    joint: record({ chain: ChainName, slot: JointSlot, value: bytes() }),
    whole: record({ state: stateSchema(app) }),
  });
}
