import {
  bool,
  doc,
  emptyMap,
  type Infer,
  id,
  int,
  mapHas,
  mapSet,
  nat,
  nil,
  record,
  sortedMap,
  sortedSet,
  variant,
} from "@eunomia/codec";
import { actionsOf, type Engine } from "@eunomia/engine";
import type { GoldenProcess } from "./system.ts";

// Lamport's specification of Paxos, whose network is the set of all messages that were ever sent. It is here to count states.

const AcceptorId = id("acceptor");
const LeaderId = id("leader");
const Ballot = doc(nat(), "Also the name of its leader.");
const Value = nat(1);
const Vote = record({ ballot: int(-1), value: int(-1, 1) });
type Vote = Infer<typeof Vote>;
/** What an acceptor reports that never voted. */
const noVote: Vote = { ballot: -1, value: -1 };

const Message = variant({
  prepare: doc(record({ ballot: Ballot }), "1a(b)"),
  promise: doc(record({ ballot: Ballot, vote: Vote }), "1b(a, b, vb, vv)"),
  propose: doc(record({ ballot: Ballot, value: Value }), "2a(b, v)"),
});

const AcceptorConfig = record({ self: AcceptorId });
const AcceptorState = record({
  promised: int(-1),
  votes: doc(
    sortedMap(Ballot, Value),
    "Every vote that was ever cast: the 2b messages, which nobody receives; the last is the highest.",
  ),
});

const LeaderConfig = record({ self: LeaderId, ballot: Ballot, acceptors: sortedSet(AcceptorId) });
const LeaderState = record({
  proposed: bool(),
  heard: doc(sortedMap(AcceptorId, Vote), "Less than a quorum; empty once there is a proposal."),
});

interface Common {
  Message: Infer<typeof Message>;
  Timer: never;
  Record: null;
  Output: null;
  Command: null;
}
interface AcceptorTypes extends Common {
  Config: Infer<typeof AcceptorConfig>;
  State: Infer<typeof AcceptorState>;
}
interface LeaderTypes extends Common {
  Config: Infer<typeof LeaderConfig>;
  State: Infer<typeof LeaderState>;
}

const rest = { command: nil(), message: Message, record: nil(), output: nil(), timers: [] };
const onAcceptor = actionsOf<AcceptorTypes>();
const onLeader = actionsOf<LeaderTypes>();

/** Promises and votes as the specification says; nothing is durable. */
export const messageSetAcceptor: Engine<AcceptorTypes> = {
  name: "message-set acceptor",
  schema: { ...rest, config: AcceptorConfig, state: AcceptorState },
  self: ({ self }) => self,
  init: () => ({ promised: -1, votes: emptyMap() }),
  actions: [
    onAcceptor.message(
      "prepare",
      "1b",
      (_config, { promised }, { ballot }, leader) => (ballot > promised ? { ballot, leader } : null),
      (_config, state, { ballot, leader }, out) => {
        state.promised = ballot;
        const { keys, values } = state.votes;
        const vote = keys.length === 0 ? noVote : { ballot: keys.at(-1)!, value: values.at(-1)! };
        out.send([leader], { kind: "promise", ballot, vote });
      },
    ),
    onAcceptor.message(
      "propose",
      "2b",
      (_config, { promised, votes }, { ballot, value }) =>
        ballot >= promised && !mapHas(votes, ballot) ? { ballot, value } : null,
      (_config, state, { ballot, value }) => {
        state.promised = ballot;
        mapSet(state.votes, ballot, value);
      },
    ),
  ],
  compact: () => [],
  observe: (_config, { votes }) => votes,
  inert: (_config, { promised, votes }, message) =>
    (message.kind === "prepare" && message.ballot <= promised) ||
    (message.kind === "propose" && (message.ballot < promised || mapHas(votes, message.ballot))),
  fairness: { "1b": "weak", "2b": "weak" },
};

/** With one more promise: what may be proposed; null while it is not yet for a majority to say. */
function proposals(
  { ballot, acceptors }: Readonly<LeaderTypes["Config"]>,
  { proposed, heard }: Readonly<LeaderTypes["State"]>,
  promise: { readonly ballot: number; readonly vote: Vote },
  from: string,
): number[] | null {
  if (proposed || promise.ballot !== ballot || mapHas(heard, from)) return null;
  if ((heard.keys.length + 1) * 2 <= acceptors.length) return null;
  const best = [...heard.values, promise.vote].reduce((a, b) => (b.ballot > a.ballot ? b : a));
  return best.ballot < 0 ? [0, 1] : [best.value];
}

/** Leads one ballot when it is told to begin. Where no vote binds it, it may propose either value. */
export const messageSetLeader: Engine<LeaderTypes> = {
  name: "message-set leader",
  schema: { ...rest, config: LeaderConfig, state: LeaderState },
  self: ({ self }) => self,
  init: () => ({ proposed: false, heard: emptyMap() }),
  actions: [
    onLeader.commands(
      "1a",
      () => ({}),
      ({ acceptors, ballot }, _state, _found, out) => out.send(acceptors, { kind: "prepare", ballot }),
    ),
    {
      ...onLeader.message(
        "promise",
        "2a",
        (config, state, message, from) => proposals(config, state, message, from)?.[0] ?? null,
        ({ ballot, acceptors }, state, value, out) => {
          state.proposed = true;
          state.heard = emptyMap();
          out.send(acceptors, { kind: "propose", ballot, value });
        },
      ),
      choices: (config, state, event) =>
        event.kind === "message" && event.message.kind === "promise"
          ? proposals(config, state, event.message, event.from)!
          : [],
    },
    onLeader.message(
      "promise",
      "hear",
      ({ ballot }, { proposed, heard }, message, from) =>
        !proposed && message.ballot === ballot && !mapHas(heard, from) ? { from, vote: message.vote } : null,
      (_config, state, { from, vote }) => mapSet(state.heard, from, vote),
    ),
  ],
  compact: () => [],
  observe: (_config, { proposed }) => proposed,
  inert: (_config, { proposed }, message) => message.kind === "promise" && proposed,
  collects: ["hear"],
  fairness: { "1a": "weak", "2a": "weak", hear: "weak" },
};

/**
 * The processes of message-set Paxos, for a network that keeps messages (`soup`) and ignores without a step (`stay`):
 * acceptors `a0`… and one leader for each ballot, `l0`…, which begins when its input `begin` is given.
 *
 * @example
 * messageSetPaxos(3, 2); // { a0: …, a1: …, a2: …, l0: …, l1: … }
 */
export function messageSetPaxos(acceptorCount: number, ballotCount: number): Record<string, GoldenProcess> {
  const acceptors = Array.from({ length: acceptorCount }, (_, at) => `a${at}`);
  const processes: Record<string, GoldenProcess> = {};
  for (const self of acceptors) processes[self] = { engine: messageSetAcceptor, config: { self } };
  for (let ballot = 0; ballot < ballotCount; ballot++) {
    const self = `l${ballot}`;
    const config = { self, ballot, acceptors };
    processes[self] = { engine: messageSetLeader, config, inputs: { begin: { commands: [null] } } };
  }
  return processes;
}

/**
 * What a search of `messageSetPaxos` with quorum transitions must count, exactly, where a quorum of promises is answered in
 * one step as in the specification. Spin and TLC agree on 2 and 3 ballots, Spin alone has counted 4.
 */
export const messageSetCounts = [
  { acceptors: 3, ballots: 2, states: 3_921 },
  { acceptors: 3, ballots: 3, states: 185_369 },
  { acceptors: 3, ballots: 4, states: 8_220_065 },
] as const;
