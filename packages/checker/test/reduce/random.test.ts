import { describe, expect, test } from "vitest";
import {
  configurationSymmetry,
  eagerSteps,
  inertMessages,
  quorumTransitions,
  type Reduction,
} from "../../src/index.ts";
import { baseline, compare } from "./compare.ts";
import { type TableOptions, tableModel } from "./table-engine.ts";

const seeds = Array.from({ length: 22 }, (_, seed) => seed);
const symmetry = configurationSymmetry();

const sets: Record<string, readonly Reduction[]> = {
  inert: [inertMessages],
  quorum: [quorumTransitions],
  symmetry: [symmetry],
  eager: [eagerSteps],
  "inert, quorum and symmetry": [inertMessages, quorumTransitions, symmetry],
  "inert, quorum and eager": [inertMessages, quorumTransitions, eagerSteps],
};

/** Each world, and the reductions that can do something there. */
const worlds: readonly { world: string; options: TableOptions; names: readonly string[] }[] = [
  { world: "a bag", options: {}, names: ["inert", "quorum", "symmetry", "inert, quorum and symmetry"] },
  {
    world: "a soup without ignored messages",
    options: { network: { order: "soup", ignored: "stay" } },
    names: ["inert", "quorum", "symmetry", "inert, quorum and symmetry"],
  },
  {
    world: "a bag with loss, duplication and a crash",
    options: {
      network: { loss: 1, duplicates: 1 },
      faults: { crashes: 1, recover: false, splitFlush: false },
    },
    names: ["inert", "quorum", "symmetry", "inert, quorum and symmetry"],
  },
  {
    world: "a bag, and a crash between any two effects",
    options: { faults: { crashes: 1, recover: false, splitFlush: true } },
    names: ["inert", "quorum", "eager", "inert, quorum and eager"],
  },
];

describe("random engines: the same verdicts, views and witnesses with a reduction as without", () => {
  for (const { world, options, names } of worlds)
    test(`in ${world}`, () => {
      const models = baseline(seeds.map((seed) => tableModel(seed, { ...options, lawless: seed % 2 === 0 })));
      for (const name of names) {
        const { differences, smaller, violated } = compare(models, sets[name]!);
        expect(differences).toEqual([]);
        expect([name, smaller >= 2, violated >= 2]).toEqual([name, true, true]);
      }
    });
});
