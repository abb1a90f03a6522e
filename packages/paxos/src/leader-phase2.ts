import { equalBytes, mapGet, mapHas, mapSet, setAdd, setHas, sha256 } from "@eunomia/codec";
import { type Action, actionsOf, type Effects, type NodeId } from "@eunomia/engine";
import { sameBallot } from "./ballot.ts";
import { answerTrimmed, type LeaderPlan, propose, raiseFloor, settle } from "./leader-moves.ts";
import type { LeaderConfig, LeaderState, LeaderTypes } from "./leader-types.ts";
import type { PaxosMessage } from "./message.ts";
import { noteStable, stableFloor } from "./stability.ts";

const on = actionsOf<LeaderTypes>();

/** PROPOSE, section 4.5: the first value offered for a slot wins at this leader. */
export const proposeActions = [
  on.message(
    "propose",
    "answer a proposal with the decision (4.5)",
    (config, state, { slot }, from) => {
      const value = config.learners.includes(from) ? mapGet(state.decided, slot) : undefined;
      return value === undefined ? null : { from, slot, value };
    },
    (_config, _state, { from, slot, value }, out) => out.send([from], { kind: "decision", slot, value }),
  ),
  on.message(
    "propose",
    "answer a proposal with the floor (4.5)",
    (config, state, { slot }, from) =>
      config.learners.includes(from) && slot <= state.floor ? { from } : null,
    (_config, state, { from }, out) => answerTrimmed(state, from, out),
  ),
] as Action<LeaderTypes>[];

function takes(config: LeaderConfig, state: Readonly<LeaderState>, slot: number, from: NodeId): boolean {
  return (
    config.learners.includes(from) && slot <= state.floor + config.maxAhead && !mapHas(state.proposals, slot)
  );
}

/** P2B, section 4.5: of this ballot, for an open slot, for the value that was sent. */
function counts(
  plan: LeaderPlan,
  state: Readonly<LeaderState>,
  { ballot, slot, promised, valueDigest }: Extract<PaxosMessage, { kind: "p2b" }>,
  from: NodeId,
): { from: NodeId; slot: number; value: Uint8Array; acked: readonly NodeId[] } | null {
  if (state.phase !== "active" || !sameBallot(ballot, state.ballot) || !sameBallot(promised, state.ballot))
    return null;
  const acks = mapGet(state.acks, slot);
  const value = mapGet(state.proposals, slot);
  if (acks === undefined || value === undefined || !plan.acceptors.includes(from) || setHas(acks.from, from))
    return null;
  if (valueDigest !== null && !equalBytes(valueDigest, sha256(value))) return null;
  return { from, slot, value, acked: acks.from };
}

/**
 * A decision goes out by value to learners and other leaders, or by reference to acceptors, which hold the value already
 * and hand it to the learner beside them; learners without an acceptor beside them get it by value in both modes.
 */
function announce(
  plan: LeaderPlan,
  config: LeaderConfig,
  state: LeaderState,
  slot: number,
  value: Uint8Array,
  out: Effects<LeaderTypes>,
): void {
  if (config.announce === "value") out.send(plan.audience, { kind: "decision", slot, value });
  else {
    out.send(config.directLearners, { kind: "decision", slot, value });
    const { commitThrough } = state;
    out.send(plan.acceptors, { kind: "chosen", ballot: state.ballot!, slots: [slot], commitThrough });
  }
  out.output({ kind: "decided", slot, value });
}

