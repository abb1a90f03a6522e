import assert from "node:assert/strict";
import {
  clone,
  DecodeError,
  type DecodeLimits,
  equal,
  fromHex,
  generate,
  list,
  mutate,
  mutateBytes,
  nil,
  type Schema,
  toHex,
} from "../src/index.ts";
import { known, refusals } from "./canonical.ts";
import { Expression, seeded, zoo } from "./zoo.ts";

/** What the suite judges. */
export interface Codec {
  encode<T>(schema: Schema<T>, value: T): Uint8Array;
  decode<T>(schema: Schema<T>, bytes: Uint8Array, limits?: DecodeLimits): T;
}

export interface Case {
  readonly name: string;
  /** Throws if the codec breaks the clause; answers what there is to say about the run. */
  run(codec: Codec): string;
}

/** The code of the refusal, or "accepted"; anything thrown that is no `DecodeError` passes through. */
export function verdict(
  codec: Codec,
  schema: Schema<unknown>,
  input: Uint8Array,
  limits?: DecodeLimits,
): string {
  try {
    codec.decode(schema, input, limits);
    return "accepted";
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
}

function noise(random: { next(): number }): Uint8Array {
  return Uint8Array.from({ length: 1 + (random.next() % 24) }, () => random.next() >>> 24);
}

/** Values per schema; a campaign sets more. */
const runs = Number(process.env.EUNOMIA_CODEC_RUNS ?? 400);

export const cases: readonly Case[] = [
  {
    name: "decode(encode(x)) = x for generated values of every combinator",
    run(codec) {
      let count = 0;
      for (const [name, schema] of Object.entries(zoo)) {
        const random = seeded(count + 1);
        for (let i = 0; i < runs; i++, count++) {
          const value = generate(schema, random, i % 9);
          const before = clone(schema, value);
          const back = codec.decode(schema, codec.encode(schema, value));
          assert.deepEqual(back, value, name);
          assert.deepEqual(value, before, `${name}: encode changed its argument`);
        }
      }
      return `${count} values`;
    },
  },
  {
    name: "values are equal exactly if their bytes are",
    run(codec) {
      let [same, other] = [0, 0];
      for (const [name, schema] of Object.entries(zoo)) {
        const random = seeded(7);
        for (let i = 0; i < runs / 4; i++) {
          const value = generate(schema, random, i % 6);
          const hex = toHex(codec.encode(schema, value));
          assert.equal(toHex(codec.encode(schema, clone(schema, value))), hex, name);
          for (const rival of [generate(schema, random, i % 6), mutate(schema, value, random)]) {
            if (rival === null && value !== null && schema.form.kind !== "nullable") continue;
            const equals = equal(schema, value, rival);
            assert.equal(toHex(codec.encode(schema, rival)) === hex, equals, name);
            equals ? same++ : other++;
          }
        }
      }
      assert.ok(same > 0 && other > same);
      return `${same} equal pairs, ${other} different ones`;
    },
  },
  {
    name: "known items have their known bytes, both ways",
    run(codec) {
      for (const { schema, value, hex } of known) {
        assert.equal(toHex(codec.encode(schema, value)), hex);
        assert.deepEqual(codec.decode(schema, fromHex(hex)), value);
      }
      return `${known.length} items`;
    },
  },
  {
    name: "everything that is not canonical is refused for its reason",
    run(codec) {
      for (const { why, schema, hex, code } of refusals)
        assert.equal(verdict(codec, schema, fromHex(hex)), code, why);
      return `${refusals.length} inputs, ${new Set(refusals.map((one) => one.code)).size} codes`;
    },
  },
  {
    name: "every cut of a valid encoding is refused as truncated",
    run(codec) {
      let count = 0;
      for (const [name, schema] of Object.entries(zoo)) {
        const random = seeded(11);
        for (let i = 0; i < 20; i++) {
          const whole = codec.encode(schema, generate(schema, random, 4));
          for (let end = 0; end < whole.length; end++, count++)
            assert.equal(
              verdict(codec, schema, whole.subarray(0, end)),
              "truncated",
              `${name} cut at ${end}`,
            );
          assert.equal(verdict(codec, schema, Uint8Array.from([...whole, 0])), "trailing", name);
        }
      }
      return `${count} cuts`;
    },
  },
  {
    name: "damaged and random bytes: a DecodeError, or accepted and encoded to the same bytes",
    run(codec) {
      const found = { damaged: [0, 0], random: [0, 0] };
      for (const [name, schema] of Object.entries(zoo)) {
        const random = seeded(13);
        for (let i = 0; i < runs * 2; i++) {
          const valid = codec.encode(schema, generate(schema, random, i % 6));
          const source = i % 4 === 0 ? "random" : "damaged";
          const input = source === "random" ? noise(random) : mutateBytes(valid, random);
          if (source === "damaged" && toHex(input) === toHex(valid)) continue;
          found[source][1]!++;
          if (verdict(codec, schema, input) !== "accepted") continue;
          found[source][0]!++;
          assert.equal(toHex(codec.encode(schema, codec.decode(schema, input))), toHex(input), name);
        }
      }
      const share = ([accepted, all]: number[]) => `${((100 * accepted!) / all!).toFixed(1)} % of ${all}`;
      assert.ok(
        found.damaged[0]! > found.damaged[1]! / 100,
        "hardly any damaged input got through: a vacuous test",
      );
      return `accepted: ${share(found.damaged)} damaged, ${share(found.random)} random inputs`;
    },
  },
  {
    name: "limits: bytes, items, depth",
    run(codec) {
      const three = fromHex("83f6f6f6");
      assert.equal(verdict(codec, list(nil()), three, { maxBytes: 3 }), "limit");
      assert.equal(verdict(codec, list(nil()), three, { maxBytes: 4 }), "accepted");
      assert.equal(verdict(codec, list(nil()), three, { maxItems: 2 }), "limit");
      assert.equal(verdict(codec, list(nil()), three, { maxItems: 3 }), "accepted");
      // Items count over the whole input, not per array.
      assert.equal(verdict(codec, list(list(nil())), fromHex("8281f681f6"), { maxItems: 3 }), "limit");
      const nested = (depth: number) => fromHex(`${"83020181".repeat(depth)}82006161`);
      assert.equal(verdict(codec, Expression, nested(64)), "accepted");
      assert.equal(verdict(codec, Expression, nested(65)), "limit");
      assert.equal(verdict(codec, Expression, nested(65), { maxDepth: 1000 }), "limit");
      assert.equal(verdict(codec, Expression, nested(3), { maxDepth: 2 }), "limit");
      assert.equal(verdict(codec, Expression, nested(2), { maxDepth: 2 }), "accepted");
      return "10 inputs on both sides of a limit";
    },
  },
];
