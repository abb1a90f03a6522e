import {
  DecodeError,
  type DecodeErrorCode,
  decode,
  encode,
  generate,
  Reader,
  type Schema,
  Writer,
} from "../src/index.ts";
import { refusals } from "./canonical.ts";
import type { Codec } from "./suite.ts";
import { seeded } from "./zoo.ts";

/** A codec with one mistake, which the suite must find. */
export interface Twin {
  readonly name: string;
  readonly codec: Codec;
}

/** Rewrites one item with heads in shortest form; knows no other sin. Throws for anything it does not understand. */
function shorten(input: Uint8Array): Uint8Array {
  const writer = new Writer();
  let offset = 0;
  const head = (): { major: number; argument: bigint } => {
    const first = input[offset++]!;
    const info = first & 31;
    let argument = BigInt(info);
    if (info >= 24) {
      if (info > 27) throw new Error("not an ordinary head");
      argument = 0n;
      for (let left = 1 << (info - 24); left > 0; left--)
        argument = (argument << 8n) | BigInt(input[offset++]!);
    }
    return { major: first >> 5, argument };
  };
  const item = (): void => {
    const first = input[offset]!;
    const { major, argument } = head();
    const length = Number(argument);
    if (major === 0) writer.bigint(argument);
    else if (major === 1) writer.bigint(-1n - argument);
    else if (major === 2 || major === 3) {
      const content = input.subarray(offset, offset + length);
      offset += length;
      if (content.length !== length) throw new Error("truncated");
      if (major === 2) writer.bytes(content);
      else writer.text(new TextDecoder("utf-8", { fatal: true }).decode(content));
    } else if (major === 4) {
      if (length > input.length - offset) throw new Error("truncated");
      writer.arrayHeader(length);
      for (let i = 0; i < length; i++) item();
    } else writer.raw(Uint8Array.of(first));
  };
  item();
  writer.raw(input.subarray(offset));
  return writer.finish();
}

function shortened(input: Uint8Array): Uint8Array {
  try {
    return shorten(input);
  } catch {
    return input;
  }
}

/** Lets pass what it should refuse for one reason, with some value or other. */
function lenient(code: DecodeErrorCode): Twin {
  return {
    name: `a decoder that does not refuse for the reason "${code}"`,
    codec: {
      encode,
      decode<T>(schema: Schema<T>, input: Uint8Array, limits?: Parameters<typeof decode>[2]): T {
        try {
          return decode(schema, input, limits);
        } catch (error) {
          if (error instanceof DecodeError && error.code === code) return generate(schema, seeded(1), 0);
          throw error;
        }
      },
    },
  };
}

export const twins: readonly Twin[] = [
  ...[...new Set(refusals.map((one) => one.code))].map(lenient),
  {
    name: "a decoder that accepts integers and lengths which are not in shortest form",
    codec: { encode, decode: (schema, input, limits) => decode(schema, shortened(input), limits) },
  },
  {
    name: "a decoder that ignores what follows",
    codec: {
      encode,
      decode: (schema, input, limits) => schema.read(new Reader(input, limits)),
    },
  },
  {
    name: "a decoder that lets an error of the platform out",
    codec: {
      encode,
      decode(schema, input, limits) {
        try {
          return decode(schema, input, limits);
        } catch (error) {
          if (error instanceof DecodeError && error.code === "truncated")
            throw new RangeError("Invalid array length");
          throw error;
        }
      },
    },
  },
  {
    name: "a decoder without limits of the caller",
    codec: { encode, decode: (schema, input) => decode(schema, input) },
  },
  {
    name: "an encoder that writes small integers long",
    codec: {
      decode: (schema, input, limits) =>
        decode(schema, input[0] === 0x18 && input[1]! < 24 ? input.subarray(1) : input, limits),
      encode(schema, value) {
        const output = encode(schema, value);
        return output.length === 1 && output[0]! < 24 ? Uint8Array.of(0x18, output[0]!) : output;
      },
    },
  },
  {
    name: "an encoder that writes sets in memory order",
    codec: {
      decode: (schema, input, limits) => decode(unordered(schema), input, limits) as never,
      encode: (schema, value) => encode(unordered(schema), value),
    },
  },
  {
    name: "an encoder that writes something else for the empty text",
    codec: {
      decode,
      encode: (schema, value) => encode(schema, (value === "" ? "?" : value) as typeof value),
    },
  },
];

/** A set read and written as a list: the order of memory, and no check of it. */
function unordered<T>(schema: Schema<T>): Schema<T> {
  if (schema.form.kind !== "set") return schema;
  const [item] = schema.parts();
  return {
    ...schema,
    write(value, writer) {
      const items = value as unknown[];
      writer.arrayHeader(items.length);
      for (const one of items) item!.write(one, writer);
    },
    read(reader) {
      return Array.from({ length: reader.arrayHeader() }, () => item!.read(reader)) as T;
    },
  };
}
