import { mapGet } from "@eunomia/codec";
import { type Action, actionsOf, type NodeId } from "@eunomia/engine";
import { fetchMax } from "../message.ts";
import { heldValue, isNamed } from "./choice.ts";
import { type Finding, firstFinding } from "./evaluate.ts";
import { cast, isPeer, others, raiseFloor, settle, within } from "./member-moves.ts";
import type { MemberConfig, MemberState, MemberTypes } from "./member-types.ts";
import { noteWanted } from "./member-votes.ts";
import type { Quorums } from "./quorums.ts";
import { noteStable, stableFloor } from "./stability.ts";

const on = actionsOf<MemberTypes>();

/** Earlier slots of the list had nothing to do and were not touched since. */
function dropBefore(state: MemberState, slot: number): void {
  state.ready = state.ready.slice(state.ready.indexOf(slot));
}

/** `evaluate` of section 2.4, one internal action per outcome. */
export function evaluateActions(quorums: Quorums): Action<MemberTypes>[] {
  const finds =
    <K extends Finding["kind"]>(kind: K) =>
    (config: MemberConfig, state: Readonly<MemberState>): Extract<Finding, { kind: K }> | null => {
      const finding = firstFinding(config, quorums, state);
      return finding?.kind === kind ? (finding as Extract<Finding, { kind: K }>) : null;
    };
  return [
    on.internal("decide (2.4)", finds("decide"), (config, state, { slot, value, choice }, out) => {
      dropBefore(state, slot);
      const learners = config.learners.filter((learner) => learner !== config.colocatedLearner);
      const to = config.relay === "eager" ? [...others(config), ...learners] : learners;
      settle(
        config,
        state,
        slot,
        value,
        (effects) => effects.send(to, { kind: "decided", slot, choice }),
        out,
      );
    }),
    on.internal("advance (2.4)", finds("advance"), (config, state, finding, out) => {
      dropBefore(state, finding.slot);
      cast(config, state, finding.slot, finding, out);
    }),
    on.internal(
      "jump once the value is here (8)",
      (config, state) => (config.digestAboveBytes === null ? null : finds("jump")(config, state)),
      (config, state, finding, out) => {
        dropBefore(state, finding.slot);
        cast(config, state, finding.slot, finding, out);
      },
    ),
    on.internal(
      "ask for a value (8)",
      (config, state) => (config.digestAboveBytes === null ? null : finds("ask")(config, state)),
      (config, state, { slot, digest, voters }, out) => {
        dropBefore(state, slot);
        noteWanted(mapGet(state.slots, slot)!, digest);
        out.send(
          voters.filter((voter) => voter !== config.self),
          { kind: "want", slot, digest },
        );
      },
    ),
  ] as Action<MemberTypes>[];
}

const learn = on.message(
  "decided",
  "decided: learn (2.4)",
  (config, state, { slot, choice }, from) => {
    const known = mapGet(state.slots, slot);
    if (!isPeer(config, from) || !within(config, state, slot) || (known?.decided ?? null) !== null)
      return null;
    const value =
      choice.kind === "whole" ? choice.value : known === undefined ? null : heldValue(known, choice);
    return value === null ? null : { slot, value };
  },
  (config, state, { slot, value }, out) => settle(config, state, slot, value, () => {}, out),
);

const fetchUnknown = on.message(
  "decided",
  "decided: fetch (8)",
  (config, state, { slot, choice }, from) =>
    choice.kind === "digest" &&
    isPeer(config, from) &&
    within(config, state, slot) &&
    (mapGet(state.slots, slot)?.decided ?? null) === null
      ? { from, slot }
      : null,
  (_config, _state, { from, slot }, out) => out.send([from], { kind: "fetch", slots: [slot] }),
);

const disagreement = on.message(
  "decided",
  "decided: alarm (2.4)",
  (config, state, { slot, choice }, from) => {
    const known = mapGet(state.slots, slot);
    if (
      !known ||
      known.decided === null ||
      !isPeer(config, from) ||
      isNamed(known.decided, known.name, choice)
    )
      return null;
    return { slot, known: known.decided, other: choice };
  },
  (_config, _state, found, out) => out.output({ kind: "alarm", ...found }),
);

/** Whoever answers TRIMMED or gossips a higher floor knows that f+1 learners hold what it forgot. */
const adoptFloor = on.message(
  "trimmed",
  "trimmed: raise the floor (1)",
  (config, state, { floor }, from) => (isPeer(config, from) && floor > state.floor ? { floor } : null),
  (_config, state, { floor }, out) => raiseFloor(state, floor, out),
);

export function stableActions({ retire }: Quorums): Action<MemberTypes>[] {
  const isLearner = (config: MemberConfig, from: NodeId) => config.learners.includes(from);
  return [
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
  ] as Action<MemberTypes>[];
}

/** Undecided slots through `last`, lowest first, as many as one FETCH may name. */
function lacking(config: MemberConfig, state: Readonly<MemberState>, floor: number, last: number): number[] {
  const slots: number[] = [];
  const end = Math.min(last, floor + config.maxAhead);
  for (let slot = Math.max(floor, state.decidedThrough) + 1; slot <= end && slots.length < fetchMax; slot++)
    if ((mapGet(state.slots, slot)?.decided ?? null) === null) slots.push(slot);
  return slots;
}

/** Only what an earlier HEAD called decided is asked for: the rest is probably on its way. */
const catchUp = on.message(
  "head",
  "head: catch up (2.3)",
  (config, state, { floor, maxDecided }, from) => {
    if (!isPeer(config, from)) return null;
    const slots = lacking(
      config,
      state,
      Math.max(floor, state.floor),
      Math.min(maxDecided, state.headDecided),
    );
    return floor > state.floor || maxDecided > state.headDecided || slots.length > 0
      ? { from, floor, maxDecided, slots }
      : null;
  },
  (_config, state, { from, floor, maxDecided, slots }, out) => {
    if (floor > state.floor) raiseFloor(state, floor, out);
    state.headDecided = Math.max(state.headDecided, maxDecided);
    if (slots.length > 0) out.send([from], { kind: "fetch", slots });
  },
);

const serve = on.message(
  "fetch",
  "fetch: serve (2.3)",
  (config, state, { slots }, from) => {
    if (!isPeer(config, from) && !config.learners.includes(from)) return null;
    const floor = slots.some((slot) => slot <= state.floor) ? state.floor : null;
    const decided = slots.flatMap((slot) => {
      const value = mapGet(state.slots, slot)?.decided ?? null;
      return value === null ? [] : [{ slot, value }];
    });
    return floor === null && decided.length === 0 ? null : { from, floor, decided };
  },
  (_config, _state, { from, floor, decided }, out) => {
    if (floor !== null) out.send([from], { kind: "trimmed", floor });
    for (const { slot, value } of decided)
      out.send([from], { kind: "decided", slot, choice: { kind: "whole", value } });
  },
);

export const decisionActions = [learn, fetchUnknown, disagreement, adoptFloor, catchUp, serve];
