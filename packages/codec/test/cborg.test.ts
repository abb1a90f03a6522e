import { expect, test } from "vitest";
import {
  compareBytes,
  DecodeError,
  decode,
  encode,
  generate,
  mutateBytes,
  Reader,
  type Source,
  toHex,
} from "../src/index.ts";
import { refusals } from "./canonical.ts";
import { decodeTree, encodeTree, inSubset, type Tree, toTree } from "./reference.ts";
import { verdict } from "./suite.ts";
import { seeded, zoo } from "./zoo.ts";

const codec = { encode, decode };

test("a form read by hand and written by cborg gives our bytes, and cborg reads them back", () => {
  let values = 0;
  for (const [name, schema] of Object.entries(zoo)) {
    const random = seeded(17);
    for (let i = 0; i < 150; i++, values++) {
      const value = generate(schema, random, i % 7);
      const bytes = encode(schema, value);
      const tree = toTree(schema, value);
      expect(toHex(encodeTree(tree)), name).toBe(toHex(bytes));
      expect(decodeTree(bytes), name).toEqual(tree);
      expect(decode(schema, encodeTree(tree)), name).toEqual(value);
    }
  }
  expect(values).toBeGreaterThan(4000);
});

test("what we accept of damaged input, strict cborg accepts too and means the same", () => {
  let accepted = 0;
  for (const [name, schema] of Object.entries(zoo)) {
    const random = seeded(19);
    for (let i = 0; i < 300; i++) {
      const input = mutateBytes(encode(schema, generate(schema, random, i % 6)), random);
      if (verdict(codec, schema, input) !== "accepted") continue;
      accepted++;
      expect(decodeTree(input), name).toEqual(toTree(schema, decode(schema, input)));
    }
  }
  expect(accepted).toBeGreaterThan(500);
});

function randomTree(random: Source, depth: number): Tree {
  const pick = random.next() % (depth > 0 ? 8 : 5);
  if (pick === 0) return [null, true, false][random.next() % 3]!;
  if (pick === 1) return generate(zoo.int as never, random);
  if (pick === 2) return 2n ** 63n + BigInt(random.next());
  if (pick === 3) return generate(zoo.text as never, random);
  if (pick === 4) return generate(zoo.bytes as never, random);
  return Array.from({ length: random.next() % 5 }, () => randomTree(random, depth - 1));
}

function skips(input: Uint8Array): boolean {
  try {
    const reader = new Reader(input);
    const range = reader.skip();
    reader.end();
    return range.start === 0 && range.end === input.length;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

/** Canonical by the judgement of cborg alone: read strictly, of the subset, and written back to the same bytes. */
function cborgAgrees(input: Uint8Array): boolean {
  try {
    const tree = decodeTree(input);
    return inSubset(tree) && compareBytes(encodeTree(tree), input) === 0;
  } catch {
    return false;
  }
}

test("skip accepts exactly what cborg finds canonical", () => {
  const random = seeded(23);
  const verdicts = { accepted: 0, refused: 0 };
  for (let i = 0; i < 20_000; i++) {
    const valid = encodeTree(randomTree(random, 3));
    const input = i % 5 === 0 ? valid : mutateBytes(valid, random);
    const accepted = skips(input);
    expect(cborgAgrees(input), toHex(input)).toBe(accepted);
    verdicts[accepted ? "accepted" : "refused"]++;
  }
  console.log(`skip and cborg agree: ${verdicts.accepted} accepted, ${verdicts.refused} refused`);
  expect(Math.min(verdicts.accepted, verdicts.refused)).toBeGreaterThan(4000);
});

test("input that is refused for its form alone is not canonical for cborg either", () => {
  const form = ["non-shortest", "indefinite", "reserved", "unsupported", "utf8", "truncated", "trailing"];
  const judged = refusals.filter((one) => form.includes(one.code));
  for (const { why, hex } of judged) expect(cborgAgrees(Buffer.from(hex, "hex")), why).toBe(false);
  expect(judged.length).toBeGreaterThan(40);
});
