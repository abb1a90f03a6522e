import type { Formula, Literal } from "./formula.ts";

/**
 * Counts true literals (Bailleux, Boufkhad: totalizer): whenever at least j of `literals` are true, so is output j - 1. There are
 * outputs up to `most` only. To allow at most b true literals assume `-outputs[b]`; if there is no such output, all may be true.
 *
 * @example
 * const outputs = totalizer(formula, faulty, faulty.length);
 * session.solve([-outputs[2]!]); // at most two are faulty
 */
export function totalizer(formula: Formula, literals: readonly Literal[], most: number): Literal[] {
  return split(formula, literals, most, (sum, left, right) => {
    for (let i = 0; i <= left.length; i++)
      for (let j = 0; j <= right.length; j++) {
        const at = Math.min(i + j, sum.length) - 1;
        if (at < 0) continue;
        // At least i on the left and j on the right make at least i + j.
        const clause = [sum[at]!];
        if (i > 0) clause.push(-left[i - 1]!);
        if (j > 0) clause.push(-right[j - 1]!);
        formula.add(...clause);
      }
  });
}

/** The other direction: output j - 1 is true only if at least j of `literals` are. Outputs up to `most` only. */
export function totalizerDown(formula: Formula, literals: readonly Literal[], most: number): Literal[] {
  return split(formula, literals, most, (sum, left, right) => {
    for (let i = 0; i <= left.length; i++)
      for (let j = 0; j <= right.length && i + j < sum.length; j++) {
        // More than i + j in all: more than i on the left or more than j on the right.
        const clause = [-sum[i + j]!];
        if (i < left.length) clause.push(left[i]!);
        if (j < right.length) clause.push(right[j]!);
        // A side that was cut off at `most` has more members than outputs, but i + j < most keeps below the cut.
        formula.add(...clause);
      }
  });
}

type Merge = (sum: readonly Literal[], left: readonly Literal[], right: readonly Literal[]) => void;

function split(formula: Formula, literals: readonly Literal[], most: number, merge: Merge): Literal[] {
  if (literals.length <= 1) return literals.slice(0, most);
  const middle = literals.length >>> 1;
  const left = split(formula, literals.slice(0, middle), most, merge);
  const right = split(formula, literals.slice(middle), most, merge);
  const sum = formula.freshMany(Math.min(most, literals.length));
  merge(sum, left, right);
  return sum;
}
