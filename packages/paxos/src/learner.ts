import { emptyMap, equalBytes, mapDelete, mapDropThrough, mapGet, mapHas, mapSet } from "@eunomia/codec";
import { type Action, actionsOf, type Effects, type Engine, type NodeId } from "@eunomia/engine";
import { compareBallots } from "./ballot.ts";
import { mustBeDistinct, mustBeInteger, mustBeQuorumOf } from "./errors.ts";
import { askHighest, askHighestAgain, countHighest } from "./learner-reads.ts";
import {
  LearnerCommand,
  LearnerConfig,
  LearnerOutput,
  LearnerRecord,
  LearnerState,
  type LearnerTypes,
} from "./learner-types.ts";
import { PaxosMessage } from "./message.ts";

const on = actionsOf<LearnerTypes>();
type Out = Effects<LearnerTypes>;

/** In the crash model what a leader or acceptor says is decided, is decided; nobody else is believed. */
function believes(config: LearnerConfig, from: NodeId): boolean {
  return config.leaders.includes(from) || config.acceptors.includes(from);
}

function follow(state: LearnerState, leader: NodeId | null, out: Out): void {
  if (state.active === leader) return;
  state.active = leader;
  out.output({ kind: "duty", process: leader });
}

function advance(state: LearnerState): void {
  let through = Math.max(state.through, state.floor);
  while (mapHas(state.decided, through + 1)) through++;
  state.through = through;
}

function trimHere(state: LearnerState, floor: number): void {
  state.floor = floor;
  mapDropThrough(state.proposals, floor);
  mapDropThrough(state.decided, floor);
  advance(state);
}

function tellStable(config: LearnerConfig, slot: number, out: Out): void {
  out.send([...config.acceptors, ...config.leaders], { kind: "stable", slot });
}

/** Slots that were known to be decided a whole retry period ago and are still unknown here. */
function missing(config: LearnerConfig, state: Readonly<LearnerState>): number[] {
  const slots: number[] = [];
  const last = Math.min(state.overdue, state.floor + config.maxAhead);
  for (let slot = state.through + 1; slot <= last && slots.length < config.fetchMax; slot++)
    if (!mapHas(state.decided, slot)) slots.push(slot);
  return slots;
}

const commands = on.commands(
  "take commands (5.4)",
  (_config, _state, all) => (all.length > 0 ? { all } : null),
  (config, state, { all }, out) => {
    for (const command of all) {
      if (command.kind === "highest") {
        askHighest(config, state, command.nonce, out);
        continue;
      }
      const { slot } = command;
      if (command.kind === "propose") {
        // The first value wins here as at a leader; a slot that is decided or trimmed has been reported already.
        if (slot <= state.floor || mapHas(state.decided, slot) || mapHas(state.proposals, slot)) continue;
        mapSet(state.proposals, slot, { value: command.value, waited: false });
        const to = config.proposeTo === "active" && state.active !== null ? [state.active] : config.leaders;
        out.send(to, { kind: "propose", slot, value: command.value });
      } else if (slot > state.floor) {
        trimHere(state, slot);
        tellStable(config, slot, out);
      }
    }
  },
);

const start = on.start(
  "restart (4.7)",
  () => ({}),
  (config, _state, _found, out) => {
    out.arm("retry", config.retryMs);
    out.arm("silence", config.silenceMs);
  },
);

const alarm = on.message(
  "decision",
  "two decisions for one slot (4.5)",
  (config, state, { slot, value }, from) => {
    const known = believes(config, from) ? mapGet(state.decided, slot) : undefined;
    return known !== undefined && known !== value && !equalBytes(known, value) ? { slot } : null;
  },
  (_config, _state, { slot }, out) =>
    out.output({ kind: "alarm", reason: "two decisions for one slot", slot }),
);

const learn = on.message(
  "decision",
  "learn a decision (4.5)",
  (config, state, { slot, value }, from) =>
    believes(config, from) &&
    slot > state.floor &&
    slot <= state.floor + config.maxAhead &&
    !mapHas(state.decided, slot)
      ? { slot, value }
      : null,
  (_config, state, { slot, value }, out) => {
    mapSet(state.decided, slot, value);
    mapDelete(state.proposals, slot);
    state.target = Math.max(state.target, slot);
    advance(state);
    out.output({ kind: "decided", slot, value });
  },
);

