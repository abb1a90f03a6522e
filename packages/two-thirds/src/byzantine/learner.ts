import { emptyMap, equalBytes, mapDelete, mapGet, mapHas, mapSet, setDelete, sha256 } from "@eunomia/codec";
import { type Action, actionsOf, type Engine, type QuorumSystem } from "@eunomia/engine";
import { isCertified } from "./certificate.ts";
import { checkByzantineLearner } from "./learner-config.ts";
import {
  armRetry,
  drop,
  extendPrefix,
  fetchGaps,
  hearFloor,
  nextRetryTicks,
  within,
} from "./learner-moves.ts";
import {
  ByzantineLearnerCommand,
  ByzantineLearnerConfig,
  ByzantineLearnerOutput,
  ByzantineLearnerRecord,
  ByzantineLearnerState,
  type ByzantineLearnerTypes,
} from "./learner-types.ts";
import { ByzantineMessage, type Certificate } from "./message.ts";
import { type ByzantineQuorums, byzantineQuorums, vouched } from "./quorums.ts";
import type { ByzantineOracles } from "./statement.ts";

type Config = ByzantineLearnerConfig;
type State = ByzantineLearnerState;
const on = actionsOf<ByzantineLearnerTypes>();

interface LearnerRules {
  readonly quorums: Pick<ByzantineQuorums, "decide" | "vouch">;
  readonly oracles: Pick<ByzantineOracles, "verify">;
}

const start = on.start(
  "start",
  () => ({}),
  // Anybody may propose: round 0 has no leader, and the hint never changes.
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
    if (read !== null) {
      state.reading = { nonce: read, answers: emptyMap() };
      out.send(config.members, { kind: "highest", nonce: read });
    }
    armRetry(config, state, out);
  },
);

function decidedActions(rules: LearnerRules): Action<ByzantineLearnerTypes>[] {
  const believed = (
    config: Config,
    message: { readonly slot: number; readonly value: Uint8Array; readonly certificate: Certificate },
    from: string,
  ): boolean =>
    from === config.colocatedMember ||
    (config.members.includes(from) && isCertified(rules, config.context, message, sha256(message.value)));
  return [
    on.message(
      "decided",
      "decided: report (3.5)",
      (config, state, message, from) =>
        within(config, state, message.slot) &&
        !mapHas(state.decided, message.slot) &&
        believed(config, message, from)
          ? { from, slot: message.slot, value: message.value }
          : null,
      (config, state, { from, slot, value }, out) => {
        mapDelete(state.proposals, slot);
        mapSet(state.decided, slot, value);
        state.top = Math.max(state.top, slot);
        extendPrefix(state);
        out.output({ kind: "decided", slot, value });
        // The last answer to a FETCH brings the next one: catching up takes one round trip per batch, not one retry period.
        if (setDelete(state.asked, slot) && state.asked.length === 0) fetchGaps(config, state, from, out);
        armRetry(config, state, out);
      },
    ),
    on.message(
      "decided",
      "decided: alarm (3.3)",
      (config, state, message, from) => {
        const known = mapGet(state.decided, message.slot);
        return known === undefined || equalBytes(known, message.value) || !believed(config, message, from)
          ? null
          : { slot: message.slot, known, other: message.value };
      },
      (_config, _state, found, out) => out.output({ kind: "alarm", ...found }),
    ),
    // A decision too far ahead to be kept: only that there is one. It is asked for once the replica has trimmed.
    on.message(
      "decided",
      "decided: ahead (2.3)",
      (config, state, message, from) =>
        message.slot > state.floor + config.maxAhead &&
        message.slot > state.top &&
        believed(config, message, from)
          ? { slot: message.slot }
          : null,
      (config, state, { slot }, out) => {
        state.top = slot;
        armRetry(config, state, out);
      },
    ),
    on.message(
      "decided",
      "decided: refuse (3.2)",
      (config, state, { slot, value }, from) => {
        if (slot <= Math.max(state.floor, config.fromSlot - 1)) return null;
        if (!config.members.includes(from)) return { from, message: "decided", reason: "stranger" as const };
        if (slot > state.floor + config.maxAhead && slot <= state.top) return null;
        const known = mapGet(state.decided, slot);
        return known !== undefined && equalBytes(known, value)
          ? null
          : { from, message: "decided", reason: "certificate" as const };
      },
      (_config, _state, found, out) => out.output({ kind: "refused", ...found }),
    ),
  ] as Action<ByzantineLearnerTypes>[];
}

