import { mapGet, sha256, utf8Decode, utf8Encode } from "@eunomia/codec";
import {
  type AbstractMessage,
  engineProcess,
  type VectorAdapter,
  type VectorEffect,
  type VectorInput,
  type VectorProcess,
} from "@eunomia/conformance";
import type { Effect, Engine, Event } from "@eunomia/engine";
import {
  type ByzantineMemberConfig,
  type ByzantineMemberTypes,
  type ByzantineMessage,
  byzantineMemberConfig,
  byzantineMemberEngine,
  type Says,
  statementBytes,
  statementDomain,
} from "../../src/byzantine.ts";
import { sealOf, sealsOf } from "./seals.ts";

export type EngineOf = (config: ByzantineMemberConfig) => Engine<ByzantineMemberTypes>;

const context = "vectors/0";
const textOf = (value: Uint8Array | null | undefined): string | null => (value ? utf8Decode(value) : null);

const abstractMessage = (message: ByzantineMessage, from: string): AbstractMessage | null => {
  switch (message.kind) {
    case "vote":
    case "newround": {
      const { slot, round, value } = message;
      const t = message.kind === "vote" ? "VOTE" : "NEWROUND";
      return { t, slot, round, value: textOf(value), from, sig: from };
    }
    case "status": {
      const { slot, round, lastRound, est } = message;
      return { t: "STATUS", slot, round, lastRound, est: textOf(est), from, sig: from };
    }
    case "decided":
      return { t: "DECIDED", slot: message.slot, value: textOf(message.value), from };
    default:
      return message.kind === "trimmed" ? { t: "TRIMMED", floor: message.floor, from } : null;
  }
};

/** A proposal, or a vote or STATUS of somebody who is not there, with whatever signature it claims. */
const realMessage = ({ t, slot, round, value, lastRound, est, sig }: AbstractMessage): ByzantineMessage => {
  const place = { context, slot: Number(slot), round: Number(round) };
  const seal = (says: Says) => sealOf(String(sig), statementDomain, statementBytes(place, says));
  const where = { slot: place.slot, round: place.round };
  if (t === "STATUS") {
    const claim = { lastRound: Number(lastRound), est: utf8Encode(String(est)) };
    const signature = seal({ kind: "status", lastRound: claim.lastRound, est: sha256(claim.est) });
    return { kind: "status", ...where, ...claim, signature };
  }
  const bytes = utf8Encode(String(value));
  if (t === "PROPOSE") return { kind: "propose", slot: place.slot, value: bytes };
  return { kind: "vote", ...where, value: bytes, signature: seal({ kind: "vote", value: sha256(bytes) }) };
};

const toEvents = (input: VectorInput): Event<ByzantineMemberTypes>[] => {
  if (input.kind === "tick") return [{ kind: "timeout", timer: "retry" }];
  if (input.kind === "timeout") return [{ kind: "timeout", timer: "tick" }];
  if (input.kind !== "message") return [];
  // Proposals in the vectors come from nobody in particular: a replica.
  const from = input.message.from ?? "replica";
  const message = (input.real as ByzantineMessage | undefined) ?? realMessage(input.message);
  return [{ kind: "message", from, message }];
};

const fromEffect =
  (self: string) =>
  (effect: Effect<ByzantineMemberTypes>): VectorEffect[] => {
    if (effect.kind === "output")
      return effect.output.kind === "decided"
        ? [{ kind: "decide", slot: effect.output.slot, value: utf8Decode(effect.output.value)! }]
        : [];
    if (effect.kind !== "send") return [];
    const message = abstractMessage(effect.message, self);
    return message === null ? [] : [{ kind: "send", to: effect.to, message, real: effect.message }];
  };

/** Eager relay, values ordered as strings: what the vectors assume. `engineOf` lets a broken twin stand in. */
export function adapter(
  engineOf: EngineOf = (config) => byzantineMemberEngine(config, sealsOf(config.self)),
): VectorAdapter {
  return {
    create: ({ config }) => {
      const members = config.members as string[];
      const byzantine = (config.byzantine as string[] | undefined) ?? [];
      return new Map<string, VectorProcess>(
        members
          .filter((self) => !byzantine.includes(self))
          .map((self) => {
            const own = byzantineMemberConfig({
              ...{ self, context, members, learners: ["replica"], f: config.f as number },
              ...{ headMs: 0, order: "bytes" },
            });
            const project = (state: ByzantineMemberTypes["State"]) => {
              const slot = mapGet(state.slots, (config.slot as number | undefined) ?? 1);
              return {
                round: slot?.round ?? 0,
                voted: slot?.voted ?? -1,
                est: textOf(slot?.est),
                decided: textOf(slot?.decided?.value),
              };
            };
            const process = { config: own, toEvents, fromEffect: fromEffect(self), project };
            return [self, engineProcess(engineOf(own), process)];
          }),
      );
    },
  };
}
