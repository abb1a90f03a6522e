import type { Invariant, Model, ModelInput, ModelProcess, Witness } from "@eunomia/checker";
import { PaxosMessage } from "@eunomia/paxos";
import { type Substitution, unchanged } from "../../mutants/mutant.ts";
import { excusesIn } from "../excuses.ts";
import { agreement, decisions, integrity, ledger, noAlarm, validity } from "../ledger.ts";
import { proposerEngine } from "../proposer.ts";
import { earlyRead, readingAfter, readsSee, readWitnesses } from "../read-models.ts";
import { silenced } from "../silenced.ts";
import { bytesOf, noop, textOf } from "../values.ts";
import { floorsHeld, oneValuePerBallot, promiseCovers } from "./invariants.ts";
import { acceptorPart, leaderPart, learnerPart, type PaxosShape, paxosNames } from "./parts.ts";

/** One scope of Paxos, as plain JSON. What is left out has the default in brackets. */
export interface PaxosParams extends Omit<PaxosShape, "leaders" | "learners"> {
  /** How often each leader may be told to start a ballot: as many leaders, and in all as many ballots. */
  readonly ballots: readonly number[];
  /** Real learners. [0: decisions are those of leaders] */
  readonly learners?: number;
  /** Each leader is offered a value of its own in slots 1 to `slots`. [1] */
  readonly slots?: number;
  /** Learners are done with slot 1 once it is decided, and say so. [false] */
  readonly trims?: boolean;
  /** The second learner reads: at any moment, and once the first one has reported slot 1. [false] */
  readonly reads?: boolean;
  /** [0] */
  readonly crashes?: number;
  /** [true] */
  readonly recover?: boolean;
  /** [false] */
  readonly splitFlush?: boolean;
  /** [bag] */
  readonly order?: "bag" | "fifo" | "soup";
  /** [0] */
  readonly duplicates?: number;
  /** [0] */
  readonly loss?: number;
  /** False: acceptors refuse in silence, as though each refusal were lost. [true] */
  readonly refusals?: boolean;
  /** How often `retry` of each leader may fire. [0] */
  readonly retries?: number;
}

/** The learner that every configuration names and that no process is: the proposer speaks in its name. */
const offering = "r0";

function inputsOf(ballots: number): Record<string, ModelInput> {
  const inputs: Record<string, ModelInput> = {};
  for (let i = 1; i <= ballots; i += 1)
    inputs[`lead ${i}`] = {
      commands: [{ kind: "lead" }],
      ...(i > 1 ? { after: [`lead ${i - 1}`] } : {}),
    };
  return inputs;
}

/** The replica of a learner is done with slot 1 as soon as it is decided. */
const trimming =
  (learners: readonly string[]): NonNullable<Model["routes"]> =>
  (process, output) => {
    const { kind, slot } = output as { readonly kind: string; readonly slot: number };
    return learners.includes(process) && kind === "decided" && slot === 1
      ? [{ to: process, command: { kind: "trim", slot } }]
      : [];
  };

/** What replicas do with what their learners report. */
function routesOf({ trims, reads }: PaxosParams, learners: readonly string[]): NonNullable<Model["routes"]> {
  // Who reads keeps what it has: then only others can tell it of what is retired.
  const trim = trimming(reads ? learners.slice(0, 1) : learners);
  const read = readingAfter(learners);
  return (process, output) => [
    ...(trims ? trim(process, output) : []),
    ...(reads ? read(process, output) : []),
  ];
}

const decidesOf = (process: string, value: string): Witness => ({
  name: `${process} decides ${value}`,
  reached: (view) => decisions(view, [process]).some(([, , decided]) => decided === value),
});

function witnessesOf(
  params: PaxosParams,
  leaders: readonly string[],
  learners: readonly string[],
): Witness[] {
  const found: Witness[] = [];
  for (const [j] of leaders.entries()) {
    // A leader that starts one ballot stands below the leaders after it: it never takes over their values.
    for (const [i, leader] of leaders.entries())
      if (j <= i || params.ballots[i]! > 1) found.push(decidesOf(leader, `v${j}`));
    for (const learner of learners) found.push(decidesOf(learner, `v${j}`));
  }
  if (params.reads) found.push(...readWitnesses(learners));
  if ((params.crashes ?? 0) > 0)
    found.push({
      name: "a decision after a crash of everybody but one",
      reached: (view) =>
        decisions(view, leaders).length > 0 && view.processes.some((process) => !view.of(process).up),
    });
  return found;
}