function rumourActions(vouch: QuorumSystem, decide: QuorumSystem): Action<ByzantineLearnerTypes>[] {
  const isNews = (state: Readonly<State>, from: string, floor: number): boolean =>
    floor > (mapGet(state.floors, from) ?? 0);
  return [
    on.message(
      "trimmed",
      "trimmed: report (1)",
      (config, state, { floor }, from) =>
        config.members.includes(from) && isNews(state, from, floor) ? { from, floor } : null,
      (_config, state, { from, floor }, out) => hearFloor(vouch, state, from, floor, out),
    ),
    on.message(
      "head",
      "head: catch up (2.3)",
      (config, state, { floor, maxDecided }, from) => {
        // A member that came back knows of what it retired by its floor only.
        const finished = Math.max(floor, maxDecided);
        const news = finished > (mapGet(state.heads, from) ?? 0) || floor < state.floor;
        return config.members.includes(from) && news ? { from, floor, finished } : null;
      },
      (config, state, { from, floor, finished }, out) => {
        mapSet(state.heads, from, Math.max(finished, mapGet(state.heads, from) ?? 0));
        state.top = Math.max(state.top, vouched(vouch, state.heads));
        // The member missed a STABLE: it keeps what nobody needs here.
        if (floor < state.floor) out.send([from], { kind: "stable", slot: state.floor });
        armRetry(config, state, out);
      },
    ),
    // Of n - f answers at least f + 1 come from honest voters of whatever is decided, and no lie is above the (f+1)-th.
    on.message(
      "highestAck",
      "highest: count (5.10)",
      (config, { reading }, { nonce, slot }, from) =>
        reading?.nonce === nonce && config.members.includes(from) && !mapHas(reading.answers, from)
          ? { from, slot }
          : null,
      (_config, state, { from, slot }, out) => {
        const reading = state.reading!;
        mapSet(reading.answers, from, slot);
        if (!decide.has(reading.answers.keys)) return;
        state.reading = null;
        const top = Math.max(state.floor, vouched(vouch, reading.answers));
        out.output({ kind: "highest", nonce: reading.nonce, slot: top });
      },
    ),
  ] as Action<ByzantineLearnerTypes>[];
}

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
    const { reading } = state;
    if (reading !== null)
      out.send(
        config.members.filter((member) => !mapHas(reading.answers, member)),
        { kind: "highest", nonce: reading.nonce },
      );
    fetchGaps(config, state, config.members[state.turn % config.members.length]!, out);
    state.turn = (state.turn + 1) % config.members.length;
    state.overdue = state.top;
    state.retrying = false;
    armRetry(config, state, out);
  },
);

/**
 * The `Consensus` door of a replica under Byzantine faults: it believes a decision for its certificate, or because the member
 * of its own node says so; rumours count once f + 1 members tell them (3.5). Nothing of it is durable.
 *
 * @param oracles of which it needs `verify` alone: a learner signs nothing.
 * @throws TwoThirdsError
 * @example
 * const config = byzantineLearnerConfig({ self: "r", context: "demo/0", members: ["a", "b", "c", "d", "e", "f"] });
 * const engine = byzantineLearnerEngine(config, oracles);
 */
export function byzantineLearnerEngine(
  config: ByzantineLearnerConfig,
  oracles: Pick<ByzantineOracles, "verify">,
): Engine<ByzantineLearnerTypes> {
  checkByzantineLearner(config);
  const quorums = byzantineQuorums(config.members, [], config.f);
  const actions = [
    start,
    command,
    ...decidedActions({ quorums, oracles }),
    ...rumourActions(quorums.vouch, quorums.decide),
    retry,
  ] as Action<ByzantineLearnerTypes>[];
  return {
    name: "byzantine two-thirds learner",
    schema: {
      config: ByzantineLearnerConfig,
      state: ByzantineLearnerState,
      command: ByzantineLearnerCommand,
      message: ByzantineMessage,
      record: ByzantineLearnerRecord,
      output: ByzantineLearnerOutput,
      timers: ["retry"],
    },
    self: ({ self }) => self,
    init,
    actions,
    compact: () => [],
    observe: (_config, { floor, forgotten, decided, proposals, reading }) => ({
      floor,
      forgotten,
      decided,
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

function init({ fromSlot }: ByzantineLearnerConfig): ByzantineLearnerState {
  return {
    floor: fromSlot - 1,
    forgotten: 0,
    top: 0,
    overdue: 0,
    through: fromSlot - 1,
    proposals: emptyMap(),
    decided: emptyMap(),
    floors: emptyMap(),
    heads: emptyMap(),
    asked: [],
    turn: 0,
    retrying: false,
    reading: null,
  };
}
