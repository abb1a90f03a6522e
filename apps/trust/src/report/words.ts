import type { Answer } from "@eunomia/quorum-algebra";
import { nines } from "@eunomia/quorum-algebra/probability";

/** "1 node", "2 nodes". */
export function counted(count: number | bigint, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 || count === 1n ? one : many}`;
}

/** The first of a list, and how many more there are. */
export function several(names: readonly string[], most = 8): string {
  if (names.length === 0) return "nobody";
  if (names.length <= most) return names.join(", ");
  return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
}

/** An answer in words. Bounds that do not differ in what is shown are shown once. */
export function told<T>(answer: Answer<T>, show: (value: T) => string = String): string {
  if (answer.kind === "exact") return show(answer.value);
  if (answer.kind === "bounds") {
    const [low, high] = [show(answer.low), show(answer.high)];
    return low === high ? low : `from ${low} to ${high}`;
  }
  return answer.reason === "limit"
    ? "unknown (the limit of effort was reached)"
    : "unknown (it takes a solver)";
}

/** How many there are of something, as far as it is known. */
export function toldCount(answer: Answer<number | bigint>, one: string): string {
  return answer.kind === "exact" ? counted(answer.value, one) : `${told<number | bigint>(answer)} ${one}s`;
}

/** A small chance: of bounds the upper one, which is a promise. */
export function toldChance(answer: Answer<number>): string {
  if (answer.kind !== "bounds" || chance(answer.low) === chance(answer.high)) return told(answer, chance);
  return `at most ${chance(answer.high)}`;
}

/** A small chance, and its nines: `3.0e-5 (4.5 nines)`. */
export function chance(value: number): string {
  if (value === 0) return "0";
  const text = value < 0.001 ? value.toExponential(1) : `${Number((value * 100).toPrecision(3))} %`;
  return value < 0.5 ? `${text} (${nines(value).toFixed(1)} nines)` : text;
}

/** A share of one, as a percentage. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.0995 ? 2 : 1)} %`;
}
