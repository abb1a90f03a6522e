import { emptyMap, equalBytes } from "@eunomia/codec";
import type { Action, Engine } from "@eunomia/engine";
import { checkByzantineMember } from "./member-config.ts";
import { decisionActions, evaluateActions, floorActions } from "./member-decisions.ts";
import { finishedActions } from "./member-guards.ts";
import type { Rules } from "./member-moves.ts";
import { newroundActions } from "./member-rounds.ts";
import { answerRead, gossip, restartAction, retry, tickAction } from "./member-timers.ts";
import {
  ByzantineMemberCommand,
  ByzantineMemberConfig,
  ByzantineMemberOutput,
  ByzantineMemberRecord,
  ByzantineMemberState,
  type ByzantineMemberTypes,
} from "./member-types.ts";
import { proposeActions, statusActions, voteActions } from "./member-votes.ts";
import { ByzantineMessage } from "./message.ts";
import { type ByzantineQuorums, byzantineQuorums } from "./quorums.ts";
import type { ByzantineOracles } from "./statement.ts";

/**
 * A voter of 2/3-consensus for Byzantine faults, over any number of slots (section 3). Durable: its last vote and its promise
 * per slot, the decision, the floor.
 *
 * @param quorums others than those of section 3.1, which nobody checks: for experiments with unsound ones.
 * @throws TwoThirdsError
 * @example
 * const config = byzantineMemberConfig({ self: "a", context: "demo/0", members: ["a", "b", "c", "d", "e", "f"] });
 * const engine = byzantineMemberEngine(config, oracles);
 */
export function byzantineMemberEngine(
  config: ByzantineMemberConfig,
  oracles: ByzantineOracles,
  quorums: ByzantineQuorums = byzantineQuorums(config.members, config.learners, config.f),
): Engine<ByzantineMemberTypes> {
  checkByzantineMember(config);
  const rules: Rules = { quorums, oracles };
  const actions = [
    restartAction(rules),
    ...finishedActions,
    ...proposeActions(rules),
    ...voteActions(rules),
    ...statusActions(rules),
    ...newroundActions(rules),
    ...decisionActions(rules),
    ...floorActions(rules),
    answerRead,
    tickAction(rules),
    retry,
    gossip,
    ...evaluateActions(rules),
  ] as Action<ByzantineMemberTypes>[];
  return {
    name: "byzantine two-thirds member",
    schema: {
      config: ByzantineMemberConfig,
      state: ByzantineMemberState,
      command: ByzantineMemberCommand,
      message: ByzantineMessage,
      record: ByzantineMemberRecord,
      output: ByzantineMemberOutput,
      timers: ["tick", "retry", "head"],
    },
    self: ({ self }) => self,
    init,
    actions,
    compact: (_config, state) => compact(state),
    observe,
    inert,
    phase: (_config, { open, slots }) =>
      open.length > 0 ? "voting" : slots.keys.length > 0 ? "decided" : "quiet",
    collects: ["stable: note (1)", "vote: count (3.3)", "status: count (3.3)"],
    fairness: Object.fromEntries(actions.map(({ name }) => [name, "weak" as const])),
  };
}

function init({ fromSlot }: ByzantineMemberConfig): ByzantineMemberState {
  return {
    floor: fromSlot - 1,
    slots: emptyMap(),
    open: [],
    ready: [],
    stable: emptyMap(),
    floors: emptyMap(),
    heads: emptyMap(),
    headDecided: 0,
    guilty: [],
    maxVoted: 0,
    maxDecided: 0,
    decidedThrough: fromSlot - 1,
    ticking: false,
    retrying: false,
  };
}

/** Slots in which this member has done something; what it has only heard is nobody's business. */
function observe(_config: ByzantineMemberConfig, { floor, slots }: Readonly<ByzantineMemberState>) {
  const acted = slots.keys.flatMap((slot, i) => {
    const { round, voted, est, decided } = slots.values[i]!;
    return round === 0 && voted === -1 && decided === null
      ? []
      : [{ slot, shown: { round, voted, est, decided: decided === null ? null : decided.value } }];
  });
  return {
    floor,
    slots: { keys: acted.map(({ slot }) => slot), values: acted.map(({ shown }) => shown) },
  };
}

function compact(state: Readonly<ByzantineMemberState>): ByzantineMemberRecord[] {
  const records: ByzantineMemberRecord[] = [{ kind: "floor", floor: state.floor }];
  state.slots.keys.forEach((slot, i) => {
    const { round, voted, est, promise, decided } = state.slots.values[i]!;
    // A promise says what was voted before it, so that vote stands before the promise again.
    if (promise !== null) {
      const { lastRound, est: then } = promise;
      if (lastRound >= 0) records.push({ kind: "vote", slot, round: lastRound, est: then });
      records.push({ kind: "enter", slot, round });
    }
    if (voted >= 0 && voted === round) records.push({ kind: "vote", slot, round, est });
    if (decided === null) return;
    const { value, certificate } = decided;
    const same = est !== null && equalBytes(est, value);
    records.push({ kind: "decided", slot, value: same ? null : value, certificate });
  });
  return records;
}

/** Messages without effect for good: the initial floor is a constant, so it outlives every crash. */
function inert(
  { fromSlot }: ByzantineMemberConfig,
  _state: Readonly<ByzantineMemberState>,
  message: ByzantineMessage,
): boolean {
  switch (message.kind) {
    case "decided":
    case "stable":
      return message.slot < fromSlot;
    case "trimmed":
      return message.floor === 0;
    case "highestAck":
      return true;
    default:
      return false;
  }
}
