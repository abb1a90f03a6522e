import { emptyMap, mapDelete, mapGet, mapHas, mapSet, setAdd, setDelete, setHas } from "@eunomia/codec";
import { type Action, actionsOf, type Engine } from "@eunomia/engine";
import { TwoThirdsMessage } from "../message.ts";
import { isNamed } from "./choice.ts";
import { checkLearnerConfig } from "./learner-config.ts";
import { armRetry, drop, extendPrefix, fetchGaps, nextRetryTicks, within } from "./learner-moves.ts";
import { askHighest, askHighestAgain, countHighest } from "./learner-reads.ts";
import {
  LearnerCommand,
  LearnerConfig,
  LearnerOutput,
  LearnerRecord,
  LearnerState,
  type LearnerTypes,
} from "./learner-types.ts";

const on = actionsOf<LearnerTypes>();

const start = on.start(
  "start",
  () => ({}),
  // Anybody may propose: the hint never changes in a leaderless protocol.
  (_config, _state, _found, out) => out.output({ kind: "duty", process: null }),
);

/**
 * The first proposal of a slot stands: members vote for what they hear first, so another one would only split votes. Who
 * proposes for a slot that is finished is told so again.
 */
const command = on.commands(
  "propose and trim (2.3)",
  (config, state, commands) => {
    const trim = commands.reduce(
      (slot, one) => (one.kind === "trim" ? Math.max(slot, one.slot) : slot),
      state.floor,
    );
    const floor = Math.max(trim, state.forgotten);
    const asked = commands.flatMap((one) => (one.kind === "propose" ? [one] : []));
    const read = commands.findLast((one) => one.kind === "highest")?.nonce ?? null;
    const proposals = asked.filter(
      ({ slot }) =>
        slot > floor &&
        slot <= trim + config.maxAhead &&
        !mapHas(state.decided, slot) &&
        !mapHas(state.proposals, slot),
    );
    const trimmed = asked.some(({ slot }) => slot <= floor) ? floor : null;
    return trim > state.floor || trimmed !== null || proposals.length > 0 || read !== null
      ? { trim, trimmed, proposals, read }
      : null;
  },
  (config, state, { trim, trimmed, proposals, read }, out) => {
    if (trim > state.floor) {
      state.floor = trim;
      drop(state);
      out.send(config.members, { kind: "stable", slot: trim });
    }
    if (trimmed !== null) out.output({ kind: "trimmed", floor: trimmed });
    for (const { slot, value } of proposals) {
      if (mapHas(state.proposals, slot)) continue;
      // A timer that runs already may fire at once: one tick more makes the wait at least one whole period.
      mapSet(state.proposals, slot, { value, retryTicks: state.retrying ? 2 : 1, attempts: 0 });
      out.send(config.members, { kind: "propose", slot, value });
    }
    if (read !== null) askHighest(config, state, read, out);
    armRetry(config, state, out);
  },
);

const report = on.message(
  "decided",
  "decided: report (2.3)",
  (config, state, { slot, choice }, from) => {
    if (!config.members.includes(from) || !within(config, state, slot) || mapHas(state.decided, slot))
      return null;
    if (choice.kind === "whole") return { from, slot, value: choice.value, name: choice };
    const own = mapGet(state.proposals, slot)?.value;
    return own !== undefined && isNamed(own, null, choice) ? { from, slot, value: own, name: choice } : null;
  },
  (config, state, { from, slot, value, name }, out) => {
    mapDelete(state.proposals, slot);
    mapSet(state.decided, slot, { value, name });
    state.top = Math.max(state.top, slot);
    extendPrefix(state);
    out.output({ kind: "decided", slot, value });
    // The last answer to a FETCH brings the next one: catching up takes one round trip per batch, not one retry period.
    if (setDelete(state.asked, slot) && state.asked.length === 0) fetchGaps(config, state, from, out);
    armRetry(config, state, out);
  },
);

/** A value that is named only by its digest and is not our own: the member on this node may have it, the sender has. */
const fetchUnknown = on.message(
  "decided",
  "decided: fetch (8)",
  (config, state, { slot, choice }, from) =>
    choice.kind === "digest" &&
    config.members.includes(from) &&
    within(config, state, slot) &&
    !mapHas(state.decided, slot) &&
    !setHas(state.asked, slot)
      ? { from: config.colocatedMember ?? from, slot }
      : null,
  (config, state, { from, slot }, out) => {
    setAdd(state.asked, slot);
    state.top = Math.max(state.top, slot);
    out.send([from], { kind: "fetch", slots: [slot] });
    armRetry(config, state, out);
  },
);

