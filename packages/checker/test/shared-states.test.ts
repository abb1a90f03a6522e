import { SeededRandom } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { Machine } from "../src/machine/machine.ts";
import { allocate, place } from "../src/node/shared.ts";
import { SharedStates } from "../src/node/shared-states.ts";
import { goldenModel } from "./support/golden.ts";

const workers = 3;
const rounds = 40;

/** A machine that has computed what so many cells do, and so knows those that they lead to. */
function knowing(cells: number): Machine {
  const machine = new Machine(goldenModel(2, 2));
  for (let cell = 0; cell < Math.min(machine.cellCount, cells); cell++) machine.movesAt(cell);
  return machine;
}

/** Rounds in which workers in turn put in vectors that others may have too; `leader` closes the gaps. */
function play(seed: number, leader: Machine) {
  const random = new SeededRandom(seed);
  const machine = knowing(1000);
  const shared = allocate(workers, machine.width, 2 ** 23);
  shared.control[place.tableBits] = 14;
  const all = Array.from({ length: workers }, (_, at) => new SharedStates(shared, at, machine, 0));
  const last = new SharedStates(shared, 0, leader, 0);
  const texts = new Set<string>();
  let moves = 0;
  let doubles = 0;
  const put = (states: SharedStates, vectors: Int32Array, size: number): number => {
    const words = machine.words.values;
    const hashes = Int32Array.from({ length: size }, (_, at) =>
      vectors
        .subarray(at * machine.width, (at + 1) * machine.width)
        .reduce((hash, cell) => hash ^ words[cell]!, 0),
    );
    let added = 0;
    states.insertAll({ size, vectors, hashes, parents: new Int32Array(size) }, words, (_position, index) => {
      added += 1;
      // Something for `note` to carry along.
      if (index % 3 === 0) states.note(index);
    });
    return added;
  };
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < 6; turn++) {
      const size = 1 + random.below(20);
      const vectors = Int32Array.from({ length: size * machine.width }, () => random.below(4 + round));
      for (let at = 0; at < size; at++)
        texts.add(vectors.subarray(at * machine.width, (at + 1) * machine.width).join());
      put(all[turn % workers]!, vectors, size);
    }
    for (const states of all) states.close();
    const noted = (index: number) => last.isNoted(index);
    const before = Array.from({ length: last.count }, (_, index) => [
      last.vector(index).join(),
      noted(index),
    ]);
    last.fillGaps();
    moves += last.moved().size;
    for (const [from, to] of last.moved())
      expect([last.vector(to).join(), noted(to)]).toEqual([before[from]![0], noted(from) || before[to]![1]]);
    // A state that cannot be found any more would go in once more.
    for (let index = last.count - 1; index >= 0; index--) doubles += put(all[1]!, last.vector(index), 1);
  }
  return { count: last.count, found: last.found, distinct: texts.size, moves, doubles };
}

describe("states of several workers", () => {
  for (let seed = 1; seed <= 5; seed++)
    test(`each once, without gaps, wherever they are moved; seed ${seed}`, () => {
      const { count, found, distinct, moves, doubles } = play(seed, knowing(1000));
      expect(moves).toBeGreaterThan(rounds);
      expect({ count, found, doubles }).toEqual({ count: distinct, found: distinct, doubles: 0 });
    });
  test("a leader that does not know the cells of others loses states: the test notices", () => {
    expect(play(1, knowing(0)).doubles).toBeGreaterThan(0);
  });
});
