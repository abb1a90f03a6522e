import { frameHeaderBytes, readFrameHeader } from "./frame.ts";

/** A disk writes whole sectors: of a write that was cut short, some sectors are there and the others are as before, zero. */
const sectorBytes = 512;

export type Tail =
  | { readonly kind: "clean" }
  /** Not acknowledged to anybody: may be cut off. `tornBytes` reach to the last byte that is not zero. */
  | { readonly kind: "torn"; readonly tornBytes: number }
  | { readonly kind: "damage"; readonly reason: string };

function lastWritten(bytes: Uint8Array, from: number): number {
  let at = bytes.length - 1;
  while (at >= from && bytes[at] === 0) at--;
  return at;
}

/** Does each sector, as far as it lies in the range, hold something? */
function everySectorWritten(bytes: Uint8Array, from: number, to: number): boolean {
  for (let start = from; start < to; ) {
    const end = Math.min(to, (Math.floor(start / sectorBytes) + 1) * sectorBytes);
    let at = start;
    while (at < end && (bytes[at] ?? 0) === 0) at++;
    if (at === end) return false;
    start = end;
  }
  return true;
}

/**
 * Judges what stands behind the last intact frame of the last segment, where `position` was expected next.
 *
 * It is damage, not a tear, if (1) a later frame says that `position` was durable already, or (2) every sector of the bad
 * frame (or of its header, if that is bad) was written: a write cut short leaves some sector zero. All else is torn.
 */
export function judgeTail(bytes: Uint8Array, end: number, position: number, salt: number): Tail {
  const last = lastWritten(bytes, end);
  if (last < end) return { kind: "clean" };
  for (let offset = end; offset <= last; offset += 8) {
    const later = readFrameHeader(bytes, offset, salt);
    if (later && later.durable > position) {
      return {
        kind: "damage",
        reason: `record ${position} is bad, yet a later frame shows that it was durable`,
      };
    }
  }
  const bad = readFrameHeader(bytes, end, salt);
  if (bad && bad.first !== position) {
    return {
      kind: "damage",
      reason: `expected record ${position} next, found a frame that begins with ${bad.first}`,
    };
  }
  if (everySectorWritten(bytes, end, end + (bad ? bad.totalBytes : frameHeaderBytes))) {
    return { kind: "damage", reason: "a frame fails its checksum although every sector of it was written" };
  }
  return { kind: "torn", tornBytes: last + 1 - end };
}
