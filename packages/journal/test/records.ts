/** Record number `i`: no two of the first 256 alike, sizes from 1 to 700. */
export function recordOf(i: number): Uint8Array {
  const record = new Uint8Array(1 + ((i * 37) % 700)).fill(i + 1);
  record[0] = i;
  return record;
}

export function sameRecords(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((record, index) => Buffer.compare(record, b[index]!) === 0);
}
