import { readVectors, runVector } from "@eunomia/conformance";
import { expect, test } from "vitest";
import { type Makers, soundMakers } from "./support/cluster.ts";
import { explore, type Schedule } from "./support/explorer.ts";
import { mutants } from "./support/mutants.ts";
import { paxosAdapter } from "./support/vector-adapter.ts";

const vectors = readVectors(new URL("./vectors.jsonl", import.meta.url));
const schedules: readonly Schedule[] = [
  { shape: { acceptors: 3, q1: 2, q2: 2 } },
  { shape: { acceptors: 3, q1: 2, q2: 2, announce: "reference" } },
];

/** Who refuses the set-up: a vector, or the explorer with a seed; null if nobody does. */
function killer(makers: Makers, seeds: number): string | null {
  for (const vector of vectors) {
    try {
      runVector(vector, paxosAdapter(makers));
    } catch (error) {
      return `${vector.id}: ${String(error).slice(0, 100)}`;
    }
  }
  for (const schedule of schedules) {
    const { violation, seed } = explore({ ...schedule, makers, safetyOnly: true }, seeds);
    if (violation !== null) return `seed ${seed}: ${violation}`;
  }
  return null;
}

test("the sound engines survive", () => expect(killer(soundMakers, 100)).toBeNull());

for (const [name, makers] of Object.entries(mutants))
  test(`killed: ${name}`, () => {
    const by = killer(makers, 10_000);
    console.log(`${name}: ${by}`);
    expect(by).not.toBeNull();
  });
