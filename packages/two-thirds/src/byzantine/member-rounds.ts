import { equalBytes, mapGet } from "@eunomia/codec";
import { type Action, actionsOf, type NodeId } from "@eunomia/engine";
import { roundMax } from "../message.ts";
import { isJustified } from "./evidence.ts";
import { statusesAgainst } from "./member-evidence.ts";
import { inWindow } from "./member-guards.ts";
import {
  armRound,
  cast,
  convict,
  coordinatorOf,
  digestFor,
  enter,
  isPeer,
  openSlot,
  placeOf,
  type Rules,
  within,
} from "./member-moves.ts";
import type {
  ByzantineMemberConfig,
  ByzantineMemberState,
  ByzantineMemberTypes,
  Refusal,
} from "./member-types.ts";
import type { StatusReport } from "./message.ts";
import { isSigned, type Says, statusesDigest } from "./statement.ts";

type Config = ByzantineMemberConfig;
type State = Readonly<ByzantineMemberState>;
const on = actionsOf<ByzantineMemberTypes>();

interface NewRound {
  readonly slot: number;
  readonly round: number;
  readonly value: Uint8Array;
  readonly statuses: readonly StatusReport[];
  readonly signature: Uint8Array;
}

/** A NEWROUND of the coordinator, in time to be followed. */
function isDue(config: Config, state: State, { slot, round }: NewRound, from: NodeId): boolean {
  const known = mapGet(state.slots, slot);
  return (
    isPeer(config, from) &&
    from === coordinatorOf(config, slot, round) &&
    inWindow(config, state, slot) &&
    round < roundMax &&
    round >= Math.max(1, known?.round ?? 0) &&
    (known?.voted ?? -1) < round
  );
}

/** What the signature says, if it holds. */
function readSays(
  { oracles }: Rules,
  config: Config,
  state: State,
  { slot, round, value, statuses, signature }: NewRound,
  from: NodeId,
): Extract<Says, { kind: "newround" }> | null {
  const digest = digestFor(mapGet(state.slots, slot), value);
  const says = { kind: "newround", value: digest, statuses: statusesDigest(statuses) } as const;
  return isSigned(oracles, placeOf(config, slot, round), from, says, signature) ? says : null;
}

const justified = (rules: Rules, config: Config, message: NewRound, says: { readonly value: Uint8Array }) =>
  isJustified(rules, placeOf(config, message.slot, message.round), says.value, message.statuses);

/** Another value for the round in which this coordinator was followed. */
function secondValue(rules: Rules, config: Config, state: State, message: NewRound, from: NodeId) {
  const { slot, round } = message;
  const led = mapGet(state.slots, slot)?.led ?? null;
  if (led === null || led.round !== round || from !== coordinatorOf(config, slot, round)) return null;
  const second = readSays(rules, config, state, message, from);
  if (second === null || equalBytes(second.value, led.digest)) return null;
  const first = { kind: "newround", value: led.digest, statuses: statusesDigest(led.statuses) } as const;
  return {
    ...{ from, slot, round, statuses: [] },
    first: { says: first, signature: led.signature },
    second: { says: second, signature: message.signature },
  };
}

/** A value that its own statuses do not allow. */
function unjustified(rules: Rules, config: Config, state: State, message: NewRound, from: NodeId) {
  if (!isDue(config, state, message, from)) return null;
  const says = readSays(rules, config, state, message, from);
  if (says === null || justified(rules, config, message, says)) return null;
  const { slot, round, statuses, signature } = message;
  return { from, slot, round, first: { says, signature }, second: null, statuses: [...statuses] };
}

export function newroundActions(rules: Rules): Action<ByzantineMemberTypes>[] {
  return [
    on.message(
      "newround",
      "newround: follow (3.3)",
      (config, state, message, from) => {
        if (!isDue(config, state, message, from)) return null;
        const { slot, round, value, statuses, signature } = message;
        const says = readSays(rules, config, state, message, from);
        return says !== null && justified(rules, config, message, says) && rules.oracles.valid(slot, value)
          ? { slot, round, value, led: { round, digest: says.value, statuses, signature } }
          : null;
      },
      (config, state, { slot, round, value, led }, out) => {
        const known = openSlot(config, state, slot, out);
        if (round > known.round) enter(rules, config, state, slot, round, out);
        for (const evidence of statusesAgainst(slot, round, known, led.statuses))
          convict(state, evidence, out);
        known.led = led;
        // q members have shown that they are there.
        armRound(config, state, known, out);
        cast(rules, config, state, slot, { round, value }, out);
        state.ready = [slot];
      },
    ),
    on.message(
      "newround",
      "newround: evidence (3.3)",
      (config, state, message, from) =>
        !isPeer(config, from) || state.guilty.includes(from) || !inWindow(config, state, message.slot)
          ? null
          : (secondValue(rules, config, state, message, from) ??
            unjustified(rules, config, state, message, from)),
      (_config, state, evidence, out) => convict(state, evidence, out),
    ),
    on.message(
      "newround",
      "newround: refuse (3.2)",
      (config, state, message, from) => {
        const refused = (reason: Refusal) => ({ from, message: "newround", reason });
        if (!isPeer(config, from) || from !== coordinatorOf(config, message.slot, message.round))
          return refused("stranger");
        if (!within(config, state, message.slot) || message.round < 1 || message.round >= roundMax)
          return refused("out of range");
        if (!isDue(config, state, message, from)) return null;
        const says = readSays(rules, config, state, message, from);
        if (says === null) return refused("signature");
        return refused(justified(rules, config, message, says) ? "value" : "statuses");
      },
      (_config, _state, found, out) => out.output({ kind: "refused", ...found }),
    ),
  ] as Action<ByzantineMemberTypes>[];
}
