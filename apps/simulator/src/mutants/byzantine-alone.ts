import { type AnyEngine, type Effect, type EngineTypes, type Event, step } from "@eunomia/engine";
import type { ByzantineMessage } from "@eunomia/two-thirds/byzantine";
import {
  byzantineLearnerPart,
  byzantineMemberPart,
  byzantineNames,
  resealed,
} from "../protocols/two-thirds-byzantine/parts.ts";
import { bytesOf } from "../protocols/values.ts";
import type { Change } from "./mutant.ts";

const shape = { members: 6, learners: 2, roundMs: 100, headMs: 0 };
const { members } = byzantineNames(shape);
const unsigned = new Uint8Array();
const x = bytesOf("x");
const y = bytesOf("y");

type Heard = Event<EngineTypes>;

/** A message as its sender signs it. */
const from = (sender: string, message: ByzantineMessage): Heard => ({
  kind: "message",
  from: sender,
  message: resealed(message, sender, () => true),
});

const vote = (sender: string, value: Uint8Array): Heard =>
  from(sender, { kind: "vote", slot: 1, round: 0, signature: unsigned, value });

const status = (sender: string, round: number): Heard =>
  from(sender, { kind: "status", slot: 1, round, signature: unsigned, lastRound: -1, est: null });

const decision = (sender: string, value: Uint8Array): Heard => {
  const votes = members.slice(1).map((voter) => ({ from: voter, signature: unsigned }));
  return from(sender, { kind: "decided", slot: 1, value, certificate: { round: 0, votes } });
};

function effectsOf(engine: AnyEngine, config: unknown, events: readonly Heard[]): Effect<EngineTypes>[] {
  const state = engine.init(config as never);
  const started: Heard = { kind: "start", records: [] };
  return [started, ...events].flatMap(
    (event) => step(engine, config as never, state, event as never).effects,
  );
}

const kinds = (effects: readonly Effect<EngineTypes>[]): string[] =>
  effects.flatMap((effect) =>
    effect.kind === "output" ? [(effect.output as { readonly kind: string }).kind] : [],
  );

const timesRounds = (effects: readonly Effect<EngineTypes>[]): number =>
  effects.filter((effect) => effect.kind === "arm" && effect.timer === "tick").length;

const entered = (effects: readonly Effect<EngineTypes>[]): boolean =>
  effects.some(
    (effect) => effect.kind === "persist" && (effect.record as { readonly kind: string }).kind === "enter",
  );

function memberAlone(engine: AnyEngine, config: unknown): string | null {
  const after = (...events: Heard[]) => effectsOf(engine, config, events);
  if (!kinds(after(vote("m1", x), vote("m2", x), vote("m1", y))).includes("evidence"))
    return "two votes of one member in a round are no evidence";
  if (!kinds(after(decision("m1", x), decision("m1", y))).includes("alarm"))
    return "two certified decisions raise no alarm";
  if (entered(after(status("m1", 5)))) return "a lone status moves a member";
  const propose: Heard = {
    kind: "message",
    from: "r0",
    message: { kind: "propose", slot: 1, value: x } as never,
  };
  const ticked: Heard = { kind: "timeout", timer: "tick" };
  return timesRounds(after(propose, ticked)) === 1
    ? null
    : "a round is timed though q members have not shown that they are there";
}

function learnerAlone(engine: AnyEngine, config: unknown): string | null {
  if (!kinds(effectsOf(engine, config, [decision("m1", x), decision("m1", y)])).includes("alarm"))
    return "two certified decisions raise no alarm";
  const answer = (sender: string, slot: number): Heard => ({
    kind: "message",
    from: sender,
    message: { kind: "highestAck", nonce: 1, slot } as never,
  });
  const ask: Heard = { kind: "commands", commands: [{ kind: "highest", nonce: 1 }] };
  const answers = members.slice(0, 5).map((member, i) => answer(member, i === 0 ? 1000 : 7));
  const said = effectsOf(engine, config, [ask, ...answers]).flatMap((effect) =>
    effect.kind === "output" && (effect.output as { kind: string }).kind === "highest"
      ? [(effect.output as { readonly slot: number }).slot]
      : [],
  );
  return said.length === 1 && said[0] === 7 ? null : "a read believes one member";
}

/** What an engine of Byzantine 2/3-consensus owes by itself, beside what a cluster shows of it; null: nothing, or another engine. */
export function tryByzantineAlone(name: string, change: Change): string | null {
  const member = byzantineMemberPart(shape, "m0");
  if (member.engine.name === name) return memberAlone(change(member.engine), member.config);
  const learner = byzantineLearnerPart(shape, "r0");
  return learner.engine.name === name ? learnerAlone(change(learner.engine), learner.config) : null;
}