/** What a leader without rivals never does, and never has done to it. */
const unrivalled: readonly [string, string][] = [
  ...["preempted in phase 1 (4.5)", "preempted in phase 2 (4.5)", "store a decision (4.5)"].map(
    (name) => `paxos leader: ${name}`,
  ),
  "paxos leader: answer a proposal with the decision (4.5)",
  "paxos leader: answer a proposal with the floor (4.5)",
  "paxos acceptor: 1b refuse (4.4)",
  "paxos acceptor: 2b refuse (4.4)",
].map((action) => [action, "a single leader, to which each proposal comes once"]);

/** Why actions of the real engines may stay unused in a scope. */
function excuses(params: PaxosParams): Record<string, string> {
  const why = {
    timer: "its timer has no budget in this scope",
    probe: "leaders start by command in this scope",
    one: "one process alone speaks here",
    trims: "nothing is retired in this scope",
    reads: "nobody reads in this scope: `paxos/2a1b-reads` and `paxos/2a1b-reads-trims` search that",
    never: "excluded by agreement: an invariant says so",
  };
  const leader = (name: string, reason: string): [string, string] => [`paxos leader: ${name}`, reason];
  const acceptor = (name: string, reason: string): [string, string] => [`paxos acceptor: ${name}`, reason];
  const learner = (name: string, reason: string): [string, string] => [`paxos learner: ${name}`, reason];
  const found: [string, string][] = [
    acceptor("2b ballot reuse (4.4)", why.never),
    acceptor("answer a probe (4.8)", why.probe),
    leader("two decisions for one slot (4.5)", why.never),
    leader("preempted by a heartbeat (4.8)", why.timer),
    leader("follow the owner of the highest ballot (4.8)", why.timer),
    leader("suspect and probe (4.8)", why.timer),
    leader("start a ballot, a phase-1 quorum being in reach (4.8)", why.probe),
    leader("count a probe answer (4.8)", why.probe),
    leader("answer a fetch (4.10)", why.timer),
    leader("send a heartbeat (4.8)", why.timer),
    leader("give up a stalled ballot (4.8)", why.timer),
    leader("watch for a stall (4.8)", why.timer),
    learner("two decisions for one slot (4.5)", why.never),
    learner("follow the active leader (4.8)", why.timer),
    learner("nobody is active (4.8)", why.timer),
    learner("offer and ask again (4.5)", why.timer),
    learner("report a floor (4.6)", "told to the proposer only in this scope"),
    acceptor("note a stable report (4.6)", "one report retires a slot in this scope"),
  ];
  if (!params.reads)
    found.push(
      acceptor("answer a read (5.10)", why.reads),
      learner("count an answer to a read (5.10)", why.reads),
    );
  if (!params.trims && !params.reads) found.push(learner("take commands (5.4)", why.trims));
  if (!params.trims) {
    for (const name of ["2b trimmed (4.4)", "raise the floor (4.6)"]) found.push(acceptor(name, why.trims));
    for (const name of [
      "raise the floor (4.6)",
      "take over the floor of an acceptor (4.6)",
      "answer a proposal with the floor (4.5)",
      "note a stable report (4.6)",
    ])
      found.push(leader(name, why.trims));
  }
  for (const name of ["learn by reference (4.10)", "relay a fetched decision (4.10)"])
    found.push(acceptor(name, "decisions travel by value in this scope"));
  found.push(leader("ask for the next page (4.5)", "reports fit one page in this scope"));
  if ((params.retries ?? 0) === 0)
    for (const name of ["ask for promises again (4.5)", "ask for acceptances again (4.5)"])
      found.push(leader(name, why.timer));
  if (params.order !== "soup" && !params.duplicates && !params.retries) {
    found.push(acceptor("1b promise again (4.4)", "no message comes twice"));
    found.push(acceptor("2b accept again (4.4)", "no message comes twice"));
  }
  if (params.refusals === false)
    for (const name of ["preempted in phase 1 (4.5)", "preempted in phase 2 (4.5)"])
      found.push(leader(name, "refusals are lost in this scope"));
  const majority = Math.floor(params.acceptors / 2) + 1;
  if ((params.q1 ?? majority) === 1) found.push(leader("count a promise (4.5)", "one promise is a quorum"));
  if ((params.q2 ?? majority) === 1)
    found.push(leader("count an acceptance (4.5)", "one acceptance is a quorum"));
  return Object.fromEntries(params.ballots.length === 1 ? [...found, ...unrivalled] : found);
}

