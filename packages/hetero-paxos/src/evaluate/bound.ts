import type { Ballot } from "../ballot.ts";
import { isAbove } from "../ballot.ts";
import { type Bits, bitsOf, hasBit, isEmpty, membersOf } from "../bits.ts";
import type { Own, Top } from "../dag/entry.ts";

/** Is some 2a for the learner above this one and for another value? Two remembered ones answer for all. */
export const isBuried = ({ first, second }: Readonly<Top>, vote: Ballot): boolean =>
  (isAbove(first, vote) && first!.value !== vote.value) ||
  (isAbove(second, vote) && second!.value !== vote.value);

/** The vote that binds an acceptor for a learner: its highest, unless that is buried; then all of its lower ones are too. */
export function boundVote(top: Readonly<Top>, own: Ballot | null): Ballot | null {
  return own === null || isBuried(top, own) ? null : own;
}

/** Learners for which the votes `own` bind to another value than `value`. */
export function conflicts(top: readonly Top[], own: Own, value: string): Bits {
  const bound: number[] = [];
  for (let c = 0; c < own.length; c++) {
    const vote = boundVote(top[c]!, own[c]!);
    if (vote !== null && vote.value !== value) bound.push(c);
  }
  return bitsOf(own.length, bound);
}

/**
 * Learners for which a 1b is fresh: those that no conflicting learner is connected with.
 *
 * @param matters whether a conflict about learner `c` counts for learner `a`; the rule `refute` says no at times
 */
export function freshFor(
  connected: readonly Bits[],
  conflicting: Bits,
  matters: (a: number, c: number) => boolean,
): Bits {
  const against = isEmpty(conflicting) ? [] : membersOf(conflicting);
  return bitsOf(
    connected.length,
    [...connected.keys()].filter((a) => !against.some((c) => hasBit(connected[a]!, c) && matters(a, c))),
  );
}
