import type { Invariant, Model, ModelProcess, View, Witness } from "@eunomia/checker";
import { equalBytes, mapGet } from "@eunomia/codec";
import type { AnyEngine } from "@eunomia/engine";
import { type MemberState, TwoThirdsMessage } from "@eunomia/two-thirds";
import { type Substitution, unchanged } from "../../mutants/mutant.ts";
import { excusesIn } from "../excuses.ts";
import { agreement, decisions, integrity, ledger, noAlarm, validity } from "../ledger.ts";
import { proposerEngine } from "../proposer.ts";
import { earlyRead, readingAfter, readsSee, readWitnesses } from "../read-models.ts";
import { silenced } from "../silenced.ts";
import { bytesOf } from "../values.ts";
import { learnerPart, memberPart, type TwoThirdsShape, twoThirdsNames } from "./parts.ts";

/** One scope of 2/3-consensus, as plain JSON. What is left out has the default in brackets. */
export interface TwoThirdsParams
  extends Pick<TwoThirdsShape, "members" | "f" | "decide" | "update" | "relay" | "keepRounds"> {
  /** Rounds 0 to `rounds` - 1 are voted in; whoever would go on waits there. */
  readonly rounds: number;
  /**
   * How many members hear value y first, the others x; `all`: every number of them; `every`: every set of them, which keeps
   * the members alike, for symmetry.
   */
  readonly inputs: "all" | "every" | number;
  /**
   * False: nobody answers the vote of a member that is behind, as though each of these answers were lost. That of somebody
   * undecided would be its own vote once more, which in a soup is there already. [true]
   */
  readonly answers?: boolean;
  /** So many of the members are away from the beginning. [0] */
  readonly away?: number;
  /** Real learners. [0: decisions are those of members] */
  readonly learners?: number;
  /** The second learner reads: at any moment, and once the first one has reported slot 1. [false] */
  readonly reads?: boolean;
  /** A second proposal comes to every member too. [false] */
  readonly contested?: boolean;
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
}

const offering = "r0";
const answering = ["vote: decided (2.4)", "vote: pull a laggard (2.4)"];

/** Bounds of the scope, not of the engine: nobody votes beyond the last round, and perhaps no decision is told to voters. */
function boundedTo({ rounds, answers = true }: TwoThirdsParams, engine: AnyEngine): AnyEngine {
  const ends = ["advance (2.4)", "vote: jump (2.4)"];
  const actions = engine.actions.map((action) =>
    ends.includes(action.name)
      ? {
          ...action,
          guard: (config: never, state: never, event: never) => {
            const found = action.guard(config, state, event) as { readonly round: number } | null;
            return found !== null && found.round < rounds ? found : null;
          },
        }
      : action,
  );
  return silenced(answers ? [] : answering, { ...engine, actions });
}

/**
 * What a member never minds again if nobody crashes in the scope: the engine itself cannot say so, since a crash makes it
 * forget whose votes it has counted, and a decision whose record was not yet durable.
 */
function withoutCrashes({ answers = true, keepRounds }: TwoThirdsParams, engine: AnyEngine): AnyEngine {
  const forgets = !answers && keepRounds === 0;
  return {
    ...engine,
    inert(config, state, given) {
      if (engine.inert?.(config, state, given)) return true;
      const message = given as TwoThirdsMessage;
      if (message.kind !== "vote" && message.kind !== "decided") return false;
      const known = mapGet((state as MemberState).slots, message.slot);
      if (known === undefined) return false;
      if (known.decided === null) return forgets && message.kind === "vote" && message.round < known.round;
      return message.kind === "vote" ? !answers : isWhole(message, known.decided);
    },
  };
}

function isWhole(message: TwoThirdsMessage, value: Uint8Array): boolean {
  return (
    message.kind === "decided" && message.choice.kind === "whole" && equalBytes(message.choice.value, value)
  );
}

/** Every way in which the members may hear of x and y first, but for the names of members. */
function choicesOf(params: TwoThirdsParams, members: readonly string[]) {
  const offers = (hearsY: (member: number) => boolean) =>
    members.flatMap((to, i) => {
      const first = { to, slot: 1, value: bytesOf(hearsY(i) ? "y" : "x") };
      const second = { to, slot: 1, value: bytesOf(hearsY(i) ? "x" : "y") };
      return params.contested ? [first, second] : [first];
    });
  const { inputs } = params;
  if (inputs === "every")
    return Array.from({ length: 2 ** members.length }, (_, set) => offers((i) => ((set >> i) & 1) === 1));
  const counts = inputs === "all" ? Array.from({ length: members.length + 1 }, (_, ys) => ys) : [inputs];
  return counts.map((ys) => offers((i) => i < ys));
}

function witnessesOf(
  params: TwoThirdsParams,
  members: readonly string[],
  learners: readonly string[],
): Witness[] {
  const values = params.inputs === 0 ? ["x"] : params.inputs === members.length ? ["y"] : ["x", "y"];
  const reads = params.reads ? readWitnesses(learners) : [];
  const last = (view: View): boolean =>
    members.some((member) =>
      (view.of(member).observation?.slots.values ?? []).some(
        ({ round }: { readonly round: number }) => round === params.rounds - 1,
      ),
    );
  return [
    ...[...members, ...learners].flatMap((process) =>
      values.map((value) => ({
        name: `${process} decides ${value}`,
        reached: (view: View) => decisions(view, [process]).some(([, , decided]) => decided === value),
      })),
    ),
    { name: "the last round is reached", reached: last },
    ...reads,
  ];
}

