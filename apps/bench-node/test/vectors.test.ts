import { broadcastVectors, runVector } from "@eunomia/conformance";
import { expect, test } from "vitest";
import { systemAdapter } from "./support/vector-system.ts";

const vectors = broadcastVectors("system");

test("all vectors of the whole system are here", () => expect(vectors.map(({ id }) => id)).toEqual(["V14"]));

for (const vector of vectors) {
  test(`${vector.id}: ${vector.title}`, () => {
    const report = runVector(vector, systemAdapter());
    // Votes, promises and acceptances went back and forth.
    expect(report.delivered).toBeGreaterThan(100);
  });

  test(`${vector.id} refuses a system in which a swap does nothing`, () => {
    const steps = vector.steps.filter((step) => step.in?.msg.t !== "CONTROL");
    expect(() => runVector({ ...vector, steps }, systemAdapter())).toThrow("expect.delivers");
  });
}
