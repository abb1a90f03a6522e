import {
  bool,
  bytes,
  doc,
  type Infer,
  list,
  nat,
  orderedId,
  record,
  sortedMap,
  sortedSet,
  text,
  variant,
} from "@eunomia/codec";

const Node = orderedId("node");
/** A statement by its id. */
const Name = text(64);

/**
 * One way to spread, and how long it is tried; the next one is for whoever has not acknowledged by then. 0 stands for: as long as it has
 * to (direct), four ticks (optimistic), as long as history is kept (the others).
 */
export const Stage = variant({
  /** To each verifier, again and again. */
  direct: record({ withinMs: nat() }),
  /** To `fanout` peers, which do alike; to the others by name only. */
  gossip: record({ fanout: nat(64), withinMs: nat() }),
  /** By name only: whoever needs it asks. */
  pull: record({ withinMs: nat() }),
  /** To all of the first set of relays in which none has failed lately; they pass it on. */
  optimistic: record({ relays: list(list(Node, 64), 64), withinMs: nat() }),
});
export type Stage = Infer<typeof Stage>;

/** What `spreadConfig` makes. */
export const SpreadConfig = record({
  self: Node,
  peers: doc(list(Node), "Whom gossip reaches and wants are sent to, without self."),
  tickMs: nat(),
  historyTicks: doc(nat(), "So long a statement is kept for whoever asks for it."),
  maxHeld: doc(nat(), "Statements kept at most; the oldest go first."),
  maxPending: doc(nat(), "Statements of one peer that wait to be admitted."),
  maxRelayed: doc(
    nat(),
    "Packets passed on per tick for one peer, of statements that are not for this process.",
  ),
});
export type SpreadConfig = Infer<typeof SpreadConfig>;

export const SpreadCommand = variant({
  /** Bring a statement of one's own to these. Without `final` direct sending comes last, until all have it. */
  spread: record({ bundle: bytes(), to: sortedSet(Node), stages: list(Stage, 16), final: bool() }),
  /** What became of an `arrived`: `ok` only if it convinced the pool. Otherwise it may come again, with better evidence. */
  admitted: record({ id: Name, ok: bool() }),
  /** References that lead to nothing: ask for them until they come. */
  want: record({ ids: list(Name, 1024) }),
  /** Collected: nobody needs them any more. */
  drop: record({ ids: list(Name) }),
});
export type SpreadCommand = Infer<typeof SpreadCommand>;

export const SpreadMessage = variant({
  push: record({
    bundle: bytes(),
    origin: doc(Node, "Who wants to know that it came."),
    fanout: doc(nat(64), "To how many it is passed on; 0: it is not."),
  }),
  relay: record({ bundle: bytes(), destinations: list(Node, 4096) }),
  ack: record({ id: Name }),
  relayed: record({ id: Name }),
  have: record({ ids: list(Name, 1024), eager: doc(bool(), "Gossip: whoever lacks one asks for it.") }),
  want: record({ ids: list(Name, 1024) }),
});
export type SpreadMessage = Infer<typeof SpreadMessage>;

export const SpreadOutput = variant({
  /** Try to admit it, and answer with the command `admitted`. */
  arrived: record({ from: Node, id: Name, bundle: bytes() }),
  /** A peer has these and brings them to whoever asks (`want`). */
  offered: record({ from: Node, ids: list(Name) }),
  /** All have acknowledged. */
  reached: record({ id: Name }),
  /** The last stage was final, and is over. */
  gaveUp: record({ id: Name, missing: list(Node) }),
  /** Something that a peer sent was not taken. */
  refused: record({ from: Node, reason: text() }),
});
export type SpreadOutput = Infer<typeof SpreadOutput>;

/** A statement of one's own on its way. */
export const Sending = record({
  bundle: bytes(),
  missing: doc(sortedSet(Node), "Verifiers that have not acknowledged."),
  stages: list(Stage),
  final: bool(),
  stage: nat(),
  attempt: doc(nat(), "Times that it was sent in this stage."),
  nextTick: nat(),
  untilTick: doc(nat(), "Tick at which the stage ends; 0: never."),
  relays: doc(list(Node), "Relays of this stage that have not been heard of."),
});
export type Sending = Infer<typeof Sending>;

/** A statement that came and waits for `admitted`. */
export const Pending = record({
  from: Node,
  bundle: bytes(),
  origins: sortedSet(Node),
  fanout: nat(64),
  relay: doc(sortedMap(Node, sortedSet(Node)), "Destinations to pass it on to, by who asked for that."),
});
export type Pending = Infer<typeof Pending>;

/** A statement that can be given to others. */
export const Kept = record({ bundle: bytes(), origin: Node, untilTick: nat(), eager: bool() });
export type Kept = Infer<typeof Kept>;

export const SpreadState = record({
  tick: nat(),
  sending: sortedMap(Name, Sending),
  pending: sortedMap(Name, Pending),
  kept: sortedMap(Name, Kept),
  wanted: sortedSet(Name),
  suspects: doc(sortedSet(Node), "Relays that failed and were not heard of since."),
  relayed: doc(sortedMap(Node, nat()), "Packets passed on in this tick, by who asked for it."),
});
export type SpreadState = Infer<typeof SpreadState>;

/** The types of the engine. It writes no records: what it forgets is sent again. */
export interface SpreadTypes {
  Config: SpreadConfig;
  State: SpreadState;
  Command: SpreadCommand;
  Message: SpreadMessage;
  Timer: "tick";
  Record: null;
  Output: SpreadOutput;
}
