import { calibrate, optimizeDeployment, tradeOff, tradeOffSvg } from "@eunomia/deploy-policy/optimize";
import type { Scheme } from "@eunomia/engine";
import { expect, test } from "vitest";
import { lan, notary, wan } from "./fixtures/problems.ts";

/** A scheme whose calls take so long on a clock of their own. */
function slowScheme(self: string, clock: { ms: number }, convinces = true): Scheme {
  return {
    name: "Ed25519",
    self,
    make(statement) {
      clock.ms += 0.04;
      return { scheme: "Ed25519", signer: statement.issuer, sig: new Uint8Array(64) };
    },
    check(statement) {
      clock.ms += 0.12;
      return convinces
        ? { ok: true, says: { by: "each", principals: [statement.issuer] }, convinces: "anyone" }
        : { ok: false, why: "bad-signature" };
    },
  };
}

test("calibration gives what the calls took, and the optimizer takes it", () => {
  const clock = { ms: 0 };
  const pair = { maker: slowScheme("a", clock), checker: slowScheme("b", clock) };
  const costs = calibrate([pair], () => clock.ms);
  expect(costs.Ed25519!.makeUs).toBeCloseTo(40, 6);
  expect(costs.Ed25519!.checkUs).toBeCloseTo(120, 6);
  expect(costs.Ed25519!.bytes).toBe(64);
  const signed = { ...lan, schemes: ["Ed25519"] };
  const [before, after] = [optimizeDeployment(signed), optimizeDeployment({ ...signed, costs })];
  // Request 1 + 3, Order 1 + 2, Reply 3 times 1 + 1: 5 more to make, 25 more to check.
  expect(after.optimum - before.optimum).toBeCloseTo(5 * 5 + 25 * 8, 6);
});

test("schemes that cannot convince each other are refused", () => {
  const clock = { ms: 0 };
  const pair = { maker: slowScheme("a", clock), checker: slowScheme("b", clock, false) };
  expect(() => calibrate([pair], () => clock.ms)).toThrow("two ends of one scheme");
});

test("the trade-off on a WAN: each step buys a cheaper deployment with more delay", () => {
  const points = tradeOff(wan);
  expect(points.map(({ delayMs, cost }) => [delayMs.toFixed(2), cost.toFixed(3)])).toEqual([
    ["15.55", "238.924"],
    ["40.00", "163.200"],
  ]);
  const svg = tradeOffSvg(points, "Primary-backup on a WAN");
  expect(svg).toContain("<title>Primary-backup on a WAN</title>");
  expect(svg.match(/<circle/g)).toHaveLength(points.length);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test("a trade-off of several points, and one of none", () => {
  const several = tradeOff(notary);
  expect(several.length).toBeGreaterThan(1);
  expect(tradeOffSvg(several, "A weak device")).toContain("2: ");
  expect(tradeOff({ ...notary, limits: { egress: { x: 1 } } })).toEqual([]);
  expect(tradeOffSvg([], "Nothing")).toContain("No deployment keeps all limits.");
});
