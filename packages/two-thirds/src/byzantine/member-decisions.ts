import { equalBytes, mapGet, mapSet } from "@eunomia/codec";
import { type Action, actionsOf, type NodeId } from "@eunomia/engine";
import { noteStable, stableFloor } from "../crash/stability.ts";
import { fetchMax } from "../message.ts";
import { isCertified } from "./certificate.ts";
import { type Finding, firstFinding } from "./evaluate.ts";
import { votesAgainst } from "./member-evidence.ts";
import { inWindow } from "./member-guards.ts";
import {
  armRound,
  cast,
  convict,
  digestFor,
  enter,
  isPeer,
  others,
  placeOf,
  type Rules,
  raiseFloor,
  settle,
  within,
} from "./member-moves.ts";
import type { ByzantineMemberConfig, ByzantineMemberState, ByzantineMemberTypes } from "./member-types.ts";
import { vouched } from "./quorums.ts";
import { signSays, statusesDigest } from "./statement.ts";

type Config = ByzantineMemberConfig;
type State = ByzantineMemberState;
const on = actionsOf<ByzantineMemberTypes>();

/** Earlier slots of the list had nothing to do and were not touched since. */
function dropBefore(state: State, slot: number): void {
  state.ready = state.ready.slice(state.ready.indexOf(slot));
}

/** The rules of section 3.3 that need no message, one internal action per outcome. */
export function evaluateActions(rules: Rules): Action<ByzantineMemberTypes>[] {
  const finds =
    <K extends Finding["kind"]>(kind: K) =>
    (config: Config, state: Readonly<State>): Extract<Finding, { kind: K }> | null => {
      const finding = firstFinding(rules, config, state);
      return finding?.kind === kind ? (finding as Extract<Finding, { kind: K }>) : null;
    };
  return [
    on.internal("decide (3.3)", finds("decide"), (config, state, { slot, ...decision }, out) => {
      dropBefore(state, slot);
      const learners = config.learners.filter((learner) => learner !== config.colocatedLearner);
      const to = config.relay === "eager" ? [...others(config), ...learners] : learners;
      settle(config, state, slot, decision, to, out);
    }),
    on.internal(
      "vote for what f+1 vote for (3.3)",
      finds("second"),
      (config, state, { slot, value }, out) => {
        dropBefore(state, slot);
        cast(rules, config, state, slot, { round: 0, value }, out);
      },
    ),
    on.internal("jump (3.3)", finds("jump"), (config, state, { slot, round }, out) => {
      dropBefore(state, slot);
      enter(rules, config, state, slot, round, out);
    }),
    on.internal("lead (3.3)", finds("lead"), (config, state, { slot, value, statuses }, out) => {
      dropBefore(state, slot);
      const known = mapGet(state.slots, slot)!;
      const { round } = known;
      const digest = digestFor(known, value);
      const says = { kind: "newround", value: digest, statuses: statusesDigest(statuses) } as const;
      const signature = signSays(rules.oracles, placeOf(config, slot, round), says);
      known.led = { round, digest, statuses, signature };
      // The own vote is durable first: after a restart it keeps us from leading the round with another value.
      cast(rules, config, state, slot, { round, value }, out);
      out.send(others(config), { kind: "newround", slot, round, value, statuses, signature });
    }),
    on.internal("arm the round (3.3)", finds("arm"), (config, state, { slot }, out) => {
      dropBefore(state, slot);
      armRound(config, state, mapGet(state.slots, slot)!, out);
    }),
  ] as Action<ByzantineMemberTypes>[];
}

export function decisionActions(rules: Rules): Action<ByzantineMemberTypes>[] {
  const certified = (config: Config, state: Readonly<State>, message: Parameters<typeof isCertified>[2]) => {
    const digest = digestFor(mapGet(state.slots, message.slot), message.value);
    return isCertified(rules, config.context, message, digest);
  };
  return [
    on.message(
      "decided",
      "decided: learn (3.3)",
      (config, state, message, from) =>
        isPeer(config, from) && inWindow(config, state, message.slot) && certified(config, state, message)
          ? message
          : null,
      (config, state, { slot, value, certificate }, out) => {
        const known = mapGet(state.slots, slot);
        const liars =
          known === undefined ? [] : votesAgainst(slot, known, digestFor(known, value), certificate);
        for (const evidence of liars) convict(state, evidence, out);
        settle(config, state, slot, { value, certificate }, [], out);
      },
    ),
    on.message(
      "decided",
      "decided: alarm (3.3)",
      (config, state, message, from) => {
        const known = isPeer(config, from) ? (mapGet(state.slots, message.slot)?.decided ?? null) : null;
        return known === null || equalBytes(known.value, message.value) || !certified(config, state, message)
          ? null
          : { slot: message.slot, known: known.value, other: message.value };
      },
      (_config, _state, found, out) => out.output({ kind: "alarm", ...found }),
    ),
    on.message(
      "decided",
      "decided: refuse (3.2)",
      (config, state, { slot, value }, from) => {
        const refused = (reason: "stranger" | "out of range" | "certificate") => ({
          from,
          message: "decided",
          reason,
        });
        if (slot <= state.floor) return null;
        if (!isPeer(config, from)) return refused("stranger");
        if (!within(config, state, slot)) return refused("out of range");
        const known = mapGet(state.slots, slot)?.decided ?? null;
        return known !== null && equalBytes(known.value, value) ? null : refused("certificate");
      },
      (_config, _state, found, out) => out.output({ kind: "refused", ...found }),
    ),
  ] as Action<ByzantineMemberTypes>[];
}

