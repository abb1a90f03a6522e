import { broadcastVectors, readVectors, runVector } from "@eunomia/conformance";
import { expect, test } from "vitest";
import { adapter } from "./adapter.ts";

const vectors = readVectors(new URL("./vectors.jsonl", import.meta.url));

for (const vector of vectors)
  test(`${vector.id} ${vector.title}`, () => {
    expect(runVector(vector, adapter()).sent).toBeGreaterThan(0);
  });

test("the file holds every vector of this machine", () => {
  expect(vectors.map(({ id }) => id)).toEqual(["V13", "V15"]);
  expect(vectors).toEqual(broadcastVectors("two-thirds-byz"));
});
