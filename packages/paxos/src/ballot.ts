import { doc, type Infer, nat, record } from "@eunomia/codec";

/** No round goes above this, so that adding one to a round that somebody sent stays an exact integer. */
export const roundMax = 2 ** 40;

export const Ballot = record({
  round: doc(nat(roundMax), "Grows with every attempt to lead."),
  leader: doc(nat(2 ** 16), "Index of the leader that owns the ballot; breaks ties between equal rounds."),
});
/** `[round, leader index]`, ordered lexicographically; null stands below all of them (section 4.2). */
export type Ballot = Infer<typeof Ballot>;

/** Negative, zero or positive as `a` stands below, at or above `b`. */
export function compareBallots(a: Ballot | null, b: Ballot | null): number {
  if (a === null) return b === null ? 0 : -1;
  if (b === null) return 1;
  return a.round !== b.round ? a.round - b.round : a.leader - b.leader;
}

export function sameBallot(a: Ballot | null, b: Ballot | null): boolean {
  return compareBallots(a, b) === 0;
}

export function higherBallot(a: Ballot | null, b: Ballot | null): Ballot | null {
  return compareBallots(a, b) >= 0 ? a : b;
}
