import { and, constant, type Expr, normalize, print } from "@eunomia/quorum-algebra";
import { entailsCheaply } from "./entails.ts";

/** A label over numbers of learners; pairs ascending. */
export interface NumberedLabel {
  /** In normal form. */
  readonly safe: Expr;
  readonly meets: readonly (readonly [number, number])[];
}

/** Two labels with one key are one label. */
export function labelKey({ safe, meets }: NumberedLabel): string {
  return `${meets.map((pair) => pair.join("-")).join()};${print(safe)}`;
}

/** Every condition of each. */
export function allOf(labels: readonly NumberedLabel[]): NumberedLabel {
  const meets = new Map(labels.flatMap((label) => label.meets).map((pair) => [pair.join("-"), pair]));
  return {
    safe: normalize(and(...labels.map(({ safe }) => safe))),
    meets: [...meets.values()].sort(([a, b], [c, d]) => a - c || b - d),
  };
}

/** Holds always. */
export const anything: NumberedLabel = { safe: constant(true), meets: [] };

/** Does the first hold at most where the second does? Only what can be seen at once; false may be a lack of insight. */
export function narrower(first: NumberedLabel, second: NumberedLabel): boolean {
  const pairs = new Set(first.meets.map((pair) => pair.join("-")));
  if (!second.meets.every((pair) => pairs.has(pair.join("-")))) return false;
  return entailsCheaply(first.safe, second.safe);
}
