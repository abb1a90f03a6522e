import { refine, type Schema, text } from "@eunomia/codec";

/** A text that is one of a few words. */
export function words<W extends string>(...all: readonly [W, ...W[]]): Schema<W> {
  const inner = text(32) as unknown as Schema<W>;
  return refine(inner, {
    rule: `one of ${all.join(", ")}`,
    holds: (word) => all.includes(word),
    repair: (word) => (all.includes(word) ? word : all[word.length % all.length]!),
  });
}
