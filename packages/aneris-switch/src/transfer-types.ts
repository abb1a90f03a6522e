import {
  bool,
  bytes,
  type Infer,
  id,
  list,
  nat,
  nullable,
  record,
  type Schema,
  sortedMap,
  sortedSet,
  variant,
} from "@eunomia/codec";
import { SnapshotManifest } from "@eunomia/engine";

const process: Schema<string> = id("process");
const root = bytes(32);
/** One snapshot among all. */
const named = { slot: nat(), root };

export const TransferConfig = record({
  self: process,
  tickMs: nat(),
  /** Chunks that are asked for at the same time, of all peers together. */
  maxInFlight: nat(),
  /** Ticks after which a question counts as lost. */
  patienceTicks: nat(),
  /** Questions to one peer that were lost one after the other, after which it is asked no more. */
  strikesMax: nat(),
  /** Chunks that are sent in one tick, to all peers together. */
  servePerTick: nat(),
  /** Questions of one peer that wait here at most; more are ignored. */
  maxQueued: nat(),
  /** A peer that has asked for nothing for so many ticks keeps no snapshot from being dropped. */
  pinTicks: nat(),
});
export type TransferConfig = Infer<typeof TransferConfig>;

/** A snapshot that is being fetched. */
export const Fetching = record({
  ...named,
  /** The store knows its manifest, and has said what is missing. */
  begun: bool(),
  /** All chunks were handed over. */
  complete: bool(),
  /** Indices nobody was asked for yet; the last one is next. */
  wanted: list(nat()),
  asked: list(record({ index: nat(), peer: process, ticks: nat() })),
  /** Who has it, and how many questions to it were lost since its last answer. */
  sources: sortedMap(process, nat()),
  /** Since the manifest was asked for. */
  ticks: nat(),
});
export type Fetching = Infer<typeof Fetching>;

export const TransferState = record({
  peers: sortedSet(process),
  fetching: nullable(Fetching),
  /** Chunks to be sent, first come first served. */
  queue: list(record({ to: process, ...named, index: nat() })),
  served: nat(),
  /** Which snapshot a peer fetches here, and for how many ticks it has asked for nothing. */
  readers: sortedMap(process, record({ slot: nat(), idleTicks: nat() })),
  /** The lowest slot of those; null: nobody fetches. */
  pinned: nullable(nat()),
  ticking: bool(),
});
export type TransferState = Infer<typeof TransferState>;

export const TransferCommand = variant({
  /** Who may fetch from this node, and from whom it fetches. */
  peers: record({ processes: list(process) }),
  /** A peer needs slots that are in no log here: tell it of this snapshot. */
  offer: record({ to: process, ...named }),
  /** Answers to the outputs of the same meaning. */
  described: record({ to: process, manifest: SnapshotManifest }),
  loaded: record({ to: process, ...named, index: nat(), bytes: bytes(1 << 26) }),
  gone: record({ to: process, ...named }),
  begun: record({ ...named, missing: list(nat()) }),
  /** A chunk was not what the manifest says. */
  damaged: record({ ...named, index: nat(), from: process }),
  /** The snapshot is in the store, or cannot be taken in. */
  ended: record(named),
});
export type TransferCommand = Infer<typeof TransferCommand>;

export const TransferMessage = variant({
  offer: record(named),
  /** Whoever has it says so with an offer. */
  seek: record(named),
  describe: record(named),
  manifest: record({ manifest: SnapshotManifest }),
  fetch: record({ ...named, index: nat() }),
  chunk: record({ ...named, index: nat(), bytes: bytes(1 << 26) }),
  gone: record(named),
});
export type TransferMessage = Infer<typeof TransferMessage>;

export const TransferOutput = variant({
  /** Is it here? Answered by `offer`, or not at all. */
  look: record({ to: process, ...named }),
  /** Wants the manifest; answered by `described` or `gone`. */
  describe: record({ to: process, ...named }),
  /** Wants a chunk; answered by `loaded` or `gone`. */
  load: record({ to: process, ...named, index: nat() }),
  /** A manifest came: begin to take it in; answered by `begun` or `ended`. */
  begin: record({ manifest: SnapshotManifest }),
  /** A chunk came; answered by `damaged` if it is not what it should be. */
  put: record({ ...named, index: nat(), bytes: bytes(1 << 26), from: process }),
  /** All chunks came; answered by `ended`, or by `begun` if some are missing after all. */
  finish: record(named),
  /** Snapshots from this slot on, and the log behind it, are being fetched by peers; null: none is. */
  pinned: record({ slot: nullable(nat()) }),
});
export type TransferOutput = Infer<typeof TransferOutput>;

/** The types of the transfer as an engine. It keeps nothing durable: the store knows which chunks are there. */
export interface TransferTypes {
  Config: TransferConfig;
  State: TransferState;
  Command: TransferCommand;
  Message: TransferMessage;
  Timer: "tick";
  Record: null;
  Output: TransferOutput;
}
