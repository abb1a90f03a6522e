import { check } from "@eunomia/codec";
import { type Effect, type Event, step } from "@eunomia/engine";
import { expect, test } from "vitest";
import {
  type Choice,
  type LearnerOptions,
  type LearnerTypes,
  learnerConfig,
  learnerEngine,
  type TwoThirdsMessage,
} from "../src/index.ts";
import { bytes, digest, text, whole } from "./rig.ts";

/** A learner `r0` of p0 to p3. Effects come out as one line each, `arm` lines left out. */
class Rig {
  readonly config;
  readonly engine;
  readonly state;
  readonly armed = new Set<string>();

  constructor(options: Partial<LearnerOptions> = {}) {
    this.config = learnerConfig({ self: "r0", members: ["p0", "p1", "p2", "p3"], retryMs: 100, ...options });
    this.engine = learnerEngine(this.config);
    this.state = this.engine.init(this.config);
  }

  take(event: Event<LearnerTypes>): string[] {
    const { effects } = step(this.engine, this.config, this.state, event);
    check(this.engine.schema.state, this.state);
    for (const effect of effects) if (effect.kind === "arm") this.armed.add(effect.timer);
    return effects.filter(({ kind }) => kind !== "arm").map(lineOf);
  }

  from(from: string, message: TwoThirdsMessage): string[] {
    return this.take({ kind: "message", from, message });
  }

  propose(...proposals: [number, string][]): string[] {
    const commands = proposals.map(
      ([slot, value]) => ({ kind: "propose", slot, value: bytes(value) }) as const,
    );
    return this.take({ kind: "commands", commands });
  }

  trim(slot: number): string[] {
    return this.take({ kind: "commands", commands: [{ kind: "trim", slot }] });
  }

  read(...nonces: number[]): string[] {
    return this.take({
      kind: "commands",
      commands: nonces.map((nonce) => ({ kind: "highest", nonce }) as const),
    });
  }

  hear(from: string, nonce: number, slot: number): string[] {
    return this.from(from, { kind: "highestAck", nonce, slot });
  }

  decided(from: string, slot: number, choice: string | Choice): string[] {
    return this.from(from, {
      kind: "decided",
      slot,
      choice: typeof choice === "string" ? whole(choice) : choice,
    });
  }

  head(from: string, floor: number, maxDecided: number): string[] {
    return this.from(from, { kind: "head", floor, maxVoted: maxDecided, maxDecided });
  }

  /** Fires the retry timer; null if it is not armed. */
  retry(): string[] | null {
    return this.armed.delete("retry") ? this.take({ kind: "timeout", timer: "retry" }) : null;
  }
}

function lineOf(effect: Effect<LearnerTypes>): string {
  if (effect.kind === "send") return `${effect.to.join(",")} <- ${text(effect.message)}`;
  if (effect.kind !== "output") return effect.kind;
  const { output } = effect;
  if (output.kind === "decided") return `decided ${output.slot} ${new TextDecoder().decode(output.value)}`;
  if (output.kind === "trimmed") return `trimmed ${output.floor}`;
  if (output.kind === "highest") return `highest ${output.nonce} ${output.slot}`;
  return output.kind === "duty" ? `duty ${output.process}` : `alarm ${output.slot}`;
}

test("anybody has the duty", () => {
  expect(new Rig().take({ kind: "start", records: [] })).toEqual(["duty null"]);
});

test("a frame of proposals goes to all members; a slot is proposed for once", () => {
  const rig = new Rig();
  expect(rig.propose([1, "a"], [2, "b"], [1, "z"])).toEqual([
    "p0,p1,p2,p3 <- propose 1 a",
    "p0,p1,p2,p3 <- propose 2 b",
  ]);
  expect(rig.propose([1, "c"])).toEqual([]);
});

