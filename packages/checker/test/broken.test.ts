import { goldenCounts } from "@eunomia/conformance/golden";
import { describe, expect, test } from "vitest";
import { Machine } from "../src/index.ts";
import { Expander, type Sink } from "../src/search/expand.ts";
import { type Batch, States } from "../src/search/states.ts";
import { goldenModel } from "./support/golden.ts";

// Checkers that are wrong in one place. The golden counts must tell each of them from the right one.

interface Parts {
  readonly machine: Machine;
  readonly states: States;
}

/** Some wrong checkers never come to an end. */
const statesMax = 150_000;

function countWith(sabotage: (parts: Parts) => Sink): { states: number; transitions: number } {
  const machine = new Machine(goldenModel(3, 2));
  const states = new States(machine.width, false, 2 ** 30);
  const expander = new Expander(machine, states, sabotage({ machine, states }));
  expander.begin();
  for (let looked = 0; looked < states.count && states.count < statesMax; looked++) {
    expander.expand(looked);
    expander.flush();
  }
  return { states: states.count, transitions: expander.transitions };
}

/** Hands on only some of what is found. */
function filtered(states: States, keep: (batch: Batch, position: number) => boolean): Sink {
  return {
    insertAll: (batch, words, added) => {
      const { width } = states;
      for (let position = 0; position < batch.size; position++) {
        if (!keep(batch, position)) continue;
        const vectors = batch.vectors.slice(position * width, (position + 1) * width);
        const one = { size: 1, vectors, hashes: batch.hashes.slice(position), parents: batch.parents };
        states.insertAll(one, words, (_, index) => added(position, index));
      }
    },
  };
}

const twins: Record<string, (parts: Parts) => Sink> = {
  "forgets one state in thirty thousand": ({ states }) =>
    filtered(states, ({ hashes }, position) => (hashes[position]! & 0x7fff) !== 1),
  "takes equal hashes for equal states": ({ states }) => {
    const seen = new Set<number>();
    return filtered(states, ({ hashes }, position) => {
      // What is left of 32 bits after compaction to 22.
      const piece = hashes[position]! >>> 10;
      return !seen.has(piece) && seen.add(piece) !== null;
    });
  },
  "cuts the last component off": ({ states }) =>
    filtered(states, ({ vectors }, position) => {
      vectors[(position + 1) * states.width - 1] = vectors[states.width - 1]!;
      return true;
    }),
  "delivers a message and keeps it": ({ machine, states }) => {
    machine.parts.inboxes.remove = (inbox) => inbox;
    return states;
  },
  "loses one message in ten thousand": ({ machine, states }) => {
    const after = machine.after.bind(machine);
    let asked = 0;
    machine.after = (cell, what) => (++asked % 10_000 === 0 ? cell : after(cell, what));
    return states;
  },
  "never runs the learner": ({ machine, states }) => {
    const movesAt = machine.movesAt.bind(machine);
    machine.movesAt = (cell) =>
      machine.plan.processes[machine.parts.locals.value(machine.localOf(cell)).process]!.key === "l"
        ? 0
        : movesAt(cell);
    return states;
  },
};

describe("wrong checkers do not reach the golden counts", { timeout: 120_000 }, () => {
  test("the right one does, piece by piece", () => {
    expect(countWith(({ states }) => states)).toEqual(goldenCounts[0].consumed);
    expect(countWith(({ states }) => filtered(states, () => true))).toEqual(goldenCounts[0].consumed);
  });
  for (const [name, sabotage] of Object.entries(twins))
    test(name, () => expect(countWith(sabotage)).not.toEqual(goldenCounts[0].consumed));
});
