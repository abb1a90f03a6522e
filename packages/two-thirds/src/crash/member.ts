import { emptyMap, equalBytes } from "@eunomia/codec";
import type { Action, Engine } from "@eunomia/engine";
import { TwoThirdsMessage } from "../message.ts";

import { checkMemberConfig, quorumsOf } from "./member-config.ts";
import { decisionActions, evaluateActions, stableActions } from "./member-decisions.ts";
import { answerRead, gossip, restart, retry, tick } from "./member-timers.ts";
import {
  MemberCommand,
  MemberConfig,
  MemberOutput,
  MemberRecord,
  MemberState,
  type MemberTypes,
} from "./member-types.ts";
import { proposeActions, voteActions } from "./member-votes.ts";
import type { Quorums } from "./quorums.ts";

/**
 * A voter of 2/3-consensus for crash faults, over any number of slots (section 2). Durable: its last vote per slot, the
 * decision, the floor.
 *
 * @throws TwoThirdsError
 * @example
 * const config = memberConfig({ self: "a", members: ["a", "b", "c", "d"], learners: ["r"] });
 * const engine = memberEngine(config);
 * const state = engine.init(config);
 */
export function memberEngine(config: MemberConfig): Engine<MemberTypes> {
  checkMemberConfig(config);
  return memberOver(quorumsOf(config));
}

/** The engine without the check of its quorums; tests build unsound ones with it. */
export function memberOver(quorums: Quorums): Engine<MemberTypes> {
  const actions = [
    restart,
    ...proposeActions,
    ...voteActions,
    ...decisionActions,
    ...stableActions(quorums),
    answerRead,
    tick,
    retry,
    gossip,
    ...evaluateActions(quorums),
  ] as Action<MemberTypes>[];
  return {
    name: "two-thirds member",
    schema: {
      config: MemberConfig,
      state: MemberState,
      command: MemberCommand,
      message: TwoThirdsMessage,
      record: MemberRecord,
      output: MemberOutput,
      timers: ["tick", "retry", "head"],
    },
    self: ({ self }) => self,
    init,
    actions,
    compact: (_config, state) => compact(state),
    observe: (_config, { floor, slots }) => ({
      floor,
      slots: {
        keys: slots.keys,
        values: slots.values.map(({ round, est, decided }) => ({ round, est, decided })),
      },
    }),
    inert,
    phase: (_config, { open, slots }) =>
      open.length > 0 ? "voting" : slots.keys.length > 0 ? "decided" : "quiet",
    collects: ["stable: note (1)", "vote: count (2.4)"],
    fairness: Object.fromEntries(actions.map(({ name }) => [name, "weak" as const])),
  };
}

function init({ fromSlot }: MemberConfig): MemberState {
  return {
    floor: fromSlot - 1,
    slots: emptyMap(),
    open: [],
    ready: [],
    stable: emptyMap(),
    maxVoted: 0,
    maxDecided: 0,
    decidedThrough: fromSlot - 1,
    headDecided: 0,
    ticking: false,
    retrying: false,
  };
}

function compact(state: Readonly<MemberState>): MemberRecord[] {
  const records: MemberRecord[] = [{ kind: "floor", floor: state.floor }];
  state.slots.keys.forEach((slot, i) => {
    const { round, est, decided } = state.slots.values[i]!;
    if (round >= 0) records.push({ kind: "vote", slot, round, est });
    if (decided === null) return;
    records.push({ kind: "decided", slot, value: est !== null && equalBytes(est, decided) ? null : decided });
  });
  return records;
}

/**
 * Messages without effect for good: the initial floor is a constant, so it outlives every crash, while a higher floor may
 * be lost with an unfinished write. A vote or proposal below the floor is never inert: it is answered.
 */
function inert(
  { fromSlot, digestAboveBytes }: MemberConfig,
  _state: Readonly<MemberState>,
  message: TwoThirdsMessage,
): boolean {
  switch (message.kind) {
    case "decided":
    case "stable":
      return message.slot < fromSlot;
    case "trimmed":
      return message.floor < fromSlot;
    case "want":
    case "value":
      return digestAboveBytes === null || message.slot < fromSlot;
    default:
      return false;
  }
}
