import { broadcastVectors, runVector } from "@eunomia/conformance";
import { expect, test } from "vitest";
import { replicaAdapter } from "./support/vector-adapter.ts";

const vectors = broadcastVectors("replica");

test("all vectors of the replica are here", () =>
  expect(vectors.map(({ id }) => id)).toEqual(["V8", "V9", "V10", "V11a", "V11b", "V12", "V16"]));

for (const vector of vectors)
  test(`${vector.id}: ${vector.title}`, () => void runVector(vector, replicaAdapter()));
