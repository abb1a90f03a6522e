import type { Model, ModelProcess, View, Witness } from "@eunomia/checker";
import { mapGet } from "@eunomia/codec";
import type { AnyEngine } from "@eunomia/engine";
import {
  type ByzantineMemberConfig,
  type ByzantineMemberState,
  ByzantineMessage,
} from "@eunomia/two-thirds/byzantine";
import { type Substitution, unchanged } from "../../mutants/mutant.ts";
import { excusesIn } from "../excuses.ts";
import { agreement, decisions, integrity, ledger, validity } from "../ledger.ts";
import { proposerEngine } from "../proposer.ts";
import { silenced } from "../silenced.ts";
import { bytesOf } from "../values.ts";
import { liarEngine } from "./liar.ts";
import { type ByzantineShape, byzantineMemberPart, byzantineNames } from "./parts.ts";

/** One scope of Byzantine 2/3-consensus, as plain JSON. What is left out has the default in brackets. */
export interface ByzantineParams extends Pick<ByzantineShape, "members" | "f" | "relay"> {
  /** Rounds 0 to `rounds` - 1 are entered. */
  readonly rounds: number;
  /** Who coordinates round 1: the third honest member, or the liar. */
  readonly leader: "honest" | "liar";
  /** False: nobody hears of a slot before its proposal comes, as though what came earlier were late. [false] */
  readonly early?: boolean;
  /** So many honest members hear value y first, the others x; `all`: every number of them. */
  readonly inputs: "all" | number;
  /** So many of the members are away from the beginning. [0] */
  readonly away?: number;
}

const offering = "r0";
const slot = { honest: 1, liar: 3 } as const;
const kinds = ["propose", "vote", "status", "newround"];
const answering = kinds.map((kind) => `${kind}: decided (3.3)`);
/** Evidence and refusals are told to the outside: nothing follows from them in the protocol. */
const complaining = ["vote", "status", "newround"].flatMap((kind) => [
  `${kind}: evidence (3.3)`,
  `${kind}: refuse (3.2)`,
]);
const hearing = ["vote: hear of a slot (3.3)", "status: hear of a slot (3.3)"];
const ticking = "tick: next round (3.3)";

const roundOf = (state: ByzantineMemberState, number: number): number =>
  mapGet(state.slots, number)?.round ?? 0;

/**
 * Bounds of the scope, not of the engine: nobody goes beyond the last round, decisions are told to nobody, and members enter the
 * last round by their timers or behind its coordinator alone. A timer may fire at any moment, so nothing is lost by that, and only
 * the coordinator needs statuses.
 */
function boundedTo({ rounds, leader, early = false }: ByzantineParams, engine: AnyEngine): AnyEngine {
  const number = slot[leader];
  const allowed = (name: string, { self, members }: ByzantineMemberConfig, state: ByzantineMemberState) => {
    if (name === "status: count (3.3)") return members[(number + rounds - 1) % members.length] === self;
    if (name === ticking || name === "jump (3.3)") return roundOf(state, number) + 1 < rounds;
    return name !== "arm the round (3.3)" || roundOf(state, number) + 1 < rounds;
  };
  const actions = engine.actions.map((action) => ({
    ...action,
    guard: (config: ByzantineMemberConfig, state: ByzantineMemberState, event: never) =>
      allowed(action.name, config, state) ? action.guard(config, state as never, event) : null,
  }));
  const quiet = [...answering, ...complaining, ...(early ? [] : hearing)];
  return silenced(quiet, { ...engine, actions: actions as unknown as AnyEngine["actions"] });
}

/** What a member never minds again, where nobody crashes and decided slots are not answered for. */
function withoutCrashes({ leader, rounds }: ByzantineParams, engine: AnyEngine): AnyEngine {
  const number = slot[leader];
  return {
    ...engine,
    inert(config: ByzantineMemberConfig, state, given) {
      if (engine.inert?.(config as never, state, given)) return true;
      const message = given as ByzantineMessage;
      if (message.kind !== "vote" && message.kind !== "status" && message.kind !== "newround") return false;
      const coordinates = config.members[(number + rounds - 1) % config.members.length] === config.self;
      if (message.kind === "status" && !coordinates) return true;
      const known = mapGet((state as ByzantineMemberState).slots, message.slot);
      if (known === undefined) return false;
      if (known.decided !== null) return true;
      // With `keepRounds` 0 the votes of a round that is over count no more; who voted in a round follows nobody in it.
      if (message.kind === "newround") return message.round <= known.voted;
      return message.kind === "vote" && message.round < known.round;
    },
  };
}

function witnessesOf(params: ByzantineParams, honest: readonly string[]): Witness[] {
  const { inputs, rounds, members } = params;
  // A value that L honest members hear first is locked after round 0, if it is not decided in it.
  const lock = members - 3 * Math.floor((members - 1) / 5);
  const often =
    inputs === "all"
      ? []
      : [...(honest.length - inputs >= lock ? ["x"] : []), ...(inputs >= lock ? ["y"] : [])];
  const values = often.length > 0 ? often : ["x", "y"];
  const last = (view: View): boolean =>
    honest.some((member) =>
      (view.of(member).observation?.slots.values ?? []).some(
        ({ voted }: { readonly voted: number }) => voted === rounds - 1,
      ),
    );
  return [
    ...honest.flatMap((process) =>
      values.map((value) => ({
        name: `${process} decides ${value}`,
        reached: (view: View) => decisions(view, [process]).some(([, , decided]) => decided === value),
      })),
    ),
    { name: "a vote in the last round", reached: last },
  ];
}