test("a proposal is sent again until it is decided, less and less often", () => {
  const rig = new Rig();
  rig.propose([1, "a"]);
  const sent: number[] = [];
  for (let ticks = 1; ticks <= 24; ticks++) if (rig.retry()!.length > 0) sent.push(ticks);
  expect(sent).toEqual([1, 3, 7, 15, 23]);
  rig.decided("p1", 1, "x");
  expect(rig.retry()).toEqual([]);
  expect(rig.retry()).toBeNull();
});

test("a decision is reported once, in any order, from members only", () => {
  const rig = new Rig();
  expect(rig.decided("r1", 2, "b")).toEqual([]);
  expect(rig.decided("p1", 2, "b")).toEqual(["decided 2 b"]);
  expect(rig.decided("p2", 2, "b")).toEqual([]);
  expect(rig.decided("p2", 1, "a")).toEqual(["decided 1 a"]);
  expect(rig.propose([1, "z"])).toEqual([]);
});

test("two decisions of a slot raise an alarm", () => {
  const rig = new Rig();
  rig.decided("p1", 1, "a");
  expect(rig.decided("p2", 1, "b")).toEqual(["alarm 1"]);
  expect(rig.decided("p2", 1, digest("a"))).toEqual([]);
  expect(rig.decided("p2", 1, digest("b"))).toEqual(["alarm 1"]);
});

test("trim tells the members and drops everything; late messages have no effect", () => {
  const rig = new Rig();
  rig.propose([1, "a"], [2, "b"], [3, "c"]);
  rig.decided("p1", 1, "a");
  expect(rig.trim(2)).toEqual(["p0,p1,p2,p3 <- stable 2"]);
  expect(rig.trim(2)).toEqual([]);
  expect(rig.decided("p1", 2, "b")).toEqual([]);
  expect(rig.propose([2, "b"])).toEqual(["trimmed 2"]);
  expect(rig.state.decided.keys).toEqual([]);
  expect(rig.state.proposals.keys).toEqual([3]);
});

test("slots that a member forgot are reported once, and no longer asked about", () => {
  const rig = new Rig();
  rig.propose([1, "a"], [5, "b"]);
  expect(rig.from("p1", { kind: "trimmed", floor: 3 })).toEqual(["trimmed 3"]);
  expect(rig.from("p2", { kind: "trimmed", floor: 3 })).toEqual([]);
  expect(rig.from("x", { kind: "trimmed", floor: 9 })).toEqual([]);
  expect(rig.state.proposals.keys).toEqual([5]);
  expect(rig.propose([2, "a"])).toEqual(["trimmed 3"]);
});

test("a gap is asked about once it is a retry period old, batch after batch", () => {
  const rig = new Rig();
  rig.decided("p1", 2, "b");
  rig.head("p0", 0, 40);
  expect(rig.retry()).toEqual([]);
  const first = Array.from({ length: 32 }, (_, i) => i + 1 + (i >= 1 ? 1 : 0));
  expect(rig.retry()).toEqual([`p1 <- fetch ${first.join(",")}`]);
  for (const slot of first.slice(0, -1)) expect(rig.decided("p1", slot, "v")).toEqual([`decided ${slot} v`]);
  expect(rig.decided("p1", 33, "v")).toEqual(["decided 33 v", "p1 <- fetch 34,35,36,37,38,39,40"]);
  expect(rig.retry()).toEqual(["p2 <- fetch 34,35,36,37,38,39,40"]);
  for (let slot = 34; slot <= 40; slot++) rig.decided("p2", slot, "v");
  rig.retry();
  expect(rig.retry()).toBeNull();
});

test("a FETCH that waits on its node stays as it was sent", () => {
  const { config, engine, state } = new Rig();
  const head = { kind: "head", floor: 0, maxVoted: 3, maxDecided: 3 } as const;
  step(engine, config, state, { kind: "message", from: "p0", message: head });
  step(engine, config, state, { kind: "timeout", timer: "retry" });
  const { effects } = step(engine, config, state, { kind: "timeout", timer: "retry" });
  const fetch = effects.find((effect) => effect.kind === "send");
  // Answers come in before the member beside this learner has had its turn: messages within a node are not copied.
  const message = { kind: "decided", slot: 1, choice: whole("v") } as const;
  step(engine, config, state, { kind: "message", from: "p1", message });
  expect(fetch?.message).toEqual({ kind: "fetch", slots: [1, 2, 3] });
});

