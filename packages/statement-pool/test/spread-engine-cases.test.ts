import { engineCases } from "@eunomia/conformance";
import { bundleId, onlyFor, spreadConfig, spreadEngine } from "@eunomia/statement-pool/spread";
import { expect, test } from "vitest";

const engine = spreadEngine({ idOf: bundleId, componentFor: onlyFor });
const names = ["a", "b", "c"];
const processes = Object.fromEntries(
  names.map((self) => [self, { engine, config: spreadConfig({ self, peers: names }) }]),
);

// It writes nothing down: whatever it knew is said again by whoever wants it known.
test.each(engineCases.map((one) => [one.name, one] as const))("%s", async (_name, one) => {
  await one.run({ processes, ids: { node: names }, durable: () => null });
});

test("the engine is named", () => {
  expect(engine.name).toBe("spread");
});