function excuses({ rounds, early = false }: ByzantineParams): Record<string, string> {
  const member = (name: string, why: string): [string, string] => [
    `byzantine two-thirds member: ${name}`,
    why,
  ];
  const floor = "nothing is retired in this scope";
  const timer = "its timer has no budget in this scope";
  const once = "there is one round in this scope";
  const found = [
    ...kinds.map((kind) => member(`${kind}: trimmed (1)`, floor)),
    ...answering.map((name) => member(name, "decided slots are not answered for in this scope")),
    ...complaining.map((name) => member(name, "complaints are not put out in this scope")),
    member("decided: refuse (3.2)", "decisions are not relayed in this scope"),
    ...["trimmed: hear of a floor (1)", "stable: raise the floor (1)", "stable: note (1)"].map((name) =>
      member(name, floor),
    ),
    ...["head: catch up (2.3)", "head: gossip (2.3)", "retry: say it again (3.3)", "fetch: serve (2.3)"].map(
      (name) => member(name, timer),
    ),
    member("highest: answer (5.10)", "nobody reads in this scope"),
    member("decided: learn (3.3)", "decisions are not relayed in this scope"),
    member("decided: alarm (3.3)", "excluded by agreement: an invariant says so"),
    member("propose: keep (3.3)", "a proposal comes once"),
    member("jump (3.3)", "timers alone move members in this scope"),
    member("status: count (3.3)", "the liar alone collects statuses in this scope"),
    member("lead (3.3)", "the liar coordinates the only round that is coordinated"),
  ];
  if (!early) {
    const late = "proposals come first in this scope";
    found.push(...hearing.map((name) => member(name, late)));
    found.push(member("vote for what f+1 vote for (3.3)", late));
  }
  if (rounds === 1) found.push(["byzantine two-thirds liar: mislead", once]);
  if (rounds === 1)
    found.push(
      ...["status: count (3.3)", "newround: follow (3.3)", ticking, "arm the round (3.3)", "jump (3.3)"].map(
        (name) => member(name, once),
      ),
    );
  return Object.fromEntries(found);
}

/**
 * Byzantine 2/3-consensus over its real engines in a bounded scope: one slot, two values, and one liar that says everything it
 * can seal.
 *
 * @example
 * byzantineModel({ members: 6, away: 1, rounds: 2, inputs: "all", leader: "liar" });
 */
export function byzantineModel(params: ByzantineParams, substitution: Partial<Substitution> = {}): Model {
  const { engine: substitute } = { ...unchanged, ...substitution };
  const { away = 0, inputs, f, relay = "lazy", rounds, leader } = params;
  const shape: ByzantineShape = {
    ...{ members: params.members, learners: 1, relay, headMs: 0, keepRounds: 0, order: "bytes" },
    ...(f === undefined ? {} : { f }),
  };
  const present = byzantineNames(shape).members.slice(0, params.members - away);
  const honest = present.slice(0, -1);
  const liar = present.at(-1)!;
  const processes: Record<string, ModelProcess> = {};
  for (const id of honest) {
    const { engine, config } = byzantineMemberPart(shape, id);
    processes[id] = {
      engine: withoutCrashes(params, boundedTo(params, substitute(engine))),
      config,
      ...(rounds > 1 ? { timers: { tick: rounds - 1 } } : {}),
      history: ledger,
    };
  }
  const values = ["x", "y"].map(bytesOf);
  const needed = params.members - Math.floor((params.members - 1) / 5) - 1;
  processes[liar] = {
    engine: liarEngine,
    config: { self: liar, honest, slot: slot[leader], rounds, values, needed },
    inputs: { lie: { commands: [{ kind: "lie" }] } },
  };
  const counts = inputs === "all" ? Array.from({ length: honest.length + 1 }, (_, ys) => ys) : [inputs];
  processes[offering] = {
    engine: proposerEngine(ByzantineMessage),
    config: {
      self: offering,
      choices: counts.map((ys) =>
        honest.map((to, i) => ({ to, slot: slot[leader], value: bytesOf(i < ys ? "y" : "x") })),
      ),
    },
    inputs: { go: { commands: [{ kind: "go" }] } },
  };
  return {
    name: "two-thirds-byzantine",
    processes,
    network: { order: "soup", ignored: "stay" },
    invariants: [agreement(honest), validity(honest, ["x", "y"]), integrity(honest)],
    witnesses: witnessesOf(params, honest),
    excused: excusesIn(processes, excuses(params)),
    scope: { ...params },
    assumptions: [`${liar} lies and nobody else does`, "seals are made by their owners only"],
  };
}
