import { mapDropThrough, setAdd } from "@eunomia/codec";
import { type Action, actionsOf, type NodeId } from "@eunomia/engine";
import { type Ballot, compareBallots, higherBallot } from "./ballot.ts";
import { armSuspicion, beginBallot, type LeaderPlan, mayBegin, preempt } from "./leader-moves.ts";
import type { LeaderConfig, LeaderState, LeaderTypes } from "./leader-types.ts";

const on = actionsOf<LeaderTypes>();

/** Follow, suspect, probe (section 4.8). */
export function detectionActions(plan: LeaderPlan): Action<LeaderTypes>[] {
  const { leaders } = plan;
  const ofOther = (from: NodeId, ballot: Ballot): boolean =>
    from !== leaders[plan.index] && leaders[ballot.leader] === from;
  return [
    on.message(
      "heartbeat",
      "preempted by a heartbeat (4.8)",
      (_config, state, { ballot }, from) =>
        state.phase !== "passive" && ofOther(from, ballot) && compareBallots(ballot, state.ballot) > 0
          ? { ballot }
          : null,
      (config, state, { ballot }, out) => preempt(plan, config, state, ballot, out),
    ),
    on.message(
      "heartbeat",
      "follow the owner of the highest ballot (4.8)",
      (_config, state, { ballot, commitThrough }, from) =>
        state.phase === "passive" && ofOther(from, ballot) && compareBallots(ballot, state.seen) >= 0
          ? { ballot, commitThrough }
          : null,
      (config, state, { ballot, commitThrough }, out) => {
        state.seen = higherBallot(state.seen, ballot);
        noteProgress(config, state, commitThrough);
        armSuspicion(plan, config, state, out);
      },
    ),
    on.timeout(
      "suspect",
      "suspect and probe (4.8)",
      (_config, state) => (state.phase === "passive" && mayBegin(state) ? { nonce: state.nonce + 1 } : null),
      (_config, state, { nonce }, out) => {
        state.nonce = nonce;
        state.probing = true;
        state.reached = [];
        out.send(plan.acceptors, { kind: "probe", nonce });
        out.arm("suspect", state.suspectMs, Math.ceil(state.suspectMs / 4));
      },
    ),
    on.message(
      "probeAck",
      "start a ballot, a phase-1 quorum being in reach (4.8)",
      (_config, state, { nonce }, from) =>
        answersProbe(plan, state, nonce, from) && plan.phase1.has([...state.reached, from]) ? {} : null,
      (config, state, _found, out) => beginBallot(plan, config, state, out),
    ),
    on.message(
      "probeAck",
      "count a probe answer (4.8)",
      (_config, state, { nonce }, from) => (answersProbe(plan, state, nonce, from) ? { from } : null),
      (_config, state, { from }) => {
        setAdd(state.reached, from);
      },
    ),
  ] as Action<LeaderTypes>[];
}

function answersProbe(plan: LeaderPlan, state: Readonly<LeaderState>, nonce: number, from: NodeId): boolean {
  return state.phase === "passive" && state.probing && nonce === state.nonce && plan.acceptors.includes(from);
}

/**
 * What others decided. Own copies of proposals for those slots go: they are soft state, and a later phase 1 of ours finds
 * every chosen value, or the floor above it, at the acceptors.
 */
function noteProgress(config: LeaderConfig, state: LeaderState, commitThrough: number): void {
  if (commitThrough <= state.heardThrough) return;
  const slots = commitThrough - state.heardThrough;
  state.heardThrough = commitThrough;
  state.suspectMs = Math.max(config.suspectMinMs, state.suspectMs - slots * config.shrinkMs);
  mapDropThrough(state.proposals, commitThrough);
}