/**
 * Paxos over its real engines in a bounded scope: leaders are told when to start a ballot, and each is offered a value of its
 * own, so that every contest of ballots and values within the bounds happens.
 *
 * @example
 * paxosModel({ acceptors: 3, ballots: [1, 1] });
 */
export function paxosModel(params: PaxosParams, substitution: Partial<Substitution> = {}): Model {
  const { engine: substitute } = { ...unchanged, ...substitution };
  const { ballots, learners: told = 0, slots = 1, trims = false, retries = 0 } = params;
  const f = params.f ?? Math.max(0, told - 1);
  // The proposer is one of the learners that configurations know of.
  const shape: PaxosShape = { ...params, leaders: ballots.length, learners: told + 1, f };
  const { acceptors, leaders, learners } = paxosNames(shape);
  const real = learners.slice(1);
  const processes: Record<string, ModelProcess> = {};
  const add = (name: string, made: ModelProcess): void => {
    processes[name] = { ...made, engine: substitute(made.engine) };
  };
  const silent = (params.refusals ?? true) ? [] : ["1b refuse (4.4)", "2b refuse (4.4)"];
  for (const id of acceptors) {
    const { engine, config } = acceptorPart(shape, id);
    add(id, { engine: silenced(silent, engine), config, history: ledger });
  }
  for (const [i, id] of leaders.entries())
    add(id, {
      ...leaderPart(shape, id),
      inputs: inputsOf(ballots[i]!),
      history: ledger,
      ...(retries > 0 ? { timers: { retry: retries } } : {}),
    });
  for (const [i, id] of real.entries())
    add(id, {
      ...learnerPart(shape, id),
      history: ledger,
      ...(params.reads && i === 1 ? { inputs: earlyRead } : {}),
    });
  const offers = leaders.flatMap((to, i) =>
    Array.from({ length: slots }, (_, s) => ({ to, slot: s + 1, value: bytesOf(`v${i}`) })),
  );
  processes[offering] = {
    engine: proposerEngine(PaxosMessage),
    config: { self: offering, choices: [offers] },
    inputs: { go: { commands: [{ kind: "go" }] } },
  };
  const deciding = [...leaders, ...real];
  const proposed = [...leaders.map((_, i) => `v${i}`), textOf(noop)];
  const invariants: Invariant[] = [
    agreement(deciding),
    validity(deciding, proposed),
    oneValuePerBallot(acceptors),
    promiseCovers(acceptors),
    noAlarm([...acceptors, ...deciding]),
  ];
  if (!params.crashes) invariants.push(integrity(real));
  if (params.reads) invariants.push(readsSee(real));
  if (trims) invariants.push(floorsHeld([...acceptors, ...leaders], real, f));
  return {
    name: "paxos",
    processes,
    network: {
      order: params.order ?? "bag",
      ignored: "stay",
      ...(params.order === "soup" ? {} : { duplicates: params.duplicates ?? 0, loss: params.loss ?? 0 }),
    },
    ...(params.crashes
      ? {
          faults: {
            crashes: params.crashes,
            recover: params.recover ?? true,
            splitFlush: params.splitFlush ?? false,
          },
        }
      : {}),
    ...(trims || params.reads ? { routes: routesOf(params, real) } : {}),
    invariants,
    witnesses: witnessesOf(params, leaders, real),
    excused: excusesIn(processes, excuses(params)),
    scope: { ...params },
    assumptions: ["crash faults only", "messages are not altered"],
  };
}
