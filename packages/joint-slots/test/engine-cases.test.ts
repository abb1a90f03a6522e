import { engineCases } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { assets, mint, transfer } from "../src/assets.ts";
import { encodeBase, encodeJoint, jointConfig, jointEngine } from "../src/index.ts";

const plan = { first: 1, every: 2, patience: 3 };
const chains = ["blue", "red"].map((chain) => ({ chain, ...plan }));
const processOf = (self: string, follows: string[], proposes = follows) => {
  const config = jointConfig({ self, chains, follows, proposes, proposers: { red: ["s"], blue: ["s"] } });
  return { engine: jointEngine(config, { app: assets }), config };
};
const processes = {
  s: processOf("s", ["blue", "red"]),
  r: processOf("r", ["red"], []),
  b: processOf("b", ["blue"]),
};
const block = { moves: [], next: null };

describe("engine cases", () => {
  test.each(engineCases.map((one) => [one.name, one] as const))("%s", async (_name, one) => {
    await one.run({
      processes,
      ids: { process: Object.keys(processes) },
      durable: (_process, observation) => observation,
      commands: (_process, random) => {
        const chain = random.below(2) === 0 ? "red" : "blue";
        const [other, number] = [chain === "red" ? "blue" : "red", 1 + random.below(12)];
        const entries = [mint(`${chain}:${number}`, "ann"), transfer(`${chain}:${number}`, other, "bob")];
        const value = encodeBase({
          entries: [...entries, { kind: "open", slot: 1 }, { kind: "joint", slot: 1, block }],
        });
        return [
          { kind: "submit", chain, entries },
          { kind: "decided", chain, height: number, value },
          { kind: "jointDecided", chain, slot: 1 + random.below(3), value: encodeJoint(block) },
        ];
      },
    });
  });
});

test("the engine is named", () => {
  expect(processes.s.engine.name).toBe("joint slots");
});