function excuses(params: TwoThirdsParams): Record<string, string> {
  const member = (name: string, why: string): [string, string] => [`two-thirds member: ${name}`, why];
  const learner = (name: string, why: string): [string, string] => [`two-thirds learner: ${name}`, why];
  const digest = "votes carry whole values in this scope";
  const timer = "its timer has no budget in this scope";
  const floor = "nothing is retired in this scope";
  const found = [
    ...["propose: hold (8)", "vote: wait for the value (8)", "want: answer (8)", "value: take (8)"],
    ...["decided: fetch (8)", "jump once the value is here (8)", "ask for a value (8)"],
  ].map((name) => member(name, digest));
  found.push(
    member("propose: trimmed (2.4)", floor),
    member("vote: trimmed (2.4)", floor),
    member("trimmed: raise the floor (1)", floor),
    member("stable: raise the floor (1)", floor),
    member("stable: note (1)", floor),
    member("tick: grace (2.4)", timer),
    member("retry: vote again (2.4)", timer),
    member("head: gossip (2.3)", timer),
    member("head: catch up (2.3)", timer),
    member("fetch: serve (2.3)", timer),
    member("decided: alarm (2.4)", "excluded by agreement: an invariant says so"),
    member("vote: evidence (2.4)", "nobody votes twice: an invariant says so"),
    member("propose: decided (2.4)", "a proposal comes once, and first, or finds a vote"),
    learner("decided: fetch (8)", digest),
    learner("decided: alarm (2.4)", "excluded by agreement: an invariant says so"),
    learner("decided: ahead (2.3)", "one slot"),
    learner("trimmed: report (1)", floor),
    learner("head: catch up (2.3)", timer),
    learner("retry: propose again, ask about gaps (2.3)", timer),
  );
  const silent = "nobody reads in this scope: `two-thirds/3of4m1r-reads` searches that";
  if (!params.reads)
    found.push(
      member("highest: answer (5.10)", silent),
      learner("highest: count (5.10)", silent),
      learner("propose and trim (2.3)", floor),
    );
  if (params.answers === false)
    found.push(
      member("vote: pull a laggard (2.4)", "votes of lower rounds are forgotten unanswered in this scope"),
    );
  if (params.rounds === 1 && (params.away ?? 0) > 0)
    found.push(member("vote: decided (2.4)", "who decides has heard every vote of this scope"));
  if (params.rounds === 1)
    found.push(
      member("advance (2.4)", "there is one round in this scope"),
      member("vote: jump (2.4)", "there is one round in this scope"),
    );
  if (params.relay === "lazy")
    found.push(member("decided: learn (2.4)", "decisions are not relayed in this scope"));
  return Object.fromEntries(found);
}

/**
 * 2/3-consensus over its real engines in a bounded scope: one slot, two values, every split of the inputs.
 *
 * @example
 * twoThirdsModel({ members: 4, rounds: 3, inputs: "all" });
 */
export function twoThirdsModel(params: TwoThirdsParams, substitution: Partial<Substitution> = {}): Model {
  const { engine: substitute } = { ...unchanged, ...substitution };
  const { learners: told = 0, crashes = 0, duplicates = 0, order = "bag" } = params;
  const { recover = true, splitFlush = false } = params;
  const { f, decide, update, relay, keepRounds } = params;
  const shape: TwoThirdsShape = {
    members: params.members,
    learners: told + 1,
    graceMs: 0,
    headMs: 0,
    ...(f === undefined ? {} : { f }),
    ...(decide === undefined ? {} : { decide }),
    ...(update === undefined ? {} : { update }),
    ...(relay === undefined ? {} : { relay }),
    ...(keepRounds === undefined ? {} : { keepRounds }),
  };
  const { members: all, learners } = twoThirdsNames(shape);
  const members = all.slice(params.away ?? 0);
  const real = learners.slice(1);
  const processes: Record<string, ModelProcess> = {};
  for (const id of members) {
    const { engine, config } = memberPart(shape, id);
    const bounded = boundedTo(params, substitute(engine));
    processes[id] = {
      engine: crashes > 0 ? bounded : withoutCrashes(params, bounded),
      config,
      history: ledger,
    };
  }
  for (const id of real) {
    const { engine, config } = learnerPart(shape, id);
    processes[id] = {
      engine: substitute(engine),
      config,
      history: ledger,
      ...(params.reads && id === real[1] ? { inputs: earlyRead } : {}),
    };
  }
  processes[offering] = {
    engine: proposerEngine(TwoThirdsMessage),
    config: { self: offering, choices: choicesOf(params, members) },
    inputs: { go: { commands: [{ kind: "go" }] } },
  };
  const deciding = [...members, ...real];
  const invariants: Invariant[] = [agreement(deciding), validity(deciding, ["x", "y"]), noAlarm(deciding)];
  if (crashes === 0) invariants.push(integrity(deciding));
  if (params.reads) invariants.push(readsSee(real));
  return {
    name: "two-thirds",
    processes,
    network: { order, ignored: "stay", ...(order === "soup" ? {} : { duplicates }) },
    ...(crashes > 0 ? { faults: { crashes, recover, splitFlush } } : {}),
    ...(params.reads ? { routes: readingAfter(real) } : {}),
    invariants,
    witnesses: witnessesOf(params, members, real),
    excused: excusesIn(processes, excuses(params)),
    scope: { ...params },
    assumptions: ["crash faults only", "messages are not altered"],
  };
}