const heartbeat = on.message(
  "heartbeat",
  "follow the active leader (4.8)",
  (config, state, { ballot, commitThrough }, from) =>
    config.leaders[ballot.leader] === from && compareBallots(ballot, state.seen) >= 0
      ? { from, ballot, commitThrough }
      : null,
  (config, state, { from, ballot, commitThrough }, out) => {
    state.seen = ballot;
    state.target = Math.max(state.target, commitThrough);
    follow(state, from, out);
    out.arm("silence", config.silenceMs);
  },
);

const silence = on.timeout(
  "silence",
  "nobody is active (4.8)",
  () => ({}),
  (config, state, _found, out) => {
    follow(state, null, out);
    out.arm("silence", config.silenceMs);
  },
);

/** The replica must get slots through the floor from another replica; proposals for them are pointless. */
const trimmed = on.message(
  "trimmed",
  "report a floor (4.6)",
  (config, state, { floor }, from) =>
    believes(config, from) && floor > state.through && floor > state.trimmedThrough ? { floor } : null,
  (_config, state, { floor }, out) => {
    state.trimmedThrough = floor;
    mapDropThrough(state.proposals, floor);
    out.output({ kind: "trimmed", floor });
  },
);

const retry = on.timeout(
  "retry",
  "offer and ask again (4.5)",
  (config, state) => {
    const again: { slot: number; value: Uint8Array }[] = [];
    state.proposals.keys.forEach((slot, i) => {
      const { value, waited } = state.proposals.values[i]!;
      if (waited) again.push({ slot, value });
    });
    return { again, missing: missing(config, state) };
  },
  (config, state, found, out) => {
    for (const proposal of state.proposals.values) proposal.waited = true;
    for (const { slot, value } of found.again) out.send(config.leaders, { kind: "propose", slot, value });
    if (found.missing.length > 0)
      out.send(state.active === null ? config.leaders : [state.active], {
        kind: "fetch",
        slots: found.missing,
      });
    state.overdue = state.target;
    askHighestAgain(config, state, out);
    // Reports may be lost, and a window that nobody moves stops everything.
    if (state.floor >= config.fromSlot) tellStable(config, state.floor, out);
    out.arm("retry", config.retryMs);
  },
);

const actions = [
  start,
  commands,
  alarm,
  learn,
  heartbeat,
  silence,
  trimmed,
  countHighest,
  retry,
] as Action<LearnerTypes>[];

/**
 * A learner: the `Consensus` door of one replica. Offers proposals until they are decided, reports every decision once,
 * asks for what it missed, passes on what is stable (ordered-broadcast definition, sections 4.3 to 4.8).
 *
 * @throws PaxosConfigError
 * @example
 * const engine = learnerEngine(learnerConfig);
 * const state = engine.init(learnerConfig);
 */
export function learnerEngine(config: LearnerConfig): Engine<LearnerTypes> {
  mustBeDistinct("leaders", config.leaders);
  mustBeDistinct("acceptors", config.acceptors);
  mustBeQuorumOf("readQuorum", config.readQuorum, config.acceptors);
  mustBeInteger("fromSlot", config.fromSlot, 1);
  mustBeInteger("maxAhead", config.maxAhead, 1);
  mustBeInteger("fetchMax", config.fetchMax, 1);
  mustBeInteger("retryMs", config.retryMs, 1);
  mustBeInteger("silenceMs", config.silenceMs, 1);
  return {
    name: "paxos learner",
    schema: {
      config: LearnerConfig as Engine<LearnerTypes>["schema"]["config"],
      state: LearnerState,
      command: LearnerCommand,
      message: PaxosMessage,
      record: LearnerRecord,
      output: LearnerOutput as Engine<LearnerTypes>["schema"]["output"],
      timers: ["retry", "silence"],
    },
    self: ({ self }) => self,
    init: ({ fromSlot }) => ({
      floor: fromSlot - 1,
      proposals: emptyMap(),
      decided: emptyMap(),
      through: fromSlot - 1,
      target: fromSlot - 1,
      overdue: fromSlot - 1,
      trimmedThrough: fromSlot - 1,
      seen: null,
      active: null,
      reading: null,
    }),
    actions,
    compact: () => [],
    observe: (_config, { floor, decided, active, reading }) => ({ floor, decided, active, reading }),
    phase: (_config, { active }) => (active === null ? "alone" : "following"),
    fairness: Object.fromEntries(
      actions.map(({ name }) => [
        name,
        name === "take commands (5.4)" ? ("none" as const) : ("weak" as const),
      ]),
    ),
  };
}
