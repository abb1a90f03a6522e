import { readVectors, runVector } from "@eunomia/conformance";
import { expect, test } from "vitest";
import { soundMakers } from "./support/cluster.ts";
import { paxosAdapter } from "./support/vector-adapter.ts";

const vectors = readVectors(new URL("./vectors.jsonl", import.meta.url));

test("there are three vectors", () => expect(vectors.map(({ id }) => id)).toEqual(["V5", "V6", "V7"]));

for (const vector of vectors)
  test(`${vector.id}: ${vector.title}`, () => void runVector(vector, paxosAdapter(soundMakers)));
