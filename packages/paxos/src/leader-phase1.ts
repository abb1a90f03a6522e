import { mapGet, mapSet, setAdd, setHas } from "@eunomia/codec";
import { type Action, actionsOf, type NodeId } from "@eunomia/engine";
import { type Ballot, compareBallots, sameBallot } from "./ballot.ts";
import { activate, armSuspicion, beginBallot, type LeaderPlan, mayBegin, preempt } from "./leader-moves.ts";
import type { LeaderConfig, LeaderState, LeaderTypes } from "./leader-types.ts";
import type { PaxosMessage, Pvalue } from "./message.ts";

const on = actionsOf<LeaderTypes>();
type P1b = Extract<PaxosMessage, { kind: "p1b" }>;

/** A page of this ballot that continues where the last one of this acceptor ended. Anything else is not counted. */
function fits(
  plan: LeaderPlan,
  config: LeaderConfig,
  state: Readonly<LeaderState>,
  page: P1b,
  from: NodeId,
): boolean {
  return (
    state.phase === "phase1" &&
    plan.acceptors.includes(from) &&
    sameBallot(page.ballot, state.ballot) &&
    sameBallot(page.promised, state.ballot) &&
    !setHas(state.heard, from) &&
    page.fromSlot === mapGet(state.cursors, from) &&
    // An acceptor never accepts beyond its window; such a page cannot be used in part, as the rest might be chosen.
    page.accepted.every(({ slot }) => slot >= page.fromSlot && slot <= page.floor + config.maxAhead)
  );
}

/** Merges a page: the maximum ballot per slot over all acceptors, not the first or last one heard. */
function merge(state: LeaderState, floor: number, accepted: readonly Pvalue[]): void {
  state.reportedFloor = Math.max(state.reportedFloor, floor);
  for (const { slot, ballot, value } of accepted) {
    const known = mapGet(state.pmax, slot);
    if (known === undefined || compareBallots(ballot, known.ballot) > 0)
      mapSet(state.pmax, slot, { ballot, value });
  }
}

/** A refusal of the ballot in progress names the ballot that goes before it. */
function refusedBy(state: Readonly<LeaderState>, ballot: Ballot, promised: Ballot | null): Ballot | null {
  return state.phase !== "passive" && sameBallot(ballot, state.ballot) && compareBallots(promised, ballot) > 0
    ? promised
    : null;
}

/** How a life and a ballot begin. */
export function beginningActions(plan: LeaderPlan): Action<LeaderTypes>[] {
  return [
    on.start(
      "restart (4.7)",
      (_config, _state, records) => ({ records }),
      (config, state, { records }, out) => {
        for (const record of records) {
          if (record.kind === "roundHi") state.roundHi = Math.max(state.roundHi, record.round);
          else state.floor = Math.max(state.floor, record.floor);
        }
        state.floorDurable = state.floor;
        state.commitThrough = state.floor;
        // Where nothing ever ran there is nobody to wait for: leader 0 begins at once, the others after the timeout.
        if (records.length > 0 || plan.index > 0) armSuspicion(plan, config, state, out);
        else if (config.skipPhase1) beginBallot(plan, config, state, out);
        else out.arm("suspect", 0);
      },
    ),
    on.commands(
      "start a ballot on command (4.5)",
      (_config, state, commands) =>
        commands.length > 0 && state.phase !== "active" && mayBegin(state) ? {} : null,
      (config, state, _found, out) => beginBallot(plan, config, state, out),
    ),
  ] as Action<LeaderTypes>[];
}

/** Phase 1: collect promises, or be refused. */
export function phase1Actions(plan: LeaderPlan): Action<LeaderTypes>[] {
  return [
    on.message(
      "p1b",
      "preempted in phase 1 (4.5)",
      (_config, state, { ballot, promised }, from) => {
        const higher = plan.acceptors.includes(from) ? refusedBy(state, ballot, promised) : null;
        return higher === null ? null : { higher };
      },
      (config, state, { higher }, out) => preempt(plan, config, state, higher, out),
    ),
    on.message(
      "p1b",
      "ask for the next page (4.5)",
      (config, state, page, from) => {
        const last = page.accepted.at(-1)?.slot;
        if (!page.more || last === undefined || !fits(plan, config, state, page, from)) return null;
        return { from, floor: page.floor, accepted: page.accepted, next: last + 1 };
      },
      (_config, state, { from, floor, accepted, next }, out) => {
        merge(state, floor, accepted);
        mapSet(state.cursors, from, next);
        out.send([from], { kind: "p1a", ballot: state.ballot!, fromSlot: next });
      },
    ),
    on.message(
      "p1b",
      "adopt the ballot (4.5)",
      (config, state, page, from) =>
        !page.more && fits(plan, config, state, page, from) && plan.phase1.has([...state.heard, from])
          ? { from, floor: page.floor, accepted: page.accepted }
          : null,
      (config, state, { from, floor, accepted }, out) => {
        merge(state, floor, accepted);
        setAdd(state.heard, from);
        activate(plan, config, state, out);
      },
    ),
    on.message(
      "p1b",
      "count a promise (4.5)",
      (config, state, page, from) =>
        !page.more && fits(plan, config, state, page, from)
          ? { from, floor: page.floor, accepted: page.accepted }
          : null,
      (_config, state, { from, floor, accepted }) => {
        merge(state, floor, accepted);
        setAdd(state.heard, from);
      },
    ),
    on.message(
      "p2b",
      "preempted in phase 2 (4.5)",
      (_config, state, { ballot, promised }, from) => {
        const higher = plan.acceptors.includes(from) ? refusedBy(state, ballot, promised) : null;
        return higher === null ? null : { higher };
      },
      (config, state, { higher }, out) => preempt(plan, config, state, higher, out),
    ),
  ] as Action<LeaderTypes>[];
}
