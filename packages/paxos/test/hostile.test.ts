import { check, clone, encode, generate } from "@eunomia/codec";
import { SeededRandom } from "@eunomia/conformance";
import { step } from "@eunomia/engine";
import { expect, test } from "vitest";
import { type PaxosConfigError, PaxosMessage } from "../src/index.ts";
import {
  acceptorConfig,
  atLeast,
  cluster,
  leaderConfig,
  learnerConfig,
  soundMakers,
} from "./support/cluster.ts";
import { majorities } from "./support/lone.ts";

// biome-ignore lint/suspicious/noExplicitAny: messages of any kind are bent here
type Any = any;
const maxAhead = 16;
const senders = ["a1", "a2", "a3", "l0", "l1", "r0", "r1", "stranger", ""];

/** Brings some numbers of a random message near to what engines expect, so that it passes the first guards. */
function bend(message: Any, random: (n: number) => number): Any {
  const near = (value: Any, key: string): Any => {
    if (typeof value === "number" && random(4) > 0)
      return key === "leader" ? value % 2 : key === "round" ? value % 3 : value % 24;
    if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
    if (Array.isArray(value)) return value.map((item) => near(item, key));
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, near(item, name)]));
  };
  const bent = near(message, "");
  if ((bent.kind === "p1b" || bent.kind === "p2b") && random(2) === 0) bent.promised = { ...bent.ballot };
  return bent;
}

test("no message of any sender makes an engine throw, leave its schema or grow beyond its window", () => {
  let fired = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const source = new SeededRandom(seed);
    const random = (bound: number): number => source.below(bound);
    for (const [id, { engine, config }] of cluster({
      ...majorities,
      maxAhead,
      announce: seed % 2 ? "value" : "reference",
    })) {
      const state: Any = engine.init(config);
      const records: unknown[] = [];
      const take = (event: Any) => {
        const done = step(engine, config as Any, state as never, event);
        fired += done.fired.length;
        for (const effect of done.effects as readonly Any[]) {
          if (effect.kind === "persist") records.push(effect.record);
          if (effect.kind === "send") check(PaxosMessage, effect.message);
        }
      };
      take({ kind: "start", records: [] });
      if (id.startsWith("l")) take({ kind: "commands", commands: [{ kind: "lead" }] });
      for (let i = 0; i < 120; i++) {
        const message = bend(generate(PaxosMessage, source, 6), random);
        const before = encode(PaxosMessage, message);
        take({ kind: "message", from: senders[random(senders.length)], message });
        expect(encode(PaxosMessage, message)).toEqual(before);
        const timer = engine.schema.timers[random(4)];
        if (timer !== undefined && random(6) === 0) take({ kind: "timeout", timer });
      }
      check(engine.schema.state, clone(engine.schema.state, state));
      for (const [field, map] of Object.entries(state as Record<string, Any>))
        if (Array.isArray(map?.keys))
          expect(map.keys.length, `${id}.${field}`).toBeLessThanOrEqual(3 * maxAhead);
      const reborn = (from: readonly unknown[]) => {
        const fresh: Any = engine.init(config);
        step(engine, config as Any, fresh as never, { kind: "start", records: from } as Any);
        return engine.observe(config, fresh);
      };
      expect(reborn(engine.compact(config, state))).toEqual(reborn(records));
    }
  }
  console.log(`hostile messages: ${fired} actions fired`);
  expect(fired).toBeGreaterThan(3_000);
});

test("what a leader calls inert has no effect, in this state and in all later ones, restarts included", () => {
  let inert = 0;
  for (let seed = 1; seed <= 30; seed++) {
    const source = new SeededRandom(seed);
    const config = leaderConfig({ ...majorities, maxAhead }, "l0");
    const engine = soundMakers.leader(config);
    let state = engine.init(config);
    const records: Any[] = [];
    const dead: { from: string; message: Any }[] = [];
    const take = (event: Any): readonly unknown[] => {
      const { fired, effects } = step(engine, config, state, event);
      for (const effect of effects) if (effect.kind === "persist") records.push(effect.record);
      return fired;
    };
    take({ kind: "start", records: [] });
    for (let i = 0; i < 150; i++) {
      if (source.below(20) === 0) {
        state = engine.init(config);
        take({ kind: "start", records: [...records] });
      }
      if (source.below(6) === 0) take({ kind: "commands", commands: [{ kind: "lead" }] });
      const from = senders[source.below(senders.length)]!;
      const message: Any = bend(generate(PaxosMessage, source, 6), (bound) => source.below(bound));
      if (engine.inert!(config, state, message)) dead.push({ from, message });
      else take({ kind: "message", from, message });
      for (const one of dead) {
        expect(engine.inert!(config, state, one.message)).toBe(true);
        expect(take({ kind: "message", ...one })).toEqual([]);
        inert++;
      }
    }
  }
  console.log(`inert messages: ${inert} deliveries without effect`);
  expect(inert).toBeGreaterThan(1_000);
});

test("configurations that cannot work are refused with a code", () => {
  const codeOf = (make: () => unknown): string => {
    try {
      make();
    } catch (error) {
      return (error as PaxosConfigError).code;
    }
    return "accepted";
  };
  const leader = (change: Any) =>
    codeOf(() => soundMakers.leader({ ...leaderConfig(majorities, "l0"), ...change }));
  expect(leader({})).toBe("accepted");
  expect(leader({ self: "l9" })).toBe("not-a-leader");
  expect(leader({ leaders: ["l0", "l0"] })).toBe("duplicate-process");
  expect(leader({ learners: ["r0"] })).toBe("too-few-learners");
  expect(leader({ maxAhead: 0 })).toBe("bad-number");
  expect(leader({ suspectMaxMs: 1 })).toBe("bad-number");
  expect(leader({ phase1: atLeast(1, ["a1", "a2", "a3"]) })).toBe("quorums-do-not-intersect");
  expect(codeOf(() => soundMakers.acceptor({ ...acceptorConfig(majorities, "a1"), fromSlot: 0 }))).toBe(
    "bad-number",
  );
  expect(codeOf(() => soundMakers.learner({ ...learnerConfig(majorities, "r0"), fetchMax: 0 }))).toBe(
    "bad-number",
  );
});

test("the refusal names two disjoint quorums", () => {
  const acceptors = ["a1", "a2", "a3", "a4"];
  const config = {
    ...leaderConfig({ ...majorities, acceptors: 4 }, "l0"),
    phase1: atLeast(2, acceptors),
    phase2: atLeast(2, acceptors),
  };
  let witness: PaxosConfigError["witness"] = null;
  try {
    soundMakers.leader(config);
  } catch (error) {
    witness = (error as PaxosConfigError).witness;
  }
  expect(witness?.phase1Quorum).toHaveLength(2);
  expect(witness?.phase1Quorum.filter((id) => witness?.phase2Quorum.includes(id))).toEqual([]);
});
