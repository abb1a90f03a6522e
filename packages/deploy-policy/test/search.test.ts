import { PolicyError } from "@eunomia/deploy-policy";
import { optimizeDeployment } from "@eunomia/deploy-policy/optimize";
import { expect, test } from "vitest";
import { bestTwo, type Choices } from "../src/optimize/search.ts";
import { lan } from "./fixtures/problems.ts";

/** Thirty flows with nearly the same options, under a limit that half of them exceed together. */
function hard(): Choices {
  const [free] = optimizeDeployment(lan).options[0]!;
  const flows = Array.from({ length: 30 }, (_, flow) =>
    [0, 1].map((size) => ({
      ...free!,
      cost: 100 - size * (10 + ((flow * 7919) % 13) / 100),
      cpu: new Map([["r0", 1 + size * (10 + ((flow * 104_729) % 11) / 100)]]),
    })),
  ).map((own) => own.sort((a, b) => a.cost - b.cost));
  return { flows, fixed: {}, limits: [{ resource: "cpu", who: "r0", most: 180 }] };
}

test("a search that takes too long says so and asks for a solver", () => {
  expect(() => bestTwo(hard(), 50_000)).toThrow(PolicyError);
  expect(() => bestTwo(hard(), 50_000)).toThrow("give engines.lp");
});

test("a search that ends keeps the two best", () => {
  const { flows, fixed, limits } = hard();
  const few = bestTwo({ flows: flows.slice(0, 10), fixed, limits: [{ ...limits[0]!, most: 60 }] });
  expect(few).toHaveLength(2);
  expect(few[0]!.cost).toBeLessThanOrEqual(few[1]!.cost);
  expect(few[0]!.options).not.toEqual(few[1]!.options);
});

test.each([
  ["no bytes", { flows: [{ type: "T", issuer: "C", verifier: "C", auditor: "NOONE" }] }, "quantity"],
  ["a chance above one", { fails: { r0: 2 } }, "quantity"],
  [
    "a deployment that has clauses",
    { deployment: `${lan.deployment} [Authentication] * -> * : Ed25519` },
    "shape",
  ],
  ["an unknown scheme", { schemes: ["ROT13"] }, "unknown"],
  ["a scheme without costs", { schemes: ["BIP-340"] }, "unknown"],
  ["a stage without costs", { stages: ["PULL"], flows: lan.flows.slice(1, 2) }, "shape"],
  ["two stages in one option", { stages: ["DIRECT; PULL"], flows: lan.flows.slice(1, 2) }, "shape"],
  ["an unknown principal", { deployment: "[Principals] r0 : mac;" }, "unknown"],
  ["the same flow twice", { flows: [...lan.flows, lan.flows[1]!] }, "shape"],
  ["only schemes that are refused", { schemes: ["RSA-PSS"] }, "infeasible"],
])("%s is refused", (_, change, code) => {
  try {
    optimizeDeployment({ ...lan, ...change } as typeof lan);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(PolicyError);
    expect((error as PolicyError).code).toBe(code);
  }
});
