/** Below this, making the views costs more than it saves. */
const wordsFrom = 64;

/**
 * Are the bytes equal? Every vote that carries its value is compared once, so this is the hottest loop of the package: large
 * ones are read sixteen bytes a turn, whatever their alignment. Byte strings are never changed, so one that is the same
 * object needs no look inside.
 */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  const { length } = a;
  if (length !== b.length) return false;
  let at = 0;
  if (length >= wordsFrom) {
    const left = new DataView(a.buffer, a.byteOffset, length);
    const right = new DataView(b.buffer, b.byteOffset, length);
    for (; at + 16 <= length; at += 16) {
      const differing =
        (left.getInt32(at) ^ right.getInt32(at)) |
        (left.getInt32(at + 4) ^ right.getInt32(at + 4)) |
        (left.getInt32(at + 8) ^ right.getInt32(at + 8)) |
        (left.getInt32(at + 12) ^ right.getInt32(at + 12));
      if (differing !== 0) return false;
    }
  }
  for (; at < length; at++) if (a[at] !== b[at]) return false;
  return true;
}
