import { sha256, utf8Encode } from "@eunomia/codec";
import { type AnyEngine, type ConsensusBinding, type Effect, type EngineTypes, step } from "@eunomia/engine";
import { expect, test } from "vitest";
import {
  type ByzantineMemberConfig,
  type ByzantineMessage,
  byzantineBinding,
  byzantineContext,
  byzantineQuorums,
  convicts,
  type Evidence,
} from "../../src/byzantine.ts";
import { sealsOf } from "./seals.ts";

const nodes = ["a", "b", "c", "d", "e", "f"];
const binding = byzantineBinding({ self: "a", cluster: "demo", oracles: sealsOf("a") });
/** Two epochs that differ in their numbers only, as when a change overtakes one that is not in force yet. */
const planOf = (epoch: number) => ({ epoch, params: new Uint8Array(), nodes, f: 1, from: 5 });

/** What the honest member on this node votes for in slot 5 of an epoch in which that value is proposed, and its signature. */
function voteIn(registered: ConsensusBinding, epoch: number, text: string) {
  const { engine, config } = registered.epoch(planOf(epoch)).processes[0]! as {
    engine: AnyEngine;
    config: ByzantineMemberConfig;
  };
  const state = engine.init(config);
  const value = utf8Encode(text);
  const effects: Effect<EngineTypes>[] = [
    ...step(engine, config, state, { kind: "start", records: [] }).effects,
  ];
  const message = { kind: "propose", slot: 5, value };
  effects.push(...step(engine, config, state, { kind: "message", from: "b/learner", message }).effects);
  const sent = effects.flatMap((effect) =>
    effect.kind === "send" ? [effect.message as ByzantineMessage] : [],
  );
  const vote = sent.find((one) => one.kind === "vote");
  if (vote === undefined) throw new Error("the member did not vote");
  return { says: { kind: "vote" as const, value: sha256(value) }, signature: vote.signature, config };
}

/** Whether two votes of one member, each in its epoch, convict it in either of them. */
function isConvicted(registered: ConsensusBinding): boolean {
  const first = voteIn(registered, 1, "one");
  const second = voteIn(registered, 2, "another");
  const common = { from: "a/member", slot: 5, round: 0, statuses: [] };
  const { members, context } = first.config;
  const seals = sealsOf("a");
  // Keys are those of nodes.
  const verify: typeof seals.verify = (signer, ...rest) => seals.verify(signer.split("/")[0]!, ...rest);
  const court = { quorums: byzantineQuorums(members, [], 1), oracles: { verify } };
  const evidence: Evidence = { ...common, first, second };
  return [context, second.config.context].some((where) => convicts(court, where, evidence, "f/member"));
}

test("epochs with equal first slot and members have contexts of their own: who votes in both is convicted in neither", () => {
  expect(voteIn(binding, 1, "one").config.context).toBe(byzantineContext("demo", 1));
  expect(isConvicted(binding)).toBe(false);
});

test("a context without the number of the epoch convicts an honest member", () => {
  const twin: ConsensusBinding = {
    ...binding,
    epoch: (plan) => binding.epoch({ ...plan, epoch: plan.from }),
  };
  expect(isConvicted(twin)).toBe(true);
});
