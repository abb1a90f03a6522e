import {
  bool,
  doc,
  type Infer,
  list,
  nat,
  nullable,
  record,
  sortedMap,
  sortedSet,
  text,
  variant,
} from "@eunomia/codec";
import { type EngineTypes, readingOf } from "@eunomia/engine";
import { Id } from "../ballot.ts";
import { Bits } from "../bits.ts";
import { Known } from "../dag/known.ts";
import { shelf } from "../dag/shelf.ts";
import { Rules } from "../evaluate/rules.ts";
import {
  AcceptorId,
  Hash,
  HeteroPaxosMessage,
  LearnerName,
  ProcessId,
  Slot,
  Stamp,
  Value,
} from "../messages.ts";
import { Evidence } from "../proof/evidence.ts";

/** Plain data, made by `nodeConfig`. `chain`, `graph`, `rules` and the acceptors are the same at every node. */
export const NodeConfig = record({
  self: ProcessId,
  acceptors: doc(
    list(record({ id: AcceptorId, process: ProcessId }), 1024),
    "The acceptors of the graph in its order, each with its process.",
  ),
  watchers: doc(list(ProcessId, 1024), "Learners and proposers: they hear all that acceptors say."),
  chain: doc(text(256), "What is decided here, so that no message counts elsewhere."),
  graph: doc(Hash, "Digest of the learner graph."),
  rules: Rules,
  learners: doc(list(LearnerName, 1024), "Learners that this process acts for: their decisions are put out."),
  fromSlot: doc(Slot, "First slot; the floor starts below it."),
  maxAhead: doc(nat(), "Slots above the floor that are taken."),
  tickMs: doc(nat(), "Ballot numbers are times, in units of this. 0: every ballot is due at once."),
  earlyMax: doc(nat(), "A ballot that is due later than in so many ticks is refused; an earlier one waits."),
  retryMs: doc(nat(), "An undecided slot is sent again after 1, 2, 4, then every 8 of these. 0: never."),
  waitingMax: doc(nat(), "Messages of one signer that wait for what they refer to, per slot."),
  order: doc(list(ProcessId, 1024), "Proposers in the order of their windows. A proposer is one of them."),
  closeBy: doc(nat(), "So many watchers must need a slot no more before an acceptor closes it; 0: none can."),
  eager: doc(bool(), "A proposer opens a ballot where it knows of none, whoever's window it is."),
  spacingMs: doc(nat(), "Time between two ballots in a proposer's first window; later windows are longer."),
});
export type NodeConfig = Infer<typeof NodeConfig>;

const Waiting = record({
  message: HeteroPaxosMessage,
  missing: doc(sortedSet(Id), "Refs that are not delivered."),
  parked: doc(bool(), "Of an acceptor that forks: delivered only once somebody else refers to it."),
  needed: doc(bool(), "Another signer refers to it, or to a later message of its own signer that is needed."),
  account: doc(nat(), "Number of the acceptor on whose account it waits: its signer, or one that needs it."),
  asked: doc(nat(), "Of a 1a: how often the host was asked about its value."),
});
export type Waiting = Infer<typeof Waiting>;

const Decided = record({ ballot: Stamp, value: Value, message: HeteroPaxosMessage });

const Offer = record({
  value: Value,
  window: doc(nat(), "Windows of this slot so far, of all proposers."),
  ticksLeft: doc(nat(), "Until the next step of the schedule."),
  ballots: doc(nat(), "Ballots opened in the own window."),
});

export const SlotState = record({
  known: Known,
  bodies: doc(shelf(HeteroPaxosMessage), "What was delivered, to be handed on."),
  waiting: doc(sortedMap(Id, Waiting), "Received, and not to be delivered yet."),
  blocks: doc(sortedMap(Id, sortedSet(Id)), "By missing message: those that wait for it."),
  ready: doc(list(Id), "Waiting messages that can be delivered: empty between steps."),
  prev: doc(nullable(Id), "Durable. The own latest message."),
  recent: doc(sortedSet(Id), "Durable. What was delivered since, without what that refers to."),
  tips: doc(list(nullable(Id)), "Per acceptor: its latest message that was delivered."),
  highest: doc(nat(), "Highest ballot number delivered."),
  opened: doc(sortedMap(nat(), nat()), "By ballot number: how many 1a were taken."),
  tally: doc(
    sortedMap(LearnerName, sortedMap(text(128), sortedMap(nat(), Id))),
    "By learner and ballot: the 2a of each acceptor, as long as they may decide something new.",
  ),
  decided: sortedMap(LearnerName, Decided),
  retryTicks: doc(nat(), "Ticks until it is sent again."),
  attempts: doc(nat(), "How often it was sent again."),
  offer: doc(nullable(Offer), "What this process proposes."),
  stuck: doc(sortedSet(LearnerName), "Learners that were reported as stuck."),
  convicted: doc(Bits, "Acceptors against whom evidence was put out."),
  verdicts: doc(sortedMap(Id, bool()), "By digest of the value: what the host has said of it."),
  unfit: doc(
    sortedSet(Id),
    "Digests of values that are known because others voted, and must not be voted for here.",
  ),
  forwarded: doc(nullable(Id), "The 1a that was sent last to those that may lack it."),
});
export type SlotState = Infer<typeof SlotState>;

