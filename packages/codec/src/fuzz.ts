import { concat } from "./bytes.ts";
import { below, type Source } from "./schema.ts";

/** Bytes that mean something to a CBOR decoder: heads of every type, edges of lengths, null, booleans, reserved ones. */
const telling = [
  0x00, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x20, 0x38, 0x3b, 0x40, 0x58, 0x5b, 0x5f, 0x60, 0x7b, 0x80, 0x81, 0x9b,
  0x9f, 0xa0, 0xc0, 0xf4, 0xf6, 0xf9, 0xfb, 0xff,
];

function oneChange(input: Uint8Array, source: Source): Uint8Array {
  const at = below(source, input.length + 1);
  const end = at + below(source, Math.min(8, input.length - at) + 1);
  const changed = Uint8Array.from(input);
  const telltale = Uint8Array.of(telling[below(source, telling.length)]!);
  switch (below(source, 8)) {
    case 0: // A bit.
      if (at < changed.length) changed[at]! ^= 1 << below(source, 8);
      return changed;
    case 1: // A byte.
      if (at < changed.length) changed[at] = telltale[0]!;
      return changed;
    case 2: // A number or a length, by one.
      if (at < changed.length) changed[at]! += below(source, 2) === 0 ? 1 : -1;
      return changed;
    case 3: // Cut off.
      return changed.slice(0, at);
    case 4: // Drop a piece.
      return concat(input.subarray(0, at), input.subarray(end));
    case 5: // Repeat a piece.
      return concat(input.subarray(0, end), input.subarray(at));
    case 6: // Put something in.
      return concat(input.subarray(0, at), telltale, input.subarray(at));
    default: {
      // Splice: a piece of the input over another place.
      const to = below(source, input.length + 1);
      return concat(
        input.subarray(0, to),
        input.subarray(at, end),
        input.subarray(Math.min(input.length, to + end - at)),
      );
    }
  }
}

/**
 * Encoded bytes with one to three small damages: a bit, a byte, a number or length by one, a piece cut, dropped, repeated,
 * inserted or moved. For fuzzing decoders; the result may happen to be valid, or equal to the input.
 */
export function mutateBytes(input: Uint8Array, source: Source): Uint8Array {
  let changed = input;
  for (let left = 1 + below(source, 3); left > 0; left--) changed = oneChange(changed, source);
  return changed;
}
