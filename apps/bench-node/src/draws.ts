/**
 * Numbers from 0 to 2^32 - 1, the same for the same seed: a Weyl sequence through a 32-bit mixer, enough to draw troubles from.
 *
 * @example
 * const next = draws(7);
 * next() % 6; // a die
 */
export function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    const again = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (again ^ (again >>> 15)) >>> 0;
  };
}