export const NodeState = record({
  floor: doc(Slot, "Durable. Slots through it are closed."),
  slots: doc(sortedMap(Slot, SlotState), "Slots heard of, above the floor."),
  touched: doc(sortedSet(Slot), "Slots with messages to deliver: empty between steps."),
  now: doc(nat(), "Ticks so far."),
  retrying: doc(bool(), "The retry timer is armed."),
  asked: doc(nat(), "Which acceptor was asked last."),
  stable: doc(sortedMap(ProcessId, Slot), "At an acceptor: slots that each watcher needs no more."),
  closed: doc(sortedMap(ProcessId, Slot), "At a watcher: slots that each acceptor has let go of."),
  reading: doc(readingOf(ProcessId), "The question that is open."),
});
export type NodeState = Infer<typeof NodeState>;

export const NodeRecord = variant({
  delivered: doc(
    record({ message: HeteroPaxosMessage, answer: nullable(HeteroPaxosMessage) }),
    "One in, at most one out: both or none are durable.",
  ),
  position: doc(record({ slot: Slot, recent: sortedSet(Id) }), "In the place of what `recent` came from."),
  floor: record({ floor: Slot }),
});
export type NodeRecord = Infer<typeof NodeRecord>;

export const NodeCommand = variant({
  propose: record({ slot: Slot, value: Value }),
  close: doc(record({ slot: Slot }), "Slots through this one are needed no more, whoever else needs them."),
  trim: doc(
    record({ slot: Slot }),
    "The same, of a watcher: it tells acceptors, which close what enough watchers let go of.",
  ),
  highest: doc(
    record({ nonce: nat() }),
    "How far have decisions come? Of a watcher; one question at a time.",
  ),
  judged: doc(
    record({ slot: Slot, value: Hash, fit: bool() }),
    "An answer to `judge`, or ahead of the question: may the value with this digest be decided in the slot?",
  ),
  clock: doc(
    record({ ticks: nat() }),
    "It is at least so late: from a clock of the host, where there is one.",
  ),
});
export type NodeCommand = Infer<typeof NodeCommand>;

const Bound = record({ acceptor: AcceptorId, learner: LearnerName, ballot: Stamp });

export const NodeOutput = variant({
  decided: doc(
    record({ slot: Slot, learner: LearnerName, value: Value, decision: HeteroPaxosMessage }),
    "Once per learner and slot. `decision` is what convinces others.",
  ),
  evidence: doc(Evidence, "An acceptor equivocated: this convicts it."),
  refused: doc(
    record({ reason: text(64), from: text(256) }),
    "A message that was not taken, to be counted by reason.",
  ),
  alarm: doc(
    record({ slot: Slot, a: LearnerName, b: LearnerName, first: Stamp, second: Stamp }),
    "Two learners that must agree, or one with itself, decided differently: nobody was caught, and no safe set was safe.",
  ),
  highest: doc(
    record({ nonce: nat(), slot: Slot }),
    "No slot above this one was decided when the question was asked.",
  ),
  trimmed: doc(record({ floor: Slot }), "Acceptors have closed slots that were not decided here."),
  judge: doc(
    record({ slot: Slot, value: Value }),
    "At an acceptor, when `accepts` says `later`: the value waits for the command `judged`. Asked again until it comes.",
  ),
  stuck: doc(
    record({ slot: Slot, learner: LearnerName, bound: list(Bound), wayOut: text(32) }),
    "No ballot can serve the learner, because of these votes. `refute`: that rule would free it; `graph`: a change of it would.",
  ),
});
export type NodeOutput = Infer<typeof NodeOutput>;

export interface NodeTypes extends EngineTypes {
  Config: NodeConfig;
  State: NodeState;
  Command: NodeCommand;
  Message: HeteroPaxosMessage;
  /** `tick` counts time, `retry` sends again what is undecided, `window` drives the schedule of a proposer. */
  Timer: "tick" | "retry" | "window";
  Record: NodeRecord;
  Output: NodeOutput;
}
