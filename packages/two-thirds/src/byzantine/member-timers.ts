import { mapDropThrough, mapGet, mapSet } from "@eunomia/codec";
import { type Action, actionsOf } from "@eunomia/engine";
import { roundMax } from "../message.ts";
import {
  enlist,
  enter,
  extendPrefix,
  freshSlot,
  nextRetryTicks,
  type Out,
  others,
  type Rules,
  restoreStatus,
  restoreVote,
  sendStatus,
  sendVote,
} from "./member-moves.ts";
import type {
  ByzantineMemberConfig,
  ByzantineMemberRecord,
  ByzantineMemberState,
  ByzantineMemberTypes,
  ByzantineSlot,
} from "./member-types.ts";

type Config = ByzantineMemberConfig;
type State = ByzantineMemberState;
const on = actionsOf<ByzantineMemberTypes>();

/** What one durable record says. Records come oldest first, and a promise is about the votes before it. */
function restore(state: State, record: ByzantineMemberRecord): void {
  if (record.kind === "floor") {
    state.floor = Math.max(state.floor, record.floor);
    mapDropThrough(state.slots, state.floor);
    return;
  }
  if (record.slot <= state.floor) return;
  const slot = mapGet(state.slots, record.slot) ?? freshSlot();
  mapSet(state.slots, record.slot, slot);
  if (record.kind === "vote") {
    slot.round = record.round;
    slot.voted = record.round;
    slot.est = record.est ?? slot.est;
  } else if (record.kind === "enter") {
    slot.round = record.round;
    slot.promise = { lastRound: slot.voted, est: slot.est };
  } else {
    const value = record.value ?? slot.est;
    if (value !== null) slot.decided = { value, certificate: record.certificate };
  }
}

/** Everything that this member has to say in the round that it is in (3.3). */
function sayAgain(config: Config, number: number, slot: Readonly<ByzantineSlot>, out: Out): void {
  sendStatus(config, number, slot, others(config), out);
  if (slot.voted === slot.round) sendVote(config, number, slot, others(config), out);
  const { led, round, est } = slot;
  const own = config.members[(number + round) % config.members.length] === config.self;
  if (!own || led === null || led.round !== round || est === null) return;
  const { statuses, signature } = led;
  out.send(others(config), { kind: "newround", slot: number, round, value: est, statuses, signature });
}

/** RESTART; also the first start, with no records. */
export function restartAction(rules: Rules): Action<ByzantineMemberTypes> {
  return on.start(
    "restart (3.3)",
    (_config, _state, records) => ({ records }),
    (config, state, { records }, out) => {
      for (const record of records) restore(state, record);
      const { keys, values } = state.slots;
      const undecided = keys.filter((_, i) => values[i]!.decided === null);
      state.maxVoted = Math.max(0, ...keys.filter((_, i) => values[i]!.voted >= 0).slice(-1));
      state.maxDecided = Math.max(0, ...keys.filter((_, i) => values[i]!.decided !== null).slice(-1));
      extendPrefix(state);
      for (const number of undecided) {
        const slot = enlist(config, state, number, mapGet(state.slots, number)!, out);
        if (slot.voted >= 0) restoreVote(rules, config, number, slot);
        restoreStatus(rules, config, number, slot);
        sayAgain(config, number, slot, out);
      }
      state.ready = undecided;
      if (config.headMs > 0) out.arm("head", config.headMs);
    },
  );
}

/** Rounds without a clock: `tick` fires every `roundMs` while some round is timed, and a round lasts as many ticks as it has. */
export function tickAction(rules: Rules): Action<ByzantineMemberTypes> {
  return on.timeout(
    "tick",
    "tick: next round (3.3)",
    (_config, state) => ({
      timed: state.open.filter((number) => mapGet(state.slots, number)!.roundTicks > 0),
    }),
    (config, state, { timed }, out) => {
      for (const number of timed) mapGet(state.slots, number)!.roundTicks -= 1;
      const over = timed.filter((number) => mapGet(state.slots, number)!.roundTicks === 0);
      state.ticking = over.length < timed.length;
      if (state.ticking) out.arm("tick", config.roundMs);
      for (const number of over) {
        const { round } = mapGet(state.slots, number)!;
        if (round + 1 < roundMax) enter(rules, config, state, number, round + 1, out);
      }
      state.ready = over;
    },
  );
}

export const retry = on.timeout(
  "retry",
  "retry: say it again (3.3)",
  (_config, state) => ({ due: state.open.filter((number) => mapGet(state.slots, number)!.retryTicks <= 1) }),
  (config, state, { due }, out) => {
    for (const number of state.open) mapGet(state.slots, number)!.retryTicks -= 1;
    for (const number of due) {
      const slot = mapGet(state.slots, number)!;
      slot.attempts += 1;
      slot.retryTicks = nextRetryTicks(slot.attempts);
      sayAgain(config, number, slot, out);
    }
    state.ready = due;
    state.retrying = state.open.length > 0;
    if (state.retrying) out.arm("retry", config.retryMs, config.retryMs >> 2);
  },
);

export const gossip = on.timeout(
  "head",
  "head: gossip (2.3)",
  (_config, { floor, maxDecided }) => ({ floor, maxDecided }),
  (config, _state, head, out) => {
    out.send([...others(config), ...config.learners], { kind: "head", ...head });
    out.arm("head", config.headMs);
  },
);

/** What was voted for here may be decided; what is finished was. It need not be durable: too high an answer does no harm. */
export const answerRead = on.message(
  "highest",
  "highest: answer (5.10)",
  (config, _state, { nonce }, from) => (config.learners.includes(from) ? { from, nonce } : null),
  (_config, { floor, maxVoted, maxDecided }, { from, nonce }, out) =>
    out.send([from], { kind: "highestAck", nonce, slot: Math.max(floor, maxVoted, maxDecided) }),
);
