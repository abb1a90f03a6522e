import { check } from "@eunomia/codec";
import { type Effect, type Event, step } from "@eunomia/engine";
import { expect, test } from "vitest";
import {
  type ByzantineLearnerOptions,
  type ByzantineLearnerTypes,
  type ByzantineMessage,
  byzantineLearnerConfig,
  byzantineLearnerEngine,
} from "../../src/byzantine.ts";
import { bytes, five, Rig as MemberRig, text } from "./rig.ts";
import { sealsOf } from "./seals.ts";

const member = new MemberRig();

/** A learner `r0` of p0 to p5. Effects come out as one line each, `arm` lines left out. */
class Rig {
  readonly config;
  readonly engine;
  readonly state;
  readonly armed = new Set<string>();

  constructor(options: Partial<ByzantineLearnerOptions> = {}) {
    const { members, context } = member.config;
    this.config = byzantineLearnerConfig({ self: "r0", context, members, retryMs: 100, ...options });
    this.engine = byzantineLearnerEngine(this.config, sealsOf("r0"));
    this.state = this.engine.init(this.config);
    this.take({ kind: "start", records: [] });
  }

  take(event: Event<ByzantineLearnerTypes>): string[] {
    const { effects } = step(this.engine, this.config, this.state, event);
    check(this.engine.schema.state, this.state);
    for (const effect of effects) if (effect.kind === "arm") this.armed.add(effect.timer);
    return effects.filter(({ kind }) => kind !== "arm").map(lineOf);
  }

  from(from: string, message: ByzantineMessage): string[] {
    return this.take({ kind: "message", from, message });
  }

  decided(from: string, slot: number, value: string, voters = five): string[] {
    const certificate = member.proof(slot, value, voters);
    return this.from(from, { kind: "decided", slot, value: bytes(value), certificate });
  }

  command(...commands: ByzantineLearnerTypes["Command"][]): string[] {
    return this.take({ kind: "commands", commands });
  }

  retry(): string[] | null {
    return this.armed.delete("retry") ? this.take({ kind: "timeout", timer: "retry" }) : null;
  }
}

function lineOf(effect: Effect<ByzantineLearnerTypes>): string {
  if (effect.kind === "send") return `${effect.to.join(",")} <- ${text(effect.message)}`;
  if (effect.kind !== "output") return effect.kind;
  const { output } = effect;
  switch (output.kind) {
    case "refused":
      return `refused ${output.message} of ${output.from}: ${output.reason}`;
    case "trimmed":
      return `trimmed ${output.floor}`;
    case "highest":
      return `highest ${output.nonce} ${output.slot}`;
    case "decided":
    case "alarm":
      return `${output.kind} ${output.slot}`;
    default:
      return output.kind;
  }
}

const all = "p0,p1,p2,p3,p4,p5";

test("a decision is reported once, for its certificate or because the own node says so", () => {
  const rig = new Rig({ colocatedMember: "p0" });
  expect(rig.decided("p3", 2, "a")).toEqual(["decided 2"]);
  expect(rig.decided("p4", 2, "a")).toEqual([]);
  expect(rig.decided("p0", 1, "a", [])).toEqual(["decided 1"]);
  expect(rig.decided("p1", 1, "a")).toEqual([]);
});

test("a decision without its certificate, or from a stranger, is refused", () => {
  const rig = new Rig();
  expect(rig.decided("p3", 1, "a", five.slice(1))).toEqual(["refused decided of p3: certificate"]);
  expect(rig.decided("x", 1, "a")).toEqual(["refused decided of x: stranger"]);
  expect(rig.decided("p3", 1, "a")).toEqual(["decided 1"]);
});

test("two certified decisions raise an alarm", () => {
  const rig = new Rig();
  rig.decided("p3", 1, "a");
  expect(rig.decided("p3", 1, "b", five.slice(1))).toEqual(["refused decided of p3: certificate"]);
  expect(rig.decided("p3", 1, "b")).toEqual(["alarm 1"]);
});

test("a decision beyond the window is remembered, and asked for after trim", () => {
  const rig = new Rig({ maxAhead: 2 });
  expect(rig.decided("p1", 4, "a", [])).toEqual(["refused decided of p1: certificate"]);
  expect(rig.decided("p1", 4, "a")).toEqual([]);
  expect(rig.state.top).toBe(4);
  rig.command({ kind: "trim", slot: 2 });
  rig.retry();
  expect(rig.retry()).toEqual(["p1 <- fetch 3,4"]);
});

test("a frame of proposals goes to all members; a slot is proposed for once", () => {
  const rig = new Rig();
  const propose = { kind: "propose", slot: 1, value: bytes("a") } as const;
  expect(rig.command(propose, propose)).toEqual([`${all} <- propose 1 a`]);
  expect(rig.command(propose)).toEqual([]);
  expect(rig.retry()).toEqual([`${all} <- propose 1 a`]);
  rig.decided("p1", 1, "b");
  expect(rig.command({ kind: "trim", slot: 1 })).toEqual([`${all} <- stable 1`]);
  expect(rig.command(propose)).toEqual(["trimmed 1"]);
});

test("slots are gone once f+1 members say so, and that is told once", () => {
  const rig = new Rig();
  expect(rig.from("p1", { kind: "trimmed", floor: 9 })).toEqual([]);
  expect(rig.from("p1", { kind: "trimmed", floor: 9 })).toEqual([]);
  expect(rig.from("p2", { kind: "trimmed", floor: 5 })).toEqual(["trimmed 5"]);
  expect(rig.from("p3", { kind: "trimmed", floor: 5 })).toEqual([]);
  expect(rig.from("x", { kind: "trimmed", floor: 9 })).toEqual([]);
});

test("how far decisions go is what f+1 members say; who missed a STABLE hears it again", () => {
  const rig = new Rig();
  expect(rig.from("p1", { kind: "head", floor: 0, maxDecided: 99 })).toEqual([]);
  expect(rig.state.top).toBe(0);
  rig.from("p2", { kind: "head", floor: 0, maxDecided: 2 });
  expect(rig.state.top).toBe(2);
  rig.retry();
  expect(rig.retry()).toEqual(["p1 <- fetch 1,2"]);
  rig.command({ kind: "trim", slot: 2 });
  expect(rig.from("p1", { kind: "head", floor: 0, maxDecided: 99 })).toEqual(["p1 <- stable 2"]);
});

test("a read takes the (f+1)-th highest of n-f answers, each member once, to the open question", () => {
  const rig = new Rig();
  expect(rig.command({ kind: "highest", nonce: 1 }, { kind: "highest", nonce: 2 })).toEqual([
    `${all} <- highest 2`,
  ]);
  const hear = (from: string, nonce: number, slot: number) =>
    rig.from(from, { kind: "highestAck", nonce, slot });
  expect(hear("p0", 2, 1000)).toEqual([]);
  for (const [from, slot] of [
    ["p0", 7],
    ["p1", 7],
    ["p2", 4],
    ["p3", 7],
  ] as const)
    hear(from, 2, slot);
  expect(hear("p4", 1, 8)).toEqual([]);
  expect(rig.retry()).toEqual(["p4,p5 <- highest 2"]);
  expect(hear("p4", 2, 0)).toEqual(["highest 2 7"]);
  expect(hear("p5", 2, 0)).toEqual([]);
});

test("anybody has the duty", () => {
  const rig = new Rig();
  expect(rig.take({ kind: "start", records: [] })).toEqual(["duty"]);
});
