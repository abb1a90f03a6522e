import { sha256 } from "@eunomia/codec";
import type { Effects, Engine } from "@eunomia/engine";
import { statusesDigest } from "../../src/byzantine/statement.ts";
import {
  type ByzantineMemberConfig,
  type ByzantineMemberTypes,
  type ByzantineMessage,
  byzantineMemberEngine,
  type Says,
  statementBytes,
  statementDomain,
} from "../../src/byzantine.ts";
import { sealOf, sealsOf } from "./seals.ts";

/** What a liar tells the other half in the place of a message; null: nothing. */
export type Lie = (config: ByzantineMemberConfig, message: ByzantineMessage) => ByzantineMessage | null;

/** The message with the signature of its sender: a liar signs whatever it says. */
export function resigned(
  { self, context }: ByzantineMemberConfig,
  message: ByzantineMessage,
): ByzantineMessage {
  if (message.kind !== "vote" && message.kind !== "status" && message.kind !== "newround") return message;
  const { slot, round } = message;
  const says: Says =
    message.kind === "vote"
      ? { kind: "vote", value: sha256(message.value) }
      : message.kind === "status"
        ? {
            kind: "status",
            lastRound: message.lastRound,
            est: message.est === null ? null : sha256(message.est),
          }
        : { kind: "newround", value: sha256(message.value), statuses: statusesDigest(message.statuses) };
  const statement = statementBytes({ context, slot, round }, says);
  return { ...message, signature: sealOf(self, statementDomain, statement) };
}

const flipped = (value: Uint8Array): Uint8Array => Uint8Array.of(3 - value[0]!, ...value.subarray(1));

/** Says one value here and another there, in votes, statuses and as a coordinator. Values begin with 1 or 2. */
export const equivocating: Lie = (config, message) => {
  if (message.kind === "vote" || message.kind === "newround")
    return resigned(config, { ...message, value: flipped(message.value) });
  if (message.kind === "status" && message.est !== null)
    return resigned(config, { ...message, est: flipped(message.est) });
  return message;
};

/** Says nothing to one half. */
export const mute: Lie = () => null;

/** Claims to have voted for nothing, to free what is locked. */
export const denying: Lie = (config, message) =>
  message.kind === "status" ? resigned(config, { ...message, lastRound: -1, est: null }) : message;

/** A member that tells every other process the truth and the rest a lie. */
export function liar(config: ByzantineMemberConfig, lie: Lie): Engine<ByzantineMemberTypes> {
  const engine = byzantineMemberEngine(config, sealsOf(config.self));
  const split = (out: Effects<ByzantineMemberTypes>): Effects<ByzantineMemberTypes> => ({
    persist: (record) => out.persist(record),
    arm: (timer, delayMs, jitterMs) => out.arm(timer, delayMs, jitterMs),
    disarm: (timer) => out.disarm(timer),
    spawn: (name, key, other) => out.spawn(name, key, other),
    output: (output) => out.output(output),
    send: (to, message) => {
      const told = lie(config, message);
      const deceived = to.filter((process) => /[13579]$/.test(process));
      const rest = to.filter((process) => !deceived.includes(process));
      if (rest.length > 0) out.send(rest, message);
      if (told !== null && deceived.length > 0) out.send(deceived, told);
    },
  });
  return {
    ...engine,
    actions: engine.actions.map((action) => ({
      ...action,
      act: (own, state, found, out) => action.act(own, state, found, split(out)),
    })),
  };
}
