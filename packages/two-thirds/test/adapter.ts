import { mapGet, utf8Decode, utf8Encode } from "@eunomia/codec";
import type {
  AbstractMessage,
  VectorAdapter,
  VectorEffect,
  VectorInput,
  VectorProcess,
} from "@eunomia/conformance";
import { engineProcess } from "@eunomia/conformance";
import type { Effect, Engine, Event } from "@eunomia/engine";
import {
  type MemberConfig,
  type MemberTypes,
  memberConfig,
  memberEngine,
  type TwoThirdsMessage,
} from "../src/index.ts";

const abstractMessage = (message: TwoThirdsMessage, from: string): AbstractMessage | null => {
  if (message.kind === "vote" && message.choice.kind === "whole")
    return {
      t: "VOTE",
      slot: message.slot,
      round: message.round,
      value: utf8Decode(message.choice.value),
      from,
    };
  if (message.kind === "decided" && message.choice.kind === "whole")
    return { t: "DECIDED", slot: message.slot, value: utf8Decode(message.choice.value), from };
  return message.kind === "trimmed" ? { t: "TRIMMED", floor: message.floor, from } : null;
};

const realMessage = (message: AbstractMessage): TwoThirdsMessage => {
  const slot = Number(message.slot);
  const value = utf8Encode(String(message.value));
  if (message.t === "PROPOSE") return { kind: "propose", slot, value };
  if (message.t === "VOTE")
    return { kind: "vote", slot, round: Number(message.round), choice: { kind: "whole", value } };
  return { kind: "decided", slot, choice: { kind: "whole", value } };
};

const toEvents = (input: VectorInput): Event<MemberTypes>[] => {
  if (input.kind === "tick")
    return ["tick", "retry"].map((timer) => ({ kind: "timeout", timer }) as Event<MemberTypes>);
  if (input.kind !== "message") return [];
  // Proposals in the vectors come from nobody in particular: a replica.
  return [{ kind: "message", from: input.message.from ?? "replica", message: realMessage(input.message) }];
};

const fromEffect =
  (self: string) =>
  (effect: Effect<MemberTypes>): VectorEffect[] => {
    if (effect.kind === "output")
      return effect.output.kind === "decided"
        ? [{ kind: "decide", slot: effect.output.slot, value: utf8Decode(effect.output.value) }]
        : [];
    if (effect.kind !== "send") return [];
    const message = abstractMessage(effect.message, self);
    return message === null ? [] : [{ kind: "send", to: effect.to, message }];
  };

const textOf = (value: Uint8Array | null | undefined): string | null => (value ? utf8Decode(value) : null);

/** Grace off, eager relay, values ordered as strings: what the vectors assume. `engineOf` lets a broken twin stand in. */
export function adapter(
  engineOf: (config: MemberConfig) => Engine<MemberTypes> = memberEngine,
): VectorAdapter {
  return {
    create: ({ config }) => {
      const members = config.members as string[];
      const learners = ["replica", ...((config.learners as string[] | undefined) ?? [])];
      return new Map<string, VectorProcess>(
        members.map((self) => {
          const own = memberConfig({
            self,
            members,
            learners,
            f: config.f as number,
            graceMs: 0,
            headMs: 0,
            order: "bytes",
          });
          const project = (state: MemberTypes["State"]) => {
            const slot = mapGet(state.slots, 1);
            return { round: slot?.round ?? -1, est: textOf(slot?.est), decided: textOf(slot?.decided) };
          };
          return [
            self,
            engineProcess(engineOf(own), { config: own, toEvents, fromEffect: fromEffect(self), project }),
          ];
        }),
      );
    },
  };
}
