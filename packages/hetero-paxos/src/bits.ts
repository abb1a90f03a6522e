import { list, nat, type Schema } from "@eunomia/codec";

/** Bits per word: words stay small integers, and no operation makes one negative. */
const wordBits = 30;

/** A set of small integers, as words of 30 bits. Sets that are combined have equally many words. Never changed in place. */
export type Bits = readonly number[];
export const Bits = list(nat(2 ** wordBits - 1)) as Schema<readonly number[]>;

/** The empty set of integers below `size`. */
export const noBits = (size: number): number[] => new Array<number>(Math.ceil(size / wordBits)).fill(0);

/** Is `i` a member? */
export const hasBit = (bits: Bits, i: number): boolean =>
  (bits[(i / wordBits) | 0]! & (1 << (i % wordBits))) !== 0;

/** The set with `i`: the same one, if it was in there. */
export function withBit(bits: Bits, i: number): Bits {
  if (hasBit(bits, i)) return bits;
  const next = [...bits];
  next[(i / wordBits) | 0]! |= 1 << (i % wordBits);
  return next;
}

/** One of the arguments where that is the union: sets along a history are mostly equal and then shared. */
export function union(a: Bits, b: Bits): Bits {
  if (a === b || isSubset(b, a)) return a;
  return isSubset(a, b) ? b : a.map((word, i) => word | b[i]!);
}

export const isSubset = (a: Bits, b: Bits): boolean => a.every((word, i) => (word & ~b[i]!) === 0);
export const sameBits = (a: Bits, b: Bits): boolean => a.every((word, i) => word === b[i]!);
/** Has it no member? */
export const isEmpty = (bits: Bits): boolean => bits.every((word) => word === 0);
export const without = (a: Bits, b: Bits): Bits => a.map((word, i) => word & ~b[i]!);

/** The set of these integers, all below `size`. */
export function bitsOf(size: number, members: Iterable<number>): Bits {
  const bits = noBits(size);
  for (const i of members) bits[(i / wordBits) | 0]! |= 1 << (i % wordBits);
  return bits;
}

/** Ascending. */
export function membersOf(bits: Bits): number[] {
  const members: number[] = [];
  bits.forEach((word, at) => {
    for (let rest = word; rest !== 0; rest &= rest - 1)
      members.push(at * wordBits + (31 - Math.clz32(rest & -rest)));
  });
  return members;
}
