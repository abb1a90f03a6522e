import { check, encode, generate } from "@eunomia/codec";
import { SeededRandom } from "@eunomia/conformance";
import { type Engine, type EngineTypes, step } from "@eunomia/engine";
import { expect, test } from "vitest";
import {
  ByzantineMessage,
  byzantineLearnerConfig,
  byzantineLearnerEngine,
  byzantineMemberConfig,
  byzantineMemberEngine,
} from "../../src/byzantine.ts";
import { memberNames } from "./cluster.ts";
import { resigned } from "./liar.ts";
import { sealsOf } from "./seals.ts";

const members = memberNames();
const senders = [...members, "r0", "r1", "stranger", ""];
const memberOf = (self: string) =>
  byzantineMemberConfig({
    self,
    context: "test",
    members,
    learners: ["r0", "r1"],
    maxAhead: 6,
    keepRounds: 3,
  });

/** Any message of the schema, near slots and rounds in use, and signed by its sender: what a liar can say at its best. */
function hostile(random: SeededRandom, from: string, tame: boolean): ByzantineMessage {
  const near = { ...generate(ByzantineMessage, random, 4) } as Record<string, unknown>;
  if (tame) {
    for (const field of ["slot", "maxDecided"]) if (field in near) near[field] = random.below(8);
    if ("floor" in near) near.floor = random.below(3);
    if ("round" in near) near.round = random.chance(0.02) ? 2 ** 31 - 1 - random.below(3) : random.below(8);
    if ("lastRound" in near) near.lastRound = random.below(4) - 1;
    if (near.kind === "status") near.est = near.lastRound === -1 ? null : new Uint8Array([random.below(3)]);
    else if ("value" in near) near.value = new Uint8Array([random.below(3)]);
  }
  const message = near as ByzantineMessage;
  return members.includes(from) && random.chance(0.8) ? resigned(memberOf(from), message) : message;
}

function flood<T extends EngineTypes>(
  engine: Engine<T>,
  config: T["Config"],
  seed: number,
  inspect: (state: T["State"]) => void,
): Set<string> {
  const random = new SeededRandom(seed);
  const state = engine.init(config);
  const actions = new Set<string>();
  step(engine, config, state, { kind: "start", records: [] });
  for (let i = 0; i < 1200; i++) {
    const from = random.pick(senders);
    const event = random.chance(0.05)
      ? ({ kind: "timeout", timer: random.pick(engine.schema.timers) } as const)
      : ({ kind: "message", from, message: hostile(random, from, i < 1000) } as const);
    for (const { action } of step(engine, config, state, event as never).fired) actions.add(action);
    check(engine.schema.state, state);
    inspect(state);
  }
  return actions;
}

test("no message of anybody makes a member throw or grow beyond its limits", () => {
  const fired = new Set<string>();
  for (let seed = 1; seed <= 12; seed++) {
    const config = memberOf("p0");
    const actions = flood(byzantineMemberEngine(config, sealsOf("p0")), config, seed, (state) => {
      expect(state.slots.keys.length).toBeLessThanOrEqual(6);
      expect(state.open.length).toBeLessThanOrEqual(6);
      expect(state.floors.keys.length + state.heads.keys.length).toBeLessThanOrEqual(10);
      for (const slot of state.slots.values) {
        expect(slot.votes.keys.length).toBeLessThanOrEqual(7);
        expect(slot.statuses.keys.length).toBeLessThanOrEqual(6);
      }
    });
    for (const action of actions) fired.add(action);
  }
  console.log(`${fired.size} member actions fired under hostile messages`);
  expect(fired.size).toBeGreaterThan(20);
});

test("no message of anybody makes a learner throw or grow beyond its limits", () => {
  const fired = new Set<string>();
  for (let seed = 1; seed <= 12; seed++) {
    const config = byzantineLearnerConfig({ self: "r9", context: "test", members, maxAhead: 6 });
    const actions = flood(byzantineLearnerEngine(config, sealsOf("r9")), config, seed, (state) => {
      expect(state.decided.keys.length).toBeLessThanOrEqual(6);
      expect(state.asked.length).toBeLessThanOrEqual(6);
    });
    for (const action of actions) fired.add(action);
  }
  expect(fired.size).toBeGreaterThanOrEqual(4);
});

test("messages called inert have no effect, now and later", () => {
  const random = new SeededRandom(7);
  let inert = 0;
  const config = { ...memberOf("p0"), fromSlot: 5 };
  const engine = byzantineMemberEngine(config, sealsOf("p0"));
  const state = engine.init(config);
  step(engine, config, state, { kind: "start", records: [] });
  for (let i = 0; i < 4000; i++) {
    const from = random.pick(senders);
    const message = hostile(random, from, i % 2 === 0);
    const dead = engine.inert!(config, state, message);
    const before = dead ? encode(engine.schema.state, state) : null;
    const { fired } = step(engine, config, state, { kind: "message", from, message });
    if (before === null) continue;
    inert++;
    expect(fired, JSON.stringify(message)).toEqual([]);
    expect(encode(engine.schema.state, state)).toEqual(before);
  }
  expect(inert).toBeGreaterThan(300);
});
