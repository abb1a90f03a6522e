/** What the work threw or rejected with; null if it did neither. */
export async function rejection(work: () => unknown): Promise<{ readonly code?: unknown } | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return (error ?? {}) as { readonly code?: unknown };
  }
}

/** Record number `i`: no two alike, sizes from 1 to 700. */
export function recordOf(i: number): Uint8Array {
  const record = new Uint8Array(1 + ((i * 37) % 700)).fill(i + 1);
  record[0] = i;
  return record;
}
