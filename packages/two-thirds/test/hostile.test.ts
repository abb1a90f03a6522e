import { check, encode, generate } from "@eunomia/codec";
import { SeededRandom } from "@eunomia/conformance";
import { type Engine, type EngineTypes, step } from "@eunomia/engine";
import { expect, test } from "vitest";
import {
  Choice,
  learnerConfig,
  learnerEngine,
  type MemberTypes,
  memberConfig,
  memberEngine,
  TwoThirdsMessage,
} from "../src/index.ts";

const members = ["p0", "p1", "p2", "p3"];
const senders = [...members, "r0", "r1", "stranger", ""];
/** Any message of the schema; `tame`: with slots and rounds near the ones in use, so that it gets past the first guards. */
function hostile(random: SeededRandom, tame: boolean): TwoThirdsMessage {
  const message = generate(TwoThirdsMessage, random, 4);
  if (!tame) return message;
  const near = { ...message } as Record<string, unknown>;
  for (const field of ["slot", "maxDecided", "maxVoted"]) if (field in near) near[field] = random.below(8);
  if ("floor" in near) near.floor = random.below(3);
  if ("round" in near) near.round = random.chance(0.02) ? 2 ** 31 - 1 - random.below(3) : random.below(8);
  if ("choice" in near) near.choice = generate(Choice, random, 2);
  return near as TwoThirdsMessage;
}

function flood<T extends EngineTypes>(
  engine: Engine<T>,
  config: T["Config"],
  seed: number,
  inspect: (state: T["State"]) => void,
) {
  const random = new SeededRandom(seed);
  const state = engine.init(config);
  const actions = new Set<string>();
  step(engine, config, state, { kind: "start", records: [] });
  for (let i = 0; i < 1500; i++) {
    const event = random.chance(0.05)
      ? ({ kind: "timeout", timer: random.pick(engine.schema.timers) } as const)
      : ({
          kind: "message",
          from: random.pick(senders),
          message: hostile(random, i < 1200 || random.chance(0.5)),
        } as const);
    for (const { action } of step(engine, config, state, event as never).fired) actions.add(action);
    if (i % 100 !== 0) continue;
    check(engine.schema.state as never, state as never);
    inspect(state);
  }
  return actions;
}

test("no message of anybody makes a member throw or grow beyond its limits", () => {
  const fired = new Set<string>();
  let largest = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const digestAboveBytes = seed % 2 === 0 ? 1 : null;
    const config = memberConfig({
      self: "p0",
      members,
      learners: ["r0", "r1"],
      maxAhead: 6,
      keepRounds: 3,
      digestAboveBytes,
    });
    const inspect = (state: MemberTypes["State"]) => {
      expect(state.slots.keys.length).toBeLessThanOrEqual(6);
      expect(state.open.length).toBeLessThanOrEqual(6);
      expect(state.ready.length).toBeLessThanOrEqual(6);
      for (const slot of state.slots.values) {
        expect(slot.votes.keys.length).toBeLessThanOrEqual(4);
        expect(slot.held.keys.length).toBeLessThanOrEqual(4 + 4 * 4);
        expect(slot.wanted.length).toBeLessThanOrEqual(64);
      }
      largest = Math.max(largest, state.slots.keys.length);
    };
    for (const action of flood(memberEngine(config), config, seed, inspect)) fired.add(action);
  }
  console.log(`${fired.size} member actions fired under hostile messages, ${largest} slots at most`);
  expect(fired.size).toBeGreaterThan(20);
});

test("no message of anybody makes a learner throw or grow beyond its limits", () => {
  const fired = new Set<string>();
  for (let seed = 1; seed <= 12; seed++) {
    const config = learnerConfig({ self: "r9", members, maxAhead: 6 });
    const inspect = (state: { decided: { keys: number[] }; asked: number[] }) => {
      expect(state.decided.keys.length).toBeLessThanOrEqual(6);
      expect(state.asked.length).toBeLessThanOrEqual(6);
    };
    for (const action of flood(learnerEngine(config), config, seed, inspect)) fired.add(action);
  }
  expect(fired.size).toBeGreaterThan(6);
});

test("messages called inert have no effect, now and later", () => {
  const random = new SeededRandom(7);
  let inert = 0;
  for (const config of [
    memberConfig({ self: "p0", members, learners: ["r0", "r1"], fromSlot: 5 }),
    memberConfig({ self: "p0", members, learners: ["r0", "r1"], fromSlot: 5, digestAboveBytes: 0 }),
  ]) {
    const engine = memberEngine(config);
    const state = engine.init(config);
    step(engine, config, state, { kind: "start", records: [] });
    for (let i = 0; i < 4000; i++) {
      const message = hostile(random, i % 2 === 0);
      const from = random.pick(senders);
      const dead = engine.inert!(config, state, message);
      const before = dead ? encode(engine.schema.state, state) : null;
      const { fired } = step(engine, config, state, { kind: "message", from, message });
      if (before === null) continue;
      inert++;
      expect(fired, JSON.stringify(message)).toEqual([]);
      expect(encode(engine.schema.state, state)).toEqual(before);
    }
  }
  expect(inert).toBeGreaterThan(500);
});