const disagreement = on.message(
  "decided",
  "decided: alarm (2.4)",
  (config, state, { slot, choice }, from) => {
    const known = config.members.includes(from) ? mapGet(state.decided, slot) : undefined;
    return known === undefined || isNamed(known.value, known.name, choice)
      ? null
      : { slot, known: known.value, other: choice };
  },
  (_config, _state, found, out) => out.output({ kind: "alarm", ...found }),
);

/** A decision too far ahead to be kept: only that there is one. It is asked for once the replica has trimmed. */
const ahead = on.message(
  "decided",
  "decided: ahead (2.3)",
  (config, state, { slot }, from) =>
    config.members.includes(from) && slot > state.floor + config.maxAhead && slot > state.top
      ? { slot }
      : null,
  (config, state, { slot }, out) => {
    state.top = slot;
    armRetry(config, state, out);
  },
);

const forgotten = on.message(
  "trimmed",
  "trimmed: report (1)",
  (config, state, { floor }, from) =>
    config.members.includes(from) && floor > state.through ? { floor } : null,
  (_config, state, { floor }, out) => {
    state.forgotten = floor;
    drop(state);
    out.output({ kind: "trimmed", floor });
  },
);

const head = on.message(
  "head",
  "head: catch up (2.3)",
  (config, state, { floor, maxDecided }, from) => {
    // A member that came back knows of what it retired by its floor only.
    const finished = Math.max(floor, maxDecided);
    return config.members.includes(from) && (finished > state.top || floor < state.floor)
      ? { from, floor, finished }
      : null;
  },
  (config, state, { from, floor, finished }, out) => {
    state.top = Math.max(state.top, finished);
    // The member missed a STABLE: it keeps what nobody needs here.
    if (floor < state.floor) out.send([from], { kind: "stable", slot: state.floor });
    armRetry(config, state, out);
  },
);

const retry = on.timeout(
  "retry",
  "retry: propose again, ask about gaps (2.3)",
  (_config, state) => ({
    due: state.proposals.keys.filter((_, i) => state.proposals.values[i]!.retryTicks <= 1),
  }),
  (config, state, { due }, out) => {
    for (const proposal of state.proposals.values) proposal.retryTicks -= 1;
    for (const slot of due) {
      const proposal = mapGet(state.proposals, slot)!;
      proposal.attempts += 1;
      proposal.retryTicks = nextRetryTicks(proposal.attempts);
      out.send(config.members, { kind: "propose", slot, value: proposal.value });
    }
    askHighestAgain(config, state, out);
    fetchGaps(config, state, config.members[state.turn % config.members.length]!, out);
    state.turn = (state.turn + 1) % config.members.length;
    state.overdue = state.top;
    state.retrying = false;
    armRetry(config, state, out);
  },
);

/**
 * The `Consensus` door of a replica: proposes, re-sends, reports each decision once, learns what it missed, and tells the
 * members what may be forgotten (sections 2.3, 5.9). Nothing of it is durable.
 *
 * @throws TwoThirdsError
 * @example
 * const config = learnerConfig({ self: "r", members: ["a", "b", "c", "d"] });
 * const engine = learnerEngine(config);
 */
export function learnerEngine(config: LearnerConfig): Engine<LearnerTypes> {
  checkLearnerConfig(config);
  const actions = [
    start,
    command,
    report,
    fetchUnknown,
    disagreement,
    ahead,
    forgotten,
    head,
    countHighest,
    retry,
  ] as Action<LearnerTypes>[];
  return {
    name: "two-thirds learner",
    schema: {
      config: LearnerConfig,
      state: LearnerState,
      command: LearnerCommand,
      message: TwoThirdsMessage,
      record: LearnerRecord,
      output: LearnerOutput,
      timers: ["retry"],
    },
    self: ({ self }) => self,
    init,
    actions,
    compact: () => [],
    observe: (_config, { floor, forgotten, decided, proposals, reading }) => ({
      floor,
      forgotten,
      decided: { keys: decided.keys, values: decided.values.map(({ value }) => value) },
      proposed: proposals.keys,
      reading,
    }),
    inert: ({ fromSlot }, _state, message) =>
      message.kind === "decided"
        ? message.slot < fromSlot
        : message.kind !== "trimmed" && message.kind !== "head" && message.kind !== "highestAck",
    phase: (_config, { proposals, through, top }) =>
      proposals.keys.length > 0 ? "waiting" : through < top ? "behind" : "quiet",
    collects: [],
    fairness: Object.fromEntries(actions.map(({ name }) => [name, "weak" as const])),
  };
}

function init({ fromSlot }: LearnerConfig): LearnerState {
  return {
    floor: fromSlot - 1,
    forgotten: 0,
    top: 0,
    overdue: 0,
    through: fromSlot - 1,
    proposals: emptyMap(),
    decided: emptyMap(),
    asked: [],
    turn: 0,
    retrying: false,
    reading: null,
  };
}
