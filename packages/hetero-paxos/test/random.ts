/** A seeded generator of numbers below `n`. */
export function dice(seed: number): (n: number) => number {
  let state = (seed * 2654435761) >>> 0 || 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % n;
  };
}

export const pick = <T>(roll: (n: number) => number, from: readonly T[]): T => from[roll(from.length)]!;
