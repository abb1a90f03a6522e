import { sha256 } from "@eunomia/codec";
import { step } from "@eunomia/engine";
import { expect, test } from "vitest";
import { replicaDefaults, replicaEngine } from "../src/index.ts";
import { encodeCommand, joinBatch } from "../src/messages.ts";

const oracles = { sha256, verify: () => true, validate: () => null };
test("a command is proposed, decided and delivered", () => {
  const config = {
    ...replicaDefaults,
    cluster: "t",
    self: "r0",
    replicas: ["r0"],
    f: 0,
    staticClients: 4,
    initial: { name: "two-thirds", params: new Uint8Array() },
    controllers: { threshold: 1, principals: [{ id: "m", key: new Uint8Array(32) }] },
  };
  const engine = replicaEngine(config, oracles);
  const state = engine.init(config);
  step(engine, config, state, { kind: "start", records: [] });
  const batch = joinBatch([encodeCommand(1, 1, 0, new Uint8Array([7]))]);
  const a = step(engine, config, state, { kind: "commands", commands: [{ kind: "submit", batch }] });
  expect(a.effects).toMatchObject([{ kind: "output", output: { kind: "propose", slot: 1, epoch: 0 } }]);
  const b = step(engine, config, state, {
    kind: "commands",
    commands: [{ kind: "decided", epoch: 0, slot: 1, value: batch }],
  });
  expect(b.effects.map((e) => e.kind)).toEqual(["persist", "output"]);
  expect(state.slotOut).toBe(2);
});