export function acceptanceActions(plan: LeaderPlan): Action<LeaderTypes>[] {
  return [
    on.message(
      "propose",
      "propose at once (4.5)",
      (config, state, { slot, value }, from) =>
        state.phase === "active" && takes(config, state, slot, from) ? { slot, value } : null,
      (_config, state, { slot, value }, out) => {
        mapSet(state.proposals, slot, value);
        propose(plan, state, slot, value, out);
      },
    ),
    on.message(
      "propose",
      "keep a proposal until phase 1 is over (4.5)",
      (config, state, { slot, value }, from) => (takes(config, state, slot, from) ? { slot, value } : null),
      (_config, state, { slot, value }) => mapSet(state.proposals, slot, value),
    ),
    on.message(
      "p2b",
      "choose (4.5)",
      (_config, state, message, from) => {
        const found = counts(plan, state, message, from);
        return found !== null && plan.phase2.has([...found.acked, from])
          ? { slot: found.slot, value: found.value }
          : null;
      },
      (config, state, { slot, value }, out) => {
        settle(config, state, slot, value);
        announce(plan, config, state, slot, value, out);
      },
    ),
    on.message(
      "p2b",
      "count an acceptance (4.5)",
      (_config, state, message, from) => {
        const found = counts(plan, state, message, from);
        return found === null ? null : { from, slot: found.slot };
      },
      (_config, state, { from, slot }) => {
        setAdd(mapGet(state.acks, slot)!.from, from);
      },
    ),
    ...decisionActions(plan),
    ...floorActions(plan),
  ] as Action<LeaderTypes>[];
}

function decisionActions(plan: LeaderPlan): Action<LeaderTypes>[] {
  const self = plan.leaders[plan.index]!;
  const isPeer = (from: NodeId): boolean => from !== self && plan.leaders.includes(from);
  return [
    on.message(
      "decision",
      "two decisions for one slot (4.5)",
      (_config, state, { slot, value }, from) => {
        const known = isPeer(from) ? mapGet(state.decided, slot) : undefined;
        return known !== undefined && !equalBytes(known, value) ? { slot } : null;
      },
      (_config, _state, { slot }, out) =>
        out.output({ kind: "alarm", reason: "two decisions for one slot", slot }),
    ),
    on.message(
      "decision",
      "store a decision (4.5)",
      (config, state, { slot, value }, from) =>
        isPeer(from) &&
        slot > state.floor &&
        slot <= state.floor + config.maxAhead &&
        !mapHas(state.decided, slot)
          ? { slot, value }
          : null,
      (config, state, { slot, value }) => settle(config, state, slot, value),
    ),
    on.message(
      "fetch",
      "answer a fetch (4.10)",
      (config, state, { slots }, from) => {
        if (!config.learners.includes(from) && !plan.acceptors.includes(from)) return null;
        const known = slots.filter((slot, i) => mapHas(state.decided, slot) && slots.indexOf(slot) === i);
        const retired = slots.some((slot) => slot <= state.floor);
        return known.length > 0 || retired ? { from, known, retired } : null;
      },
      (_config, state, { from, known, retired }, out) => {
        for (const slot of known)
          out.send([from], { kind: "decision", slot, value: mapGet(state.decided, slot)! });
        if (retired) answerTrimmed(state, from, out);
      },
    ),
  ] as Action<LeaderTypes>[];
}

function floorActions(plan: LeaderPlan): Action<LeaderTypes>[] {
  return [
    on.message(
      "stable",
      "raise the floor (4.6)",
      (_config, state, { slot }, from) => {
        if (!plan.retiring.members.includes(from)) return null;
        const floor = stableFloor(plan.retiring, state.stable, from, slot, state.floor);
        return floor > state.floor ? { from, slot, floor } : null;
      },
      (_config, state, { from, slot, floor }) => {
        noteStable(state.stable, from, slot);
        raiseFloor(state, floor);
      },
    ),
    on.message(
      "stable",
      "note a stable report (4.6)",
      (_config, state, { slot }, from) =>
        plan.retiring.members.includes(from) && slot > (mapGet(state.stable, from) ?? 0)
          ? { from, slot }
          : null,
      (_config, state, { from, slot }) => noteStable(state.stable, from, slot),
    ),
    on.message(
      "trimmed",
      "take over the floor of an acceptor (4.6)",
      (_config, state, { floor }, from) =>
        plan.acceptors.includes(from) && floor > state.floor ? { floor } : null,
      (_config, state, { floor }) => raiseFloor(state, floor),
    ),
  ] as Action<LeaderTypes>[];
}
