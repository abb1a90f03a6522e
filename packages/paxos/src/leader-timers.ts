import { mapGet, setHas } from "@eunomia/codec";
import { type Action, actionsOf, type NodeId } from "@eunomia/engine";
import { armStall, giveUp, type LeaderPlan } from "./leader-moves.ts";
import type { LeaderState, LeaderTypes } from "./leader-types.ts";

const on = actionsOf<LeaderTypes>();

/** Open slots that were open at the last tick too: their p2a or its answers may be lost. */
function overdue(plan: LeaderPlan, state: Readonly<LeaderState>): { slot: number; to: NodeId[] }[] {
  const found: { slot: number; to: NodeId[] }[] = [];
  state.acks.keys.forEach((slot, i) => {
    const acks = state.acks.values[i]!;
    if (acks.waited)
      found.push({ slot, to: plan.acceptors.filter((acceptor) => !setHas(acks.from, acceptor)) });
  });
  return found;
}

export function timerActions(plan: LeaderPlan): Action<LeaderTypes>[] {
  return [
    on.timeout(
      "heartbeat",
      "send a heartbeat (4.8)",
      (_config, state) => (state.phase === "active" ? {} : null),
      (config, state, _found, out) => {
        out.send(plan.audience, {
          kind: "heartbeat",
          ballot: state.ballot!,
          commitThrough: state.commitThrough,
        });
        out.arm("heartbeat", config.heartbeatMs);
      },
    ),
    on.timeout(
      "retry",
      "ask for promises again (4.5)",
      (_config, state) =>
        state.phase === "phase1"
          ? { silent: plan.acceptors.filter((acceptor) => !setHas(state.heard, acceptor)) }
          : null,
      (config, state, { silent }, out) => {
        for (const acceptor of silent)
          out.send([acceptor], {
            kind: "p1a",
            ballot: state.ballot!,
            fromSlot: mapGet(state.cursors, acceptor)!,
          });
        out.arm("retry", config.retryMs);
      },
    ),
    on.timeout(
      "retry",
      "ask for acceptances again (4.5)",
      (_config, state) => (state.phase === "active" ? { overdue: overdue(plan, state) } : null),
      (config, state, found, out) => {
        for (const acks of state.acks.values) acks.waited = true;
        for (const { slot, to } of found.overdue)
          out.send(to, { kind: "p2a", ballot: state.ballot!, slot, value: mapGet(state.proposals, slot)! });
        out.arm("retry", config.retryMs);
      },
    ),
    on.timeout(
      "stall",
      "give up a stalled ballot (4.8)",
      (_config, state) =>
        state.phase === "active" && state.stallMarked && state.acks.keys.length > 0
          ? { ballot: state.ballot! }
          : null,
      (config, state, { ballot }, out) => {
        out.output({ kind: "stalled", ballot });
        giveUp(plan, config, state, out);
      },
    ),
    on.timeout(
      "stall",
      "watch for a stall (4.8)",
      (_config, state) => (state.phase === "active" ? { waiting: state.acks.keys.length > 0 } : null),
      (config, state, { waiting }, out) => {
        state.stallMarked = waiting;
        armStall(config, state, out);
      },
    ),
  ] as Action<LeaderTypes>[];
}
