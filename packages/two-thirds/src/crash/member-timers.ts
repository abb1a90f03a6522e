import { mapDropThrough, mapGet, mapSet, toHex } from "@eunomia/codec";
import { actionsOf } from "@eunomia/engine";
import { choiceOf } from "./choice.ts";
import {
  enlist,
  extendPrefix,
  freshSlot,
  hold,
  nextRetryTicks,
  type Out,
  others,
  sendVote,
  startGrace,
  storeVote,
} from "./member-moves.ts";
import type { MemberConfig, MemberRecord, MemberState, MemberTypes } from "./member-types.ts";

const on = actionsOf<MemberTypes>();

/** What one durable record says. Records come oldest first, so the last one of a slot stands. */
function restore(config: MemberConfig, state: MemberState, record: MemberRecord): void {
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
    slot.est = record.est ?? slot.est;
  } else {
    slot.decided = record.value ?? slot.est;
    slot.name = slot.decided === null ? null : choiceOf(config, slot.decided);
  }
}

/** A restored undecided slot: our own vote counts again, and everybody hears it again. */
function reopen(config: MemberConfig, state: MemberState, number: number, out: Out): void {
  const slot = enlist(config, state, number, mapGet(state.slots, number)!, out);
  const { round, est } = slot;
  if (est === null) return;
  const choice = choiceOf(config, est);
  slot.name = choice;
  storeVote(config, slot, round, config.self, choice);
  if (choice.kind === "digest") hold(config, slot, toHex(choice.digest), est);
  slot.graceTicks = startGrace(config, state, round, out);
  sendVote(slot, number, others(config), out);
}

/** RESTART of section 2.4; also the first start, with no records. */
export const restart = on.start(
  "restart (2.4)",
  (_config, _state, records) => ({ records }),
  (config, state, { records }, out) => {
    for (const record of records) restore(config, state, record);
    const { keys, values } = state.slots;
    const undecided = keys.filter((_, i) => values[i]!.decided === null);
    state.maxVoted = Math.max(0, ...keys.filter((_, i) => values[i]!.round >= 0).slice(-1));
    state.maxDecided = Math.max(0, ...keys.filter((_, i) => values[i]!.decided !== null).slice(-1));
    extendPrefix(state);
    for (const number of undecided) reopen(config, state, number, out);
    state.ready = undecided;
    if (config.headMs > 0) out.arm("head", config.headMs);
  },
);

/**
 * Grace without a clock: `tick` fires every `graceMs` while some slot waits, and a slot leaves its round after as many
 * ticks as its grace has multiples of `graceMs` (one more if the timer ran already when the round began).
 */
export const tick = on.timeout(
  "tick",
  "tick: grace (2.4)",
  (_config, state) => ({
    waiting: state.open.filter((number) => (mapGet(state.slots, number)?.graceTicks ?? 0) > 0),
  }),
  (config, state, { waiting }, out) => {
    for (const number of waiting) mapGet(state.slots, number)!.graceTicks -= 1;
    state.ready = waiting.filter((number) => mapGet(state.slots, number)!.graceTicks === 0);
    state.ticking = state.ready.length < waiting.length;
    if (state.ticking) out.arm("tick", config.graceMs);
  },
);

/** Every undecided slot whose turn it is: its vote again, its grace over, its missing values asked for again. */
export const retry = on.timeout(
  "retry",
  "retry: vote again (2.4)",
  (_config, state) => ({ due: state.open.filter((number) => mapGet(state.slots, number)!.retryTicks <= 1) }),
  (config, state, { due }, out) => {
    for (const number of state.open) mapGet(state.slots, number)!.retryTicks -= 1;
    for (const number of due) {
      const slot = mapGet(state.slots, number)!;
      slot.attempts += 1;
      slot.retryTicks = nextRetryTicks(slot.attempts);
      slot.graceTicks = 0;
      slot.impatient = slot.wanted.length > 0;
      slot.wanted = [];
      sendVote(slot, number, others(config), out);
    }
    state.ready = due;
    state.retrying = state.open.length > 0;
    if (state.retrying) out.arm("retry", config.retryMs, config.retryMs >> 2);
  },
);

export const gossip = on.timeout(
  "head",
  "head: gossip (2.3)",
  (_config, { floor, maxVoted, maxDecided }) => ({ floor, maxVoted, maxDecided }),
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