/** Undecided slots through `last`, lowest first, as many as one FETCH may name. */
function lacking(config: Config, state: Readonly<State>, floor: number, last: number): number[] {
  const slots: number[] = [];
  const end = Math.min(last, floor + config.maxAhead);
  for (let slot = Math.max(floor, state.decidedThrough) + 1; slot <= end && slots.length < fetchMax; slot++)
    if ((mapGet(state.slots, slot)?.decided ?? null) === null) slots.push(slot);
  return slots;
}

/** What one member says of floors is a rumour; what f+1 say, an honest one says: f+1 learners hold what it forgot. */
function floorWith({ quorums }: Rules, state: Readonly<State>, from: NodeId, floor: number): number {
  const told = { keys: [...state.floors.keys], values: [...state.floors.values] };
  mapSet(told, from, Math.max(floor, mapGet(told, from) ?? 0));
  return vouched(quorums.vouch, told);
}

function hearFloor(
  rules: Rules,
  state: State,
  from: NodeId,
  told: number,
  out: Parameters<typeof raiseFloor>[2],
): void {
  const floor = floorWith(rules, state, from, told);
  mapSet(state.floors, from, Math.max(told, mapGet(state.floors, from) ?? 0));
  if (floor > state.floor) raiseFloor(state, floor, out);
}

export function floorActions(rules: Rules): Action<ByzantineMemberTypes>[] {
  const { retire, vouch } = rules.quorums;
  const isLearner = (config: Config, from: NodeId) => config.learners.includes(from);
  return [
    on.message(
      "trimmed",
      "trimmed: hear of a floor (1)",
      (config, state, { floor }, from) =>
        isPeer(config, from) && floor > (mapGet(state.floors, from) ?? 0) ? { from, floor } : null,
      (_config, state, { from, floor }, out) => hearFloor(rules, state, from, floor, out),
    ),
    on.message(
      "stable",
      "stable: raise the floor (1)",
      (config, state, { slot }, from) => {
        if (!isLearner(config, from)) return null;
        const floor = stableFloor(retire, state.stable, from, slot);
        return floor > state.floor ? { from, slot, floor } : null;
      },
      (_config, state, { from, slot, floor }, out) => {
        noteStable(state.stable, from, slot);
        raiseFloor(state, floor, out);
      },
    ),
    on.message(
      "stable",
      "stable: note (1)",
      (config, state, { slot }, from) =>
        isLearner(config, from) && slot > Math.max(state.floor, mapGet(state.stable, from) ?? 0)
          ? { from, slot }
          : null,
      (_config, state, { from, slot }) => noteStable(state.stable, from, slot),
    ),
    on.message(
      "head",
      "head: catch up (2.3)",
      (config, state, { floor, maxDecided }, from) => {
        if (!isPeer(config, from)) return null;
        // Only what an earlier HEAD called decided is asked for: the rest is probably on its way.
        const above = Math.max(state.floor, floorWith(rules, state, from, floor));
        const slots = lacking(config, state, above, Math.min(maxDecided, state.headDecided));
        const news =
          floor > (mapGet(state.floors, from) ?? 0) || maxDecided > (mapGet(state.heads, from) ?? 0);
        return news || slots.length > 0 ? { from, floor, maxDecided, slots } : null;
      },
      (_config, state, { from, floor, maxDecided, slots }, out) => {
        hearFloor(rules, state, from, floor, out);
        mapSet(state.heads, from, Math.max(maxDecided, mapGet(state.heads, from) ?? 0));
        state.headDecided = Math.max(state.headDecided, vouched(vouch, state.heads));
        if (slots.length > 0) out.send([from], { kind: "fetch", slots });
      },
    ),
    on.message(
      "fetch",
      "fetch: serve (2.3)",
      (config, state, { slots }, from) => {
        if (!isPeer(config, from) && !isLearner(config, from)) return null;
        const floor = slots.some((slot) => slot <= state.floor) ? state.floor : null;
        const decided = slots.flatMap((slot) => {
          const decision = mapGet(state.slots, slot)?.decided ?? null;
          return decision === null ? [] : [{ slot, ...decision }];
        });
        return floor === null && decided.length === 0 ? null : { from, floor, decided };
      },
      (_config, _state, { from, floor, decided }, out) => {
        if (floor !== null) out.send([from], { kind: "trimmed", floor });
        for (const decision of decided) out.send([from], { kind: "decided", ...decision });
      },
    ),
  ] as Action<ByzantineMemberTypes>[];
}
