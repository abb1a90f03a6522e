import type { ModelProcess, Route } from "@eunomia/checker";
import type { ConsensusOutput } from "@eunomia/engine";
import type { Change } from "../../mutants/mutant.ts";
import { acceptorPart, leaderPart, learnerPart, type PaxosShape, paxosNames } from "../paxos/parts.ts";
import {
  memberPart,
  type TwoThirdsShape,
  learnerPart as twoThirdsLearner,
  twoThirdsNames,
} from "../two-thirds/parts.ts";

/** Paxos in epoch 0 with one leader, which begins in phase 2; 2/3-consensus in epoch 1 with two members. */
const paxosOf = (replicas: number): PaxosShape => ({
  prefix: "p",
  acceptors: 2,
  leaders: 1,
  learners: replicas,
  q1: 2,
  q2: 1,
  skipPhase1: true,
});
const twoThirdsOf = (replicas: number): TwoThirdsShape => ({
  prefix: "t",
  members: 2,
  learners: replicas,
  f: 0,
  graceMs: 0,
  headMs: 0,
  relay: "lazy",
});

/** What a replica asks of the protocol of an epoch. */
type Asked =
  | { readonly kind: "propose"; readonly epoch: number; readonly slot: number; readonly value: Uint8Array }
  | { readonly kind: "highest"; readonly epoch: number; readonly nonce: number };

interface RealEpochs {
  readonly processes: Readonly<Record<string, ModelProcess>>;
  routes(process: string, output: unknown): readonly Route[];
}

/**
 * The real engines behind the door of each replica, one set for each epoch, from the beginning: an engine that nobody speaks
 * to changes nothing.
 */
export function realEpochs(replicas: number, substitute: Change): RealEpochs {
  const paxos = paxosOf(replicas);
  const twoThirds = twoThirdsOf(replicas);
  const first = paxosNames(paxos);
  const second = twoThirdsNames(twoThirds);
  const processes: Record<string, ModelProcess> = {};
  const add = (id: string, part: ModelProcess): void => {
    processes[id] = { ...part, engine: substitute(part.engine) };
  };
  for (const id of first.acceptors) add(id, acceptorPart(paxos, id));
  for (const id of first.leaders) add(id, leaderPart(paxos, id));
  for (const id of second.members) add(id, memberPart(twoThirds, id));
  for (const [i, id] of first.learners.entries()) add(id, { ...learnerPart(paxos, id), node: `node ${i}` });
  for (const [i, id] of second.learners.entries())
    add(id, { ...twoThirdsLearner(twoThirds, id), node: `node ${i}` });
  const doors = [first.learners, second.learners];
  return {
    processes,
    routes(process, output) {
      const put = output as ConsensusOutput | Asked;
      const at = doors.findIndex((learners) => learners.includes(process));
      if (at < 0) {
        if (put.kind !== "propose" && put.kind !== "highest") return [];
        const { epoch, ...command } = put as Asked;
        const to = doors[epoch]?.[Number(process.slice(1))];
        return to === undefined ? [] : [{ to, command }];
      }
      if (put.kind !== "decided" && put.kind !== "highest") return [];
      return [{ to: `n${doors[at]!.indexOf(process)}`, command: { ...put, epoch: at } }];
    },
  };
}

const outside = "faults and contests of the protocol are the matter of its own models";

/** What the engines below do not do while nothing goes wrong. */
export const realExcuses: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...["1b promise (4.4)", "1b promise again (4.4)", "1b refuse (4.4)", "2b trimmed (4.4)"],
    ...["2b refuse (4.4)", "2b accept again (4.4)", "2b ballot reuse (4.4)", "learn by reference (4.10)"],
    ...["relay a fetched decision (4.10)", "answer a probe (4.8)", "raise the floor (4.6)"],
    ...["note a stable report (4.6)", "answer a read (5.10)"],
  ]
    .map((name) => `paxos acceptor: ${name}`)
    .concat(
      [
        ...["start a ballot on command (4.5)", "preempted in phase 1 (4.5)", "ask for the next page (4.5)"],
        ...["adopt the ballot (4.5)", "count a promise (4.5)", "preempted in phase 2 (4.5)"],
        ...["preempted by a heartbeat (4.8)", "follow the owner of the highest ballot (4.8)"],
        ...["suspect and probe (4.8)", "start a ballot, a phase-1 quorum being in reach (4.8)"],
        ...["count a probe answer (4.8)", "answer a proposal with the floor (4.5)"],
        ...["keep a proposal until phase 1 is over (4.5)", "count an acceptance (4.5)"],
        ...["two decisions for one slot (4.5)", "store a decision (4.5)", "answer a fetch (4.10)"],
        ...["raise the floor (4.6)", "note a stable report (4.6)", "send a heartbeat (4.8)"],
        ...["take over the floor of an acceptor (4.6)", "ask for promises again (4.5)"],
        ...["ask for acceptances again (4.5)", "give up a stalled ballot (4.8)", "watch for a stall (4.8)"],
        "answer a proposal with the decision (4.5)",
      ].map((name) => `paxos leader: ${name}`),
      [
        ...["two decisions for one slot (4.5)", "follow the active leader (4.8)", "nobody is active (4.8)"],
        ...["report a floor (4.6)", "offer and ask again (4.5)", "count an answer to a read (5.10)"],
      ].map((name) => `paxos learner: ${name}`),
      [
        ...["propose: trimmed (2.4)", "propose: hold (8)", "vote: trimmed (2.4)", "vote: evidence (2.4)"],
        ...["vote: wait for the value (8)", "want: answer (8)", "value: take (8)", "decided: fetch (8)"],
        ...["decided: alarm (2.4)", "trimmed: raise the floor (1)", "stable: raise the floor (1)"],
        ...["stable: note (1)", "tick: grace (2.4)", "retry: vote again (2.4)", "head: gossip (2.3)"],
        ...["head: catch up (2.3)", "fetch: serve (2.3)", "jump once the value is here (8)"],
        ...["ask for a value (8)", "decided: learn (2.4)", "vote: pull a laggard (2.4)", "vote: jump (2.4)"],
        ...["vote: decided (2.4)", "propose: decided (2.4)", "advance (2.4)", "highest: answer (5.10)"],
      ].map((name) => `two-thirds member: ${name}`),
      [
        ...["decided: fetch (8)", "decided: alarm (2.4)", "decided: ahead (2.3)", "trimmed: report (1)"],
        ...["head: catch up (2.3)", "retry: propose again, ask about gaps (2.3)", "highest: count (5.10)"],
      ].map((name) => `two-thirds learner: ${name}`),
    )
    .map((action) => [action, outside]),
);