test("a decision beyond the window is remembered, and asked for after trim", () => {
  const rig = new Rig({ maxAhead: 2 });
  expect(rig.decided("p1", 3, "c")).toEqual([]);
  expect(rig.propose([3, "c"])).toEqual([]);
  rig.decided("p1", 1, "a");
  rig.decided("p1", 2, "b");
  expect(rig.decided("p1", 3, "c")).toEqual([]);
  rig.trim(2);
  rig.retry();
  expect(rig.retry()).toEqual(["p1 <- fetch 3"]);
});

test("a member that missed a STABLE hears it again", () => {
  const rig = new Rig();
  rig.trim(4);
  expect(rig.head("p1", 2, 4)).toEqual(["p1 <- stable 4"]);
  expect(rig.head("p1", 4, 4)).toEqual([]);
});

test("slots that everybody has retired are asked about, also of members that came back and know nothing else", () => {
  const rig = new Rig();
  expect(rig.head("p1", 2, 0)).toEqual([]);
  expect(rig.retry()).toEqual([]);
  expect(rig.retry()).toEqual(["p1 <- fetch 1,2"]);
  expect(rig.from("p1", { kind: "trimmed", floor: 2 })).toEqual(["trimmed 2"]);
  rig.retry();
  expect(rig.retry()).toBeNull();
});

test("a decision by digest is the own proposal, or fetched from the member on this node", () => {
  const rig = new Rig();
  rig.propose([1, "large"]);
  expect(rig.decided("p1", 1, digest("large"))).toEqual(["decided 1 large"]);
  expect(rig.decided("p1", 2, digest("large"))).toEqual(["p1 <- fetch 2"]);
  expect(rig.decided("p2", 2, digest("large"))).toEqual([]);
  expect(rig.decided("p1", 2, "large")).toEqual(["decided 2 large"]);
  expect(new Rig({ colocatedMember: "p3" }).decided("p1", 2, digest("large"))).toEqual(["p3 <- fetch 2"]);
});

test("a proposal named otherwise is not taken for the decision", () => {
  const rig = new Rig();
  rig.propose([1, "mine"]);
  expect(rig.decided("p1", 1, digest("yours"))).toEqual(["p1 <- fetch 1"]);
  expect(rig.decided("p1", 1, "yours")).toEqual(["decided 1 yours"]);
});

test("a read hears of n-E+1 members, each once, and of no earlier question", () => {
  const rig = new Rig();
  expect(rig.read(7)).toEqual(["p0,p1,p2,p3 <- highest 7"]);
  expect(rig.hear("p1", 7, 5)).toEqual([]);
  expect(rig.hear("p1", 7, 9)).toEqual([]);
  expect(rig.hear("stranger", 7, 9)).toEqual([]);
  expect(rig.hear("p2", 6, 9)).toEqual([]);
  expect(rig.retry()).toEqual(["p0,p2,p3 <- highest 7"]);
  // Any two of four meet any three.
  expect(rig.hear("p3", 7, 4)).toEqual(["highest 7 5"]);
  expect(rig.hear("p0", 7, 9)).toEqual([]);
  rig.retry();
  expect(rig.retry()).toBe(null);
  expect(rig.read(8, 9)).toEqual(["p0,p1,p2,p3 <- highest 9"]);
  expect([rig.hear("p0", 8, 9), rig.hear("p0", 9, 1), rig.hear("p1", 9, 2)]).toEqual([
    [],
    [],
    ["highest 9 2"],
  ]);
  rig.trim(6);
  rig.read(10);
  expect([rig.hear("p0", 10, 0), rig.hear("p1", 10, 0)]).toEqual([[], ["highest 10 6"]]);
});
