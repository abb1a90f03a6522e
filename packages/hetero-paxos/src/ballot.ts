import { doc, type Infer, nat, nullable, record, text } from "@eunomia/codec";

/** A digest in hexadecimal digits. Tests use short names in its place. */
export const Id = text(64);

/** Ordered by number, then by the bytes of the hash, so that equal ballots have equal values. */
export const Ballot = record({
  number: doc(nat(), "A time stamp, in ticks of the proposers."),
  value: doc(Id, "Digest of the value."),
});
export type Ballot = Infer<typeof Ballot>;
export const MaybeBallot = nullable(Ballot);

/** Negative, zero or positive. Lower-case digits of equal length stand in the order of their bytes. */
export function compareBallots(a: Ballot, b: Ballot): number {
  if (a.number !== b.number) return a.number - b.number;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}

/** Null is below every ballot. */
export function isAbove(a: Ballot | null, b: Ballot | null): boolean {
  return a !== null && (b === null || compareBallots(a, b) > 0);
}

export const higher = (a: Ballot | null, b: Ballot | null): Ballot | null => (isAbove(b, a) ? b : a);
