import { decode, encode, fromHex, nat, record, toHex } from "@eunomia/codec";
import { SeededRandom } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { judge, runBlock } from "../src/cli/fuzz/block.ts";
import { findingAsTest, minimise } from "../src/cli/fuzz/finding.ts";
import { Grammar } from "../src/cli/fuzz/grammar.ts";
import { type FuzzTarget, schemaTarget } from "../src/cli/fuzz/target.ts";
import { fuzzTargets, targetNamed } from "../src/cli/fuzz/targets.ts";

describe("every reader of foreign bytes", () => {
  test("throws nothing, accepts canonical bytes only, and is reached in many ways", () => {
    let inputs = 0;
    let accepted = 0;
    const reasons = new Set<string>();
    for (const target of fuzzTargets) {
      const block = runBlock({ ...target, cost: (target.cost ?? 1) * 4 }, 1, 0);
      expect(block.finding, target.name).toBeNull();
      inputs += block.inputs;
      accepted += block.accepted;
      for (const reason of block.reasons) reasons.add(`${target.name} ${reason}`);
      // Null is the only value of some schemas, and readers laid out by hand tell one reason; the others must tell several.
      if (target.form !== undefined && target.form.kind !== "nil")
        expect(block.reasons.length, target.name).toBeGreaterThan(3);
      expect(block.accepted, target.name).toBeGreaterThan(0);
    }
    expect(fuzzTargets.length).toBeGreaterThan(50);
    expect(inputs).toBeGreaterThan(20_000);
    expect(accepted / inputs).toBeGreaterThan(0.1);
    expect(reasons.size).toBeGreaterThan(2000);
  });

  test("is fuzzed alike by the same seed and block, and not by another", () => {
    const target = targetNamed("aneris/batch");
    expect(runBlock(target, 7, 3)).toEqual(runBlock(target, 7, 3));
    expect(runBlock(target, 7, 3)).not.toEqual(runBlock(target, 7, 4));
    expect(runBlock(target, 7, 3)).not.toEqual(runBlock(target, 9, 3));
  });
});

const Pair = record({ a: nat(), b: nat() });
const sound = schemaTarget("pair", Pair);

/** Readers with one mistake each, and what must be said about it. */
const twins: Readonly<Record<string, readonly [FuzzTarget, RegExp]>> = {
  "takes what follows the value": [
    {
      ...sound,
      read: (input) =>
        encode(Pair, decode(Pair, input.subarray(0, input.length > 12 ? input.length - 1 : input.length))),
    },
    /^threw DecodeError/,
  ],
  "takes a number in a longer form": [
    {
      ...sound,
      read(input) {
        const read = sound.read(input);
        return read === "non-shortest $.a" ? encode(Pair, { a: input[2]!, b: 0 }) : read;
      },
    },
    /^accepted; what was read encodes to/,
  ],
  "throws for a field that is a text": [
    {
      ...sound,
      read(input) {
        if (input[1] === 0x61) throw new RangeError("text");
        return sound.read(input);
      },
    },
    /^threw RangeError/,
  ],
  "refuses a valid value": [
    { ...sound, read: (input) => (input.length === 3 ? "never three" : sound.read(input)) },
    /^refused a valid/,
  ],
};

describe("a reader that", () => {
  for (const [name, [target, what]] of Object.entries(twins))
    test(`${name} is found`, () => {
      let found = null;
      for (let number = 0; number < 4 && found === null; number += 1)
        found = runBlock(target, 3, number).finding;
      expect(found?.what).toMatch(what);
    });
});

test("a finding is cut down to what it needs, and told as a test", () => {
  const target: FuzzTarget = {
    ...sound,
    read(input) {
      if (input.includes(0xc1)) throw new TypeError("a tag");
      return sound.read(input);
    },
  };
  const finding = minimise(target, { target: "pair", what: "threw TypeError: a tag", hex: "820018c1aa" });
  expect(finding).toEqual({ target: "pair", what: "threw TypeError: a tag", hex: "c1" });
  expect(findingAsTest(finding)).toContain('judge(targetNamed("pair"), fromHex("c1")).wrong');
  expect(judge(target, fromHex("820000"))).toEqual({ refused: null, wrong: null });
});

test("the grammar writes valid values and almost valid ones", () => {
  const random = new SeededRandom(11);
  const target = targetNamed("paxos acceptor/record");
  const read = (rarity: number) => {
    const grammar = new Grammar(random, rarity);
    const results = Array.from({ length: 400 }, () => target.read(grammar.bytes(target.form!, 4)));
    return results.filter((result) => typeof result !== "string").length;
  };
  expect(read(100_000)).toBeGreaterThan(390);
  const often = read(8);
  expect(often).toBeGreaterThan(10);
  expect(often).toBeLessThan(300);
  expect(toHex(new Grammar(random, 100_000).bytes({ kind: "nil" }, 1))).toBe("f6");
});
